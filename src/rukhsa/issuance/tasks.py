"""What the worker does for this room: publish what changed, and by the clock what would grow old."""

from datetime import UTC, datetime
from functools import partial

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.authorities.models import Authority
from rukhsa.issuance import publish
from rukhsa.issuance.models import Instrument

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=3)


@app.task(name="issuance.publish_status", queue="issuance", retry=_RETRY)
def publish_status(*, authority: str, number: int) -> None:
    """Publish one status list anew; running it twice publishes the same facts twice."""
    publish.status_list(Authority.objects.get(code=authority), number, at=datetime.now(UTC))


def publish_status_later(instrument: Instrument) -> None:
    """Queue the publication in the transaction that is open, and once more when it has committed.

    Within a task of the worker jobs are queued by its own connection, and the first may run before the commit.
    """
    intent = instrument.intent
    due = partial(
        publish_status.configure(priority=10).defer, authority=intent.authority_id, number=intent.status_list
    )
    due()
    transaction.on_commit(due)


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="issuance.publish_everything", queue="issuance", queueing_lock="issuance.publish", pass_context=False
)
def publish_everything(timestamp: int) -> None:
    """Keep trust list, status lists and logs fresh, and heal what was lost on the way."""
    publish.everything(at=datetime.now(UTC))

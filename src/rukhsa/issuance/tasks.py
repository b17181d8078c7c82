"""What the worker does for this room: publish what changed, and by the clock what would grow old."""

from datetime import UTC, datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.authorities.models import Authority
from rukhsa.issuance import publish
from rukhsa.issuance.cosign import cosign
from rukhsa.issuance.models import Instrument
from rukhsa.jobs import run_later

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=3)


@app.task(name="issuance.publish_status", queue="issuance", retry=_RETRY)
def publish_status(*, authority: str, number: int) -> None:
    """Publish one status list anew; running it twice publishes the same facts twice."""
    publish.status_list(Authority.objects.get(code=authority), number, at=datetime.now(UTC))


def publish_status_later(instrument: Instrument) -> None:
    """Queue the publication in the transaction that is open: it runs when, and only when, that one commits."""
    intent = instrument.intent
    run_later(publish_status, priority=10, authority=intent.authority_id, number=intent.status_list)


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="issuance.publish_everything", queue="issuance", queueing_lock="issuance.publish", pass_context=False
)
def publish_everything(timestamp: int) -> None:
    """Keep trust list, status lists and logs fresh, and heal what was lost on the way."""
    publish.everything(at=datetime.now(UTC))


@app.periodic(cron="* * * * *")
@app.task(name="issuance.cosign", queue="issuance", queueing_lock="issuance.cosign", pass_context=False)
def cosign_logs(timestamp: int) -> None:
    """Ask the witnesses about every log, at most once a minute: issuing neither waits for them nor asks them."""
    for authority in Authority.objects.order_by("ordinal"):
        cosign(authority, at=datetime.now(UTC))

"""What the worker does for this room: publish what changed, and by the clock what would grow old."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.authorities.models import Authority
from rukhsa.issuance import publish, stamping
from rukhsa.issuance.cosign import cosign
from rukhsa.issuance.errors import NotStamped
from rukhsa.issuance.models import Instrument, Intent, SignedFile
from rukhsa.jobs import run_later

logger = logging.getLogger(__name__)
_RETRY = RetryStrategy(max_attempts=8, exponential_wait=3)


@app.task(name="issuance.publish_status", queue="issuance", retry=_RETRY)
def publish_status(*, authority: str, number: int) -> None:
    """Publish one status list anew; running it twice publishes the same facts twice."""
    publish.status_list(Authority.objects.get(code=authority), number, at=datetime.now(UTC))


def publish_status_later(instrument: Instrument) -> None:
    """Queue the publication, with that of its copies, in the open transaction: it runs when that one commits."""
    copies = Intent.objects.filter(copies=instrument).values_list("authority_id", "status_list")
    own = (instrument.intent.authority_id, instrument.intent.status_list)
    for authority, number in sorted({own, *copies}):
        run_later(publish_status, priority=10, authority=authority, number=number)


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


@app.periodic(cron="* * * * *")
@app.task(name="issuance.stamp_files", queue="issuance", queueing_lock="issuance.stamp", pass_context=False)
def stamp_files(timestamp: int) -> None:
    """Stamp the files that wait; what fails now is tried again within the minute, and nothing else waits for it."""
    try:
        stamping.stamp_waiting(at=datetime.now(UTC))
    except NotStamped as error:
        logger.warning("files wait for their time stamp: %s", error)


def stamp_later(files: Sequence[SignedFile]) -> None:
    """Have files stamped that were just signed, in the transaction that is open; many that wait share one run."""
    if not stamping.wait(files):
        return
    todo = ProcrastinateJob.objects.filter(task_name=stamp_files.name, status="todo")
    if not todo.exists():
        run_later(stamp_files, lock="issuance.stamp", timestamp=0)

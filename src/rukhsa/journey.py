"""The life of an application, in order: what is due next, and doing it."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.delivery.notice import tell
from rukhsa.issuance import cycle, effects
from rukhsa.issuance.models import Instrument
from rukhsa.payments import deposits, tariff
from rukhsa.payments.models import Charge
from rukhsa.review import decide, inspection, referral


def advance(application_id: UUID, *, at: datetime) -> None:
    """Do whatever is due in the life of an application, in order, each thing once.

    It looks at the facts and not at what happened a moment ago, so that it may be called at any time and any
    number of times: when something commits, and by the sweep, which finds what was lost on the way.
    """
    with transaction.atomic():
        application = _locked(application_id)
        if application.stage == Stage.SUBMITTED:
            _examine(application, at)
        if application.stage == Stage.RETURNED:
            tell(application, _returned(application), at=at)
        if application.stage == Stage.REFUSED:
            tell(application, "refused", at=at)
        granted_and_paid = application.stage == Stage.GRANTED and _is_paid(
            application, Charge.Due.AFTER_DECISION, at
        )
    if granted_and_paid:
        _complete(application, cycle.issue(application, at=at), at)


def _examine(application: Application, at: datetime) -> None:
    tell(application, "submitted", at=at)
    if _is_paid(application, Charge.Due.AT_SUBMISSION, at):
        referral.open_due(application, at=at)
        inspection.order_due(application, at=at)
        decide.by_rule(application, at=at)
        application.refresh_from_db()


def _is_paid(application: Application, due: str, at: datetime) -> bool:
    charge = tariff.assess(application, due, at=at)
    if charge is None or hasattr(charge, "receipt"):
        return True
    if due == Charge.Due.AFTER_DECISION:
        tell(application, "payment-due", at=at, amount=str(charge.money), currency=charge.currency)
    return False


@transaction.atomic
def _complete(application: Application, instrument: Instrument, at: datetime) -> None:
    effects.apply(instrument, at=at)
    inspection.order_after_issue(application, instrument.period, at=at)
    deposits.release_due(application, at=at)
    tell(application, "issued", at=at, number=instrument.number)


def _locked(application_id: UUID) -> Application:
    applications = Application.objects.select_for_update(of=("self",))
    return applications.select_related("service_version", "applicant", "company", "authority").get(
        pk=application_id
    )


def _returned(application: Application) -> str:
    # Each return is an event of its own: the applicant is told of every one.
    step = application.steps.last()
    return f"returned:{step.pk if step else 0}"


_RETRY = RetryStrategy(max_attempts=8, exponential_wait=3)


@app.task(name="journey.advance", queue="journey", retry=_RETRY)
def advance_now(*, application: str) -> None:
    """The task of `advance_later`."""
    advance(UUID(application), at=datetime.now(UTC))


def advance_later(application: Application) -> None:
    """Queue `advance` in the transaction that is open: it runs when, and only when, that one commits."""
    advance_now.configure(lock=str(application.pk)).defer(application=str(application.pk))


@app.periodic(cron="* * * * *")
@app.task(name="journey.sweep", queue="journey", queueing_lock="journey.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Find applications whose next step was lost, and take it."""
    for application in unfinished():
        advance_later(application)


def unfinished(limit: int = 500) -> list[Application]:
    """Granted applications without a released instrument, the oldest first."""
    issued = Instrument.objects.filter(intent__application=OuterRef("pk"))
    granted = Application.objects.filter(~Exists(issued), stage=Stage.GRANTED)
    return list(granted.order_by("submitted_at")[:limit])

"""The application by which a violation is settled or contested: it names the number of the notice, and its fine is the
one that was recorded."""

from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from rukhsa.accounts.models import Person
from rukhsa.agreement import AgreementError, State
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.payments import tariff
from rukhsa.payments.charge import PAYABLE
from rukhsa.payments.models import Charge, ChargeLine
from rukhsa.review import recording
from rukhsa.values.identifiers import IdentifierError, parse_number
from rukhsa.violations.party import against
from rukhsa.violations.violation import Violation

SERVICE: Final = "violation-settlement"
NOTICE: Final = "notice"  # its question for the number of the notice
FINE: Final = "fine"  # what its study of the notice records: the amount, and whether the violation stands
STANDS: Final = "stands"


class RecordedByYourself(AgreementError):
    """The person recorded or confirmed the violation that the application settles or contests."""

    code = "recorded-by-yourself"


def applications_of(violation: Violation) -> QuerySet[Application]:
    """Those that name it, by its person or company, the newest first; by anyone where no number of theirs is known."""
    naming = Application.objects.filter(
        service_version__service=SERVICE, **{f"answers__{NOTICE}": violation.number}
    ).exclude(stage=Stage.DRAFT)
    if violation.company_id:
        naming = naming.filter(company=violation.company_id)
    elif violation.person_id:
        naming = naming.filter(applicant=violation.person_id, company=None)
    elif number := violation.party_number:
        theirs = Q(applicant__personal_number=number, company=None) | Q(company__registration=number)
        naming = naming.filter(theirs)
    return naming.order_by("-submitted_at")


def fine_recorded(application: Application) -> dict[str, Any]:
    """The fine that a settlement takes from the violation that it names, and that a withdrawn one does not stand.

    Nothing for a notice on paper, and for a violation of another person.
    """
    if application.service_version.service != SERVICE or (number := _notice_of(application)) is None:
        return {}
    theirs = Q(person=None, company=None, party_number="")
    theirs |= against(application.applicant, application.company)
    named = Violation.objects.filter(theirs, number=number, state=State.APPROVED)
    violation = named.select_related("withdrawal").first()
    if violation is None:
        return {}
    stands = {STANDS: "no"} if violation.is_withdrawn else {}
    return {FINE: str(violation.money), **stands}


def cancel_fine(violation: Violation, *, actor: Actor, at: datetime) -> None:
    """Take over that a withdrawn violation does not stand, in what settles it and is not paid: its fine is charged no
    more, and money that comes for it later is owed back. What was paid for stays as it was issued.

    Raises OutcomeUnknown while a payment of the fine is under way or in doubt.
    """
    for pk in (
        applications_of(violation).filter(stage__in=PAYABLE).order_by("pk").values_list("pk", flat=True)
    ):
        application = Application.objects.select_for_update(of=("self",)).get(pk=pk)
        if fines_paid(application) or not recording.take_over(application, actor=actor, at=at):
            continue
        tariff.replace_unpaid(application, Charge.Due.AFTER_DECISION, at=at)
        advance_soon(pk)


def fines_paid(application: Application) -> list[ChargeLine]:
    """The fines of a settlement that have their receipt, above zero."""
    lines = ChargeLine.objects.filter(charge__in=Charge.objects.settled().filter(application=application))
    return list(lines.filter(kind=ChargeLine.Kind.FINE, amount__gt=0).select_related("charge__receipt"))


def require_another_hand(application: Application, person: Person) -> None:
    """Raise RecordedByYourself for a person who recorded or confirmed what the application is about."""
    if application.service_version.service != SERVICE or (number := _notice_of(application)) is None:
        return
    named = Violation.objects.filter(number=number).values_list("proposed_by", "decided_by").first()
    if named and person.pk in named:
        raise RecordedByYourself


def _notice_of(application: Application) -> str | None:
    """The number of the notice; None where it is one on paper."""
    try:
        return parse_number(str(application.answers.get(NOTICE, "")))
    except IdentifierError:
        return None

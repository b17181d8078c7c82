"""The history of an application in sentences, the newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rukhsa.applications.models import Application
from rukhsa.applications.stages import OF_APPLICANTS, Act, Stage
from rukhsa.applications.submission import changes
from rukhsa.issuance.models import Instrument, Reinstatement, Revocation, Suspension
from rukhsa.payments.models import Receipt
from rukhsa.review.inspection import InspectionReport
from rukhsa.review.referral import Opinion, Referral
from rukhsa.values.money import Money
from rukhsa.web.templatetags.texts import code, money, text

ACTS: dict[str, Promise] = {
    Act.SUBMIT: gettext_lazy("The application was submitted."),
    Act.RETURN: gettext_lazy("We asked you to change something."),
    Act.RESUBMIT: gettext_lazy("The application was submitted again."),
    Act.WITHDRAW: gettext_lazy("The application was withdrawn."),
    Act.GRANT: gettext_lazy("The application was approved."),
    Act.REFUSE: gettext_lazy("The application was refused."),
    Act.LAPSE: gettext_lazy("We closed the application because it was not paid in time."),
    Act.REOPEN: gettext_lazy("Your objection was accepted. We are reviewing the application again."),
}
NOT_COMPLETED = gettext_lazy("We closed the application because it was not completed in time.")


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened."""

    at: datetime
    sentence: str


def timeline_of(application: Application) -> list[Event]:
    """Everything that happened to an application and its instrument."""
    events = [*_steps(application), *_agencies(application), *_visits(application), *_money(application)]
    events += _document(application)
    # At the same moment the order above holds: the payment comes before its document.
    return sorted(events, key=lambda event: event.at)[::-1]


def _steps(application: Application) -> Iterator[Event]:
    agents = {agent.pk: agent for agent in application.agents}
    submitted: dict[str, Any] = {}
    for step in application.steps.all():
        was_returned = (step.act, step.stage_before) == (Act.LAPSE, Stage.RETURNED)
        told = str(NOT_COMPLETED if was_returned else ACTS[step.act])
        if step.act == Act.RESUBMIT:
            told = _resubmitted(application, changes(submitted, step.content), step.content)
        if step.act in OF_APPLICANTS and step.actor_id in agents:
            name = text(agents[step.actor_id].name)
            told = format_html("{} {}", told, _("By %(name)s, for the applicant.") % {"name": name})
        yield Event(at=step.at, sentence=told)
        submitted = step.content if step.act in (Act.SUBMIT, Act.RESUBMIT) else submitted


def _resubmitted(application: Application, changed: set[str], content: dict[str, Any]) -> str:
    """What was changed before it was submitted again, and what was written to the officer instead."""
    definition = application.definition
    names = [text(each.ask) for each in definition.questions if each.id in changed]
    names += [text(each.name) for each in definition.documents if each.id in changed]
    told = [str(ACTS[Act.RESUBMIT])]
    told += (
        [_("Changed: %(names)s.") % {"names": _(", ").join(names)}] if names else [_("No changes were made.")]
    )
    replies = content.get("replies", {}).values()
    told += [_("You wrote: “%(reply)s”") % {"reply": f"\u2068{reply}\u2069"} for reply in replies]
    return " ".join(told)


def _agencies(application: Application) -> Iterator[Event]:
    for referral in Referral.objects.filter(application=application).select_related("agency"):
        agency = text(referral.agency.name)
        yield Event(
            at=referral.asked_at, sentence=_("%(agency)s was asked for its opinion.") % {"agency": agency}
        )
    for opinion in Opinion.objects.filter(referral__application=application).select_related(
        "referral__agency"
    ):
        agency = text(opinion.referral.agency.name)
        yield Event(at=opinion.at, sentence=_("%(agency)s gave its opinion.") % {"agency": agency})


def _visits(application: Application) -> Iterator[Event]:
    for report in InspectionReport.objects.filter(inspection__application=application):
        passed = _("An inspector visited the site. The visit passed.")
        failed = _("An inspector visited the site. Some points failed.")
        yield Event(at=report.at, sentence=passed if report.passed else failed)


def _money(application: Application) -> Iterator[Event]:
    for receipt in Receipt.objects.filter(charge__application=application).select_related("attempt"):
        if receipt.amount:
            amount = money(Money(minor=receipt.amount, currency=receipt.currency))
            by_link = receipt.attempt is not None and receipt.attempt.link_id is not None
            paid = _("{amount} was paid by your payment link. Receipt {number}.")
            sentence = format_html(
                paid if by_link else _("You paid {amount}. Receipt {number}."),
                amount=amount,
                number=code(receipt.number),
            )
            yield Event(at=receipt.at, sentence=sentence)


def _document(application: Application) -> Iterator[Event]:
    instrument = Instrument.objects.filter(intent__application=application).first()
    if instrument is None:
        return
    yield Event(at=instrument.released_at, sentence=_("The document was issued."))
    for suspension in Suspension.objects.filter(instrument=instrument):
        yield Event(at=suspension.at, sentence=_("The document was suspended."))
    for reinstatement in Reinstatement.objects.filter(suspension__instrument=instrument):
        yield Event(at=reinstatement.at, sentence=_("The document was reinstated."))
    for revocation in Revocation.objects.filter(instrument=instrument):
        yield Event(at=revocation.at, sentence=_("The document was revoked."))

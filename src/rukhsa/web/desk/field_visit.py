"""One visit for a device: its page, with the drawn pages of the plans and what stands under the seal of the licence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.file_check import BadFile
from rukhsa.applications.file_page import FilePage, pages_of
from rukhsa.applications.models import Application
from rukhsa.applications.submitted import Submitted, submitted
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.models import Instrument, Intent
from rukhsa.review.appointment import appointment_of
from rukhsa.review.inspection import Inspection, step_of
from rukhsa.trust import profiles
from rukhsa.values.names import Text
from rukhsa.verification.lookup import address_of
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case, case_facts
from rukhsa.web.desk.inspections import due_on
from rukhsa.web.desk.instruments import STATES

MOST_PAGES: Final = (
    24  # of the plans of a visit that a device keeps, each a picture of at most 1600 pixels a side
)
MOST_BYTES: Final = 12_000_000  # of all files of a visit on a device


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A file of the application, with the pages that a device keeps; what is left out opens with a network."""

    document: Text
    pk: UUID
    name: str
    pages: Sequence[FilePage] = ()
    left_out: int = 0
    problem: object = None


@dataclass(frozen=True, kw_only=True)
class Licence:
    """A document of the application: what stands under its seal, how it stood when it was loaded, and its check."""

    instrument: Instrument
    state: Promise
    facts: Sequence[profiles.Shown]
    check: str  # the address at which the verifier compares place, hour and works


@requires(Permission.INSPECT)
@require_GET
def load(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One visit for a device: its page as HTML, which names the files that it needs, and how much of them is kept."""
    at = timezone.now()
    needed = ("application__service_version", "application__applicant", "application__company")
    found = Inspection.objects.on_which(request.actor, Permission.INSPECT)
    visit = found.select_related(*needed).get(pk=pk)
    held = submitted(visit.application)
    application = held.application
    context = {
        "inspection": visit,
        "application": application,
        "definition": application.definition,
        "name": case.inspection_name(application.definition, visit),
        "due_on": due_on(visit),
        "sections": case_facts.sections(held),
        "plans": list(_bounded(_plans(held, request.actor, at))),
        "licences": _licences(application, request.actor, at),
        "reports": visit.reports.select_related("inspector").order_by("-pk"),
        "appointment": appointment_of(visit),
        "fields": case.fields_of(step_of(application, visit)),
        "at": at,
    }
    record("load-visit", visit, actor=request.actor, at=at)
    html = render_to_string("desk/field_visit.html", context, request)
    return JsonResponse({"html": html, "most": MOST_BYTES})


def _plans(held: Submitted, actor: Actor, at: datetime) -> Iterator[Plan]:
    """The files of the application, each with all its pages; that a person has them is in the journal."""
    files = {file.pk: file for file in held.files}
    for shown in case_facts.documents(held, at=at):
        for each in shown.files:
            plan = Plan(document=shown.document.name, pk=each.pk, name=each.name)
            record("see-attachment", files[each.pk], actor=actor, at=at)
            try:
                yield replace(plan, pages=pages_of(files[each.pk]))
            except BadFile as bad:
                yield replace(plan, problem=bad.text)


def _bounded(plans: Iterator[Plan]) -> Iterator[Plan]:
    """The same files with as many pages together as a device keeps of a visit: the first of each file before others."""
    found = list(plans)
    longest = max((len(each.pages) for each in found), default=0)
    turns = chain.from_iterable(
        (plan for plan in found if number < len(plan.pages)) for number in range(longest)
    )
    kept = [plan.pk for plan, _place in zip(turns, range(MOST_PAGES), strict=False)]
    for plan in found:
        count = kept.count(plan.pk)
        yield replace(plan, pages=plan.pages[:count], left_out=len(plan.pages) - count)


def _licences(application: Application, actor: Actor, at: datetime) -> list[Licence]:
    """The newest version of each document of the application that the actor may read."""
    numbers = Intent.objects.filter(application=application).values("number")
    found = Instrument.objects.on_which(actor, Permission.READ_INSTRUMENTS).with_standing()
    found = found.filter(intent__number__in=numbers).select_related(
        "intent__service_version", "intent__sealing"
    )
    newest = {each.number: each for each in found.order_by("intent__version")}
    for each in newest.values():
        record("see-instrument", each, actor=actor, at=at)
    return [
        Licence(
            instrument=each,
            state=STATES[each.status(at)],
            facts=_facts(each.intent),
            check=address_of(each.intent),
        )
        for each in newest.values()
    ]


def _facts(intent: Intent) -> list[profiles.Shown]:
    """What the seal says, in the language of the page."""
    facts = {int(key): fact for key, fact in intent.facts.items()}
    language = get_language() or "ar"
    return profiles.show(facts, intent.service_version.profile, language)

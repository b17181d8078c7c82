"""The page of a service: what it costs, what is needed, how long it takes and who decides; and the start button."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.models import PersonKind
from rukhsa.accounts.permissions import Permission
from rukhsa.applications import draft
from rukhsa.applications.application import DRAFT_LASTS
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue import spoken
from rukhsa.catalogue.calendar import Hours
from rukhsa.catalogue.definition import Applicant, Definition, Quota
from rukhsa.catalogue.instrument import InSeason
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.questions.slot import SlotQuestion
from rukhsa.catalogue.slots import slot_list
from rukhsa.catalogue.steps import InspectStep, ReferStep, Step
from rukhsa.catalogue.territory import territory
from rukhsa.places import seat
from rukhsa.values.names import Text
from rukhsa.values.periods import Period
from rukhsa.values.seasons import SeasonError
from rukhsa.web.access import PortalRequest, public, requires
from rukhsa.web.portal.pages import first_address
from rukhsa.web.portal.prices import prices

GOVERNMENT = "government"  # among the kinds of applicants of a definition
KINDS: dict[Applicant, Promise] = {
    "citizen": _("citizens"),
    "gcc": _("citizens of other GCC states"),
    "resident": _("residents"),
    "investor": _("companies and investors"),
    "government": _("government bodies"),
}

LIKE = "like"  # names the earlier application with whose answers a new one begins


@dataclass(frozen=True, kw_only=True)
class Party:
    """The working days that a party has; `sometimes` when not every application needs it."""

    name: Text | Promise
    days: int
    sometimes: bool


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The working days of a review, in all and by party, the last day if submitted today, and who decides."""

    days: int
    by: date
    parties: tuple[Party, ...]
    hours: tuple[tuple[Hours, Text | None], ...]  # with the name of the season in which they apply
    decider: str  # "officer", "two officers", "committee" or "rule"
    committee: Text | None
    authority: Text | None  # None where the address or an earlier document determines it


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The season and its days, the places left in it, and the quota with what it is counted by."""

    season: Text | None = None
    days: Period | None = None
    left: int | None = None
    quota: Quota | None = None
    counted_by: Text | None = None  # the question; None where it is counted by applicant


@public
@require_GET
def show(request: HttpRequest, service: str) -> HttpResponse:
    """Everything one wants to know before the first question."""
    definition = current(service).definition
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "definition": definition,
        "open_to": [KINDS[kind] for kind in definition.applicants],
        "prices": prices(definition),
        "law": definition.on_laws(definition.law),
        "limits": limits_of(definition, on=timezone.localdate()),
        "documents": [(each, spoken.phrase(definition, each)) for each in definition.documents],
        "outlook": outlook(definition, today=timezone.localdate()),
        "may_apply": may_apply(actor, definition),
        "may_batch": actor is not None and not actor.is_staff and may_batch(actor, definition),
        "like": newest_of(actor, definition.service),
        "open_draft": open_draft(actor, service),
    }
    return render(request, "portal/service.html", context)


def open_draft(actor: Actor | None, service: str) -> Application | None:
    """The draft of this service that the actor saved last, and can still go on with."""
    if actor is None:
        return None
    drafts = Application.objects.of_applicant(actor).filter(stage=Stage.DRAFT, reference=None)
    since = timezone.now() - DRAFT_LASTS
    mine = drafts.filter(service_version__service=service, saved_at__gte=since)
    return mine.order_by("-saved_at").first()


@requires(Permission.APPLY)
@require_POST
def start(request: PortalRequest, service: str) -> HttpResponse:
    """Start an application and ask the first question; a second one of the same service only if it is asked for."""
    version = current(service)
    if not may_apply(request.actor, version.definition):
        # The page of the service says who can apply.
        return redirect("portal:service", service)
    language, at = get_language() or "ar", timezone.now()
    if LIKE in request.POST:
        like = newest_of(request.actor, service)
        if like is None or str(like.pk) != request.POST[LIKE]:
            return redirect("portal:service", service)
        application = draft.begin_like(like, version, actor=request.actor, language=language, at=at)
        return redirect("portal:review", application.pk)
    if "another" not in request.POST and (begun := open_draft(request.actor, service)):
        return redirect("portal:application", begun.pk)
    application = draft.start(version, actor=request.actor, language=language, at=at)
    return redirect(first_address(application))


def newest_of(actor: Actor | None, service: str) -> Application | None:
    """The application for a service that the actor submitted last, whose answers a new one may begin with."""
    if actor is None:
        return None
    own = Application.objects.of_applicant(actor).exclude(submitted_at=None)
    return own.filter(service_version__service=service).order_by("-submitted_at").only("submitted_at").first()


def may_apply(actor: Actor | None, definition: Definition) -> bool:
    """Whether the service is for this kind of applicant; anyone who has not signed in may be."""
    if actor is None:
        return True
    if actor.represented and definition.service not in actor.represented.services:
        return False
    return applicant_kind(actor) in definition.applicants


def may_batch(actor: Actor, definition: Definition) -> bool:
    """Whether this applicant may send many applications of the service at once: for oneself, or a company."""
    return actor.represented is None and may_apply(actor, definition)


def applicant_kind(actor: Actor) -> str:
    """As what the actor applies: the person's own kind, or that of the company or government body."""
    if actor.company is None:
        return actor.applicant.kind
    return GOVERNMENT if actor.company.is_government else PersonKind.INVESTOR


def current(service: str) -> ServiceVersion:
    """The version of a service that is offered now; raise `ServiceVersion.DoesNotExist`."""
    return ServiceVersion.objects.offered().get(service=service)


def limits_of(definition: Definition, *, on: date) -> Limits:
    """The limits of a service on a day; one query where it gives out places."""
    validity, quota = definition.instrument.validity, definition.quota
    name = territory().seasons[validity.season].name if isinstance(validity, InSeason) else None
    days = _days(definition, on)
    counted = definition.question(quota.per).ask if quota and quota.per != "applicant" else None
    return Limits(season=name, days=days, left=_left(definition, days), quota=quota, counted_by=counted)


def _days(definition: Definition, on: date) -> Period | None:
    validity = definition.instrument.validity
    try:
        return territory().season(validity.season, near=on) if isinstance(validity, InSeason) else None
    except SeasonError:
        return None


def _left(definition: Definition, days: Period | None) -> int | None:
    question = next((each for each in definition.questions if isinstance(each, SlotQuestion)), None)
    if question is None or days is None:
        return None
    capacities = {place.id: place.capacity for place in slot_list(question.of).places}
    return sum(seat.left(question.of, capacities, days).values())


def outlook(definition: Definition, *, today: date) -> Outlook:
    """What can be promised: parallel steps take as long as the longest of them."""
    place, always, decision = territory(), definition.authority.always, definition.decision
    days = definition.review_days
    return Outlook(
        days=days,
        by=place.calendar_of(always).after(today, days),
        parties=tuple(party for party in _parties(definition) if party.days),
        hours=tuple(
            (hours, place.seasons[hours.season].name if hours.season else None)
            for hours in place.working_hours
        ),
        decider=decision.decide,
        committee=place.committees[decision.committee].name if decision.committee else None,
        authority=place.authority(always).name(on=today) if always else None,
    )


def _parties(definition: Definition) -> list[Party]:
    """The authority's officers, its inspectors, then each agency, with the days for all their steps."""
    agencies = territory().agencies
    steps = definition.steps
    asked = [step for step in steps if isinstance(step, ReferStep)]
    visits = [step for step in steps if isinstance(step, InspectStep)]
    desk = [step for step in steps if not isinstance(step, ReferStep | InspectStep)]
    return [
        _party(_("The municipality"), desk),
        _party(_("Site visit"), visits),
        *(
            _party(agencies[agency], [step for step in asked if step.refer == agency])
            for agency in dict.fromkeys(step.refer for step in asked)
        ),
    ]


def _party(name: Text | Promise, steps: Sequence[Step]) -> Party:
    sometimes = all(getattr(step, "when", None) for step in steps)
    return Party(
        name=name, days=sum(step.within.working_days for step in steps if step.within), sometimes=sometimes
    )

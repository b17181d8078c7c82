"""The pages for keeping a committee's sittings: convening one, its votes, and the decision with its minutes."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications import blobs
from rukhsa.applications.file_check import LARGEST_FILE, BadFile, check_file
from rukhsa.applications.models import Application
from rukhsa.applications.picture import keep_checked
from rukhsa.applications.stages import NotPossible
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import territory
from rukhsa.files.kind import PDF
from rukhsa.personal.purpose import require_purpose
from rukhsa.review import participant
from rukhsa.review.agenda import Agenda
from rukhsa.review.errors import ReviewError
from rukhsa.review.queue import WaitingMatter
from rukhsa.review.sitting import (
    Minutes,
    NotOfCommittee,
    Sitting,
    SittingUnfit,
    WrittenMinutes,
    conclude,
    convene,
    majority,
    members,
)
from rukhsa.web.access import PortalRequest, requires, signed_in
from rukhsa.web.desk.acts import UNPROCESSABLE
from rukhsa.web.desk.files import LOCKED, answer_picture, answer_stored
from rukhsa.web.desk.institution_forms import WEEKDAYS
from rukhsa.web.sentences import sentence_for, status_of_form

MOST_SHOWN = 50


@requires(Permission.CONVENE)
@require_http_methods(["GET", "POST"])
def show_all(request: PortalRequest) -> HttpResponse:
    """The committees with what waits for each, and their sittings; posting convenes one."""
    if request.method == "POST":
        return _convene(request)
    record("see-sittings", request.actor.person, actor=request.actor, at=timezone.now())
    return _list(request)


@requires(Permission.CONVENE)
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A sitting: who was present, and the votes on what waits for the committee."""
    sitting = _reached(request, pk)
    record("see-sitting", sitting, actor=request.actor, at=timezone.now())
    votes: dict[UUID, list[Any]] = {}
    for vote in sitting.votes.select_related("member"):
        votes.setdefault(vote.application_id, []).append(vote)
    matters = _matters(sitting, set(votes))
    names = ServiceVersion.objects.names({each.service_version_id for each in matters})
    context = {
        "sitting": sitting,
        "committee": territory().committees[sitting.committee],
        "authority": sitting.authority.name(on=sitting.held_on),
        "present": [each.member for each in sitting.attendances.select_related("member")],
        "signed": sitting.signed_minutes.select_related("proposed_by", "chair", "decided_by"),
        "lines": [(each, names[each.service_version_id], votes.get(each.pk, [])) for each in matters],
    }
    return render(request, "desk/sitting.html", context)


@requires(Permission.CONVENE)
@require_http_methods(["GET", "POST"])
def conclude_matter(request: PortalRequest, pk: UUID, application: UUID) -> HttpResponse:
    """Write the minutes on an application, and with them the majority's decision."""
    sitting = _reached(request, pk)
    matter = (
        participant.applications(request.actor, Permission.CONVENE)
        .select_related("service_version")
        .get(pk=application)
    )
    if request.method == "GET":
        record("see-votes", matter, actor=request.actor, at=timezone.now())
        return _minutes_page(request, sitting, matter)
    typed = {
        field: request.POST.get(field, "").replace("\x00", "") for field in ("text", "reasons", "legal_basis")
    }
    try:
        written = _written(request, typed["text"])
        basis = (typed["reasons"], typed["legal_basis"])
        conclude(sitting, matter, written, *basis, actor=request.actor, at=timezone.now())
    except (ReviewError, NotPossible, BadFile) as error:
        sentence = sentence_for(error)
        status = status_of_form(error.code)
        return _minutes_page(request, sitting, matter, status=status, error=sentence, typed=typed)
    messages.success(request, _("The decision was made. We told the applicant."))
    return redirect("desk:sitting", pk)


@signed_in
@require_GET
@csp_override(LOCKED)
def minutes(request: PortalRequest, pk: int) -> HttpResponseBase:
    """The file of the minutes, for anyone who may open the application."""
    if not any(map(request.actor.holds_somewhere, (Permission.READ_QUEUE, Permission.VOTE))):
        raise NotPermitted
    may_open = Q(application__in=participant.applications(request.actor)) | Q(
        application__in=participant.matters(request.actor)
    )
    written = Minutes.objects.exclude(digest="").filter(may_open).distinct()
    found = written.select_related("application__queue_entry").get(pk=pk)
    require_purpose(found.application, request.actor, at=timezone.now())
    if found.media_type != PDF.media_type:
        return answer_picture(request, found.application, found.digest, act="see-minutes")
    record("see-minutes", found.application, actor=request.actor, at=timezone.now())
    return answer_stored(found.digest, found.media_type)


def _reached(request: PortalRequest, pk: UUID) -> Sitting:
    sittings = Sitting.objects.on_which(request.actor, Permission.CONVENE)
    return sittings.select_related("authority").get(pk=pk)


def _matters(sitting: Sitting, voted: set[UUID]) -> list[Application]:
    """What waits for the committee, and what was voted on at this sitting."""
    waiting = WaitingMatter.objects.filter(authority=sitting.authority_id, committee=sitting.committee)
    found = Application.objects.filter(Q(pk__in=waiting.values("application")) | Q(pk__in=voted))
    return list(found.defer("typed", "answers").order_by("submitted_at")[:MOST_SHOWN])


def _list(request: PortalRequest, *, status: int = 200, **typed: Any) -> HttpResponse:
    known, today = territory().committees, timezone.localdate()
    held = Sitting.objects.on_which(request.actor, Permission.CONVENE).select_related("authority")[
        :MOST_SHOWN
    ]
    waiting = WaitingMatter.objects.on_which(request.actor, Permission.CONVENE)
    counted = Counter(waiting.values_list("authority", "committee"))
    matters = waiting_matters(request.actor)
    seats = [
        {
            "authority": authority,
            "name": authority.name(on=today),
            "committee": id,
            "rule": rule,
            "sits_on": [WEEKDAYS[day] for day in rule.sits_on],
            "waiting": counted[authority.pk, id],
            "members": members(authority.pk, id, on=today),
            "matters": matters.get((authority.pk, id), []),
        }
        for authority in Authority.objects.on_which(request.actor, Permission.CONVENE).order_by("ordinal")
        for id, rule in known.items()
        if (authority.pk, id) in counted or typed.get("chosen") == f"{authority.pk}/{id}"
    ]
    names = {one.pk: one.name(on=today) for one in {each.authority for each in held}}
    context = {
        "seats": seats,
        "held": [
            (each, known[each.committee].name, names[each.authority_id])
            for each in held
            if each.committee in known
        ],
        "called": [
            (each, known[each.committee].name)
            for each in Agenda.objects.on_which(request.actor, Permission.CONVENE).open()[:MOST_SHOWN]
            if each.committee in known
        ],
        "today": today,
        **typed,
    }
    return render(request, "desk/sittings.html", context, status=status)


def waiting_matters(actor: Actor) -> dict[tuple[str, str], list[Application]]:
    """What waits for each committee of the actor's authorities, the most urgent first, as far as it is shown."""
    rows = WaitingMatter.objects.on_which(actor, Permission.CONVENE).select_related("application")
    found: dict[tuple[str, str], list[Application]] = {}
    for row in rows.defer("application__typed", "application__answers").order_by("due_at")[:MOST_SHOWN]:
        found.setdefault((row.authority_id, row.committee), []).append(row.application)
    return found


def list_again(request: PortalRequest, *, status: int, **typed: Any) -> HttpResponse:
    """The page of sittings after a refused act, with what was typed."""
    return _list(request, status=status, **typed)


def _convene(request: PortalRequest) -> HttpResponse:
    chosen = request.POST.get("seat", "")
    day, present = request.POST.get("held_on", ""), request.POST.getlist("present")
    problem: Promise | str
    try:
        authority, _slash, committee = chosen.partition("/")
        sitting = convene(
            _authority(authority),
            committee,
            _day(day),
            _people(present),
            agenda=_agenda(request, authority, committee),
            actor=request.actor,
            at=timezone.now(),
        )
        messages.success(request, _("The sitting is recorded. Its members can vote now."))
        return redirect("desk:sitting", sitting.pk)
    except ReviewError as error:
        problem = error.text
    again = {"chosen": chosen, "day_typed": day, "present_typed": present, "error": problem}
    return _list(request, status=UNPROCESSABLE, **again)


def _authority(code: str) -> Authority:
    found = Authority.objects.filter(pk=code[:4]).first()
    if found is None:
        raise SittingUnfit
    return found


def _agenda(request: PortalRequest, authority: str, committee: str) -> UUID | None:
    """The open agenda by which this sitting was called, if the form names one. Raises SittingUnfit."""
    typed = request.POST.get("agenda", "")
    if not typed:
        return None
    ours = Agenda.objects.on_which(request.actor, Permission.CONVENE).open()
    try:
        return ours.get(pk=UUID(typed), authority=authority, committee=committee).pk
    except (ValueError, Agenda.DoesNotExist):
        raise SittingUnfit from None


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise SittingUnfit from None


def _people(typed: list[str]) -> list[Person]:
    try:
        return list(Person.objects.filter(pk__in=[UUID(each) for each in typed]))
    except ValueError:
        raise NotOfCommittee from None


def _written(request: PortalRequest, text: str) -> WrittenMinutes:
    upload = request.FILES.get("file")
    if upload is None:
        return WrittenMinutes(text=text)
    content = upload.read(LARGEST_FILE + 1)
    accepted = check_file(content, ("pdf", "image"))
    digest = blobs.keep(content) if accepted.media_type == PDF.media_type else keep_checked(content, accepted)
    name = (upload.name or "minutes")[:200]
    return WrittenMinutes(text=text, digest=digest, media_type=accepted.media_type, file_name=name)


def _minutes_page(
    request: PortalRequest, sitting: Sitting, matter: Application, *, status: int = 200, **typed: Any
) -> HttpResponse:
    context = {
        "sitting": sitting,
        "application": matter,
        "definition": matter.definition,
        "committee": territory().committees[sitting.committee],
        "votes": sitting.votes.filter(application=matter).select_related("member"),
        "absent_votes": sitting.attendances.count() - sitting.votes.filter(application=matter).count(),
        "written": matter.minutes.filter(sitting=sitting).first(),
        **_outcome(sitting, matter),
        **typed,
    }
    return render(request, "desk/minutes.html", context, status=status)


def _outcome(sitting: Sitting, matter: Application) -> dict[str, Any]:
    try:
        return {"outcome": majority(sitting, matter)}
    except ReviewError as error:
        return {"outcome": "", "why_not": error.text}

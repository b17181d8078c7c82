"""One section of the form: asks its questions, saves the answers, and continues when they are right."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import draft, reservation
from rukhsa.applications.answers import Problem, ineligible, read_all
from rukhsa.applications.application import is_expired, is_open
from rukhsa.applications.conflict import conflicts, hints
from rukhsa.applications.known import company_problems, typed_for
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.definition import asked
from rukhsa.catalogue.form import Section
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.slot import SlotQuestion
from rukhsa.places.block import blocks_asked_once
from rukhsa.web import one_line
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.fields import Field, field_of, typed_in
from rukhsa.web.portal.draft import show_expired
from rukhsa.web.portal.offers import USE, chosen, known_on, offers_on
from rukhsa.web.portal.pages import (
    application_of,
    findings_about,
    headings_of,
    next_address,
    page_with,
    position_of,
)


@requires(Permission.APPLY)
@require_http_methods(["GET", "POST"])
@blocks_asked_once()
def ask(request: PortalRequest, pk: UUID, section: str) -> HttpResponse:
    """GET shows the questions; POST saves the answers, then shows problems, continues, or returns to the overview."""
    application = application_of(request, pk)
    now = timezone.now()
    if request.method == "GET" and not is_open(application, at=now):
        return redirect("portal:application", pk)
    part = page_with(application, section)
    if request.method == "GET":
        return _page(request, application, part)
    typed = typed_in(request.POST, part.questions)
    typed = one_line.fill_in(typed, application.typed, again="fill" in request.POST)
    typed |= chosen(request, application, part)
    if is_expired(application, at=now):
        return show_expired(request, application, status=409)
    application = draft.save(application, typed, actor=request.actor, at=now)
    if request.headers.get("HX-Request") == "true":
        return _live(request, application, part, now)
    if "fill" in request.POST or USE in request.POST:
        return _page(request, application, part)
    if "later" in request.POST:
        return redirect("portal:application", pk)
    problems = problems_of(application, part, at=now)
    if problems:
        return _page(request, application, part, problems, shown=set(request.POST), status=422)
    return redirect(next_address(application, part))


def problems_of(application: Application, section: Section, *, at: datetime) -> dict[str, Problem]:
    """The problems with the answers of a section, by question."""
    reading = read_all(application.definition, application.typed, at=at)
    ours = {question.id for question in section.questions}
    against = (
        *ineligible(application.definition, reading, about=ours),
        *conflicts(application.definition, reading.values, at=at, beside=ours),
        *company_problems(application, reading.values, at=at),
    )
    return {problem.about: problem for problem in (*against, *reading.problems) if problem.about in ours}


def conflicts_in(application: Application, section: Section, *, at: datetime) -> dict[str, Problem]:
    """The conflicts of a section's answers with the ground, by question, shown while typing."""
    ours = {question.id for question in section.questions}
    against = conflicts(application.definition, application.answers, at=at, beside=ours)
    return {problem.about: problem for problem in against if problem.about in ours}


def _page(
    request: PortalRequest,
    application: Application,
    section: Section,
    problems: dict[str, Problem] | None = None,
    *,
    shown: set[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    fields = fields_of(application, section, problems or {}, actor=request.actor, at=timezone.now())
    # A question that this very answer made appear is announced, not marked as an error.
    new = [field for field in fields if field.problem and shown is not None and not _was_shown(field, shown)]
    context = {
        "application": application,
        "section": section,
        "position": position_of(application, section),
        "fields": fields,
        "known": known_on(application, section),
        "has_drawing": any(question.is_drawn for question in section.questions),
        "problems": [field for field in fields if field.problem and field not in new],
        "new_questions": new,
        "findings": findings_about(application, [question.id for question in section.questions]),
    }
    return render(request, "portal/section.html", context, status=status)


def _live(request: PortalRequest, application: Application, section: Section, at: datetime) -> HttpResponse:
    context: dict[str, Any] = {"application": application, "section": section, "saved_at": at}
    problems = conflicts_in(application, section, at=at)
    context["fields"] = fields_of(application, section, problems, actor=request.actor, at=at)
    context["known"] = known_on(application, section)
    return render(request, "portal/section_live.html", context)


def fields_of(
    application: Application, section: Section, problems: dict[str, Problem], *, actor: Actor, at: datetime
) -> list[Field]:
    """The fields of the questions that the answers so far ask in a section."""
    wanted: tuple[Question, ...] = asked(application.definition, application.answers)
    seen = hints(application.definition, application.answers, on=timezone.localdate(at))
    known = typed_for(application, at=at)
    headings = headings_of(application, section)
    offered = offers_on(section, actor)
    return [
        field_of(
            question,
            typed_before(application, question, actor),
            problems.get(question.id),
            hint=seen.get(question.id),
            takes_line=True,
            heading=headings.get(question.id),
            offers=offered.get(question.id, ()),
            left=reservation.left(application, question, at=at)
            if isinstance(question, SlotQuestion)
            else None,
        )
        for question in section.questions
        if question in wanted and question.id not in known
    ]


def typed_before(application: Application, question: Question, actor: Actor) -> Any:
    """What was typed, or what we know of the applicant where nothing was."""
    if question.id in application.typed:
        return application.typed[question.id]
    return question.known(actor, application.language)


def _was_shown(field: Field, posted: set[str]) -> bool:
    id = field.question.id
    return any(name in {id, f"asked.{id}"} or name.startswith(f"{id}.") for name in posted)

"""One section of the form: asks its questions, saves the answers, and continues when they are right."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rukhsa import applying
from rukhsa.accounts.client import pseudonym
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
from rukhsa.places.geometry import GeometryError, exchanged
from rukhsa.web import interrupted, one_line
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.edge import is_partial
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
from rukhsa.web.portal.sheet import WRONG, Sheet, clash_problems, page_of, taken_from

SWAP = "swap"  # the button that exchanges latitude and longitude; its value names the question
# The buttons after which the same page is shown again.
SAVED_AND_SHOWN = frozenset({USE, SWAP, "fill", "stay", "mine", "theirs"})


@requires(Permission.APPLY, keeps=True)
@require_http_methods(["GET", "POST"])
@blocks_asked_once()
def ask(request: PortalRequest, pk: UUID, section: str) -> HttpResponse:
    """GET shows the questions; POST saves the answers, then shows problems, continues, or returns to the overview.

    GET also saves what was sent here after the session had ended, once.
    """
    application, now = application_of(request, pk), timezone.now()
    part = page_with(application, section)
    kept = interrupted.take(request) if request.method == "GET" else None
    form = request.POST if kept is None else kept
    has_form = request.method == "POST" or kept is not None
    if has_form and is_expired(application, at=now):
        return show_expired(request, application, posted=form, status=409)
    if request.method == "GET" and not is_open(application, at=now):
        return redirect("portal:application", pk)
    if not has_form:
        return _page(request, Sheet(application=application, section=part))
    typed = one_line.fill_in(typed_in(form, part.questions), application.typed, again="fill" in form)
    typed |= chosen(form, part, actor=request.actor) | swapped(form, typed, part)
    page = page_of(form)
    application, merged = draft.save_page(
        application, taken_from(form, typed), page=page, actor=request.actor, at=now
    )
    sheet = Sheet.after(application, part, form, merged)
    if is_partial(request):
        return _live(request, sheet, now)
    if kept is not None or SAVED_AND_SHOWN & set(form):
        return _page(request, sheet, clash_problems(sheet), is_restored=kept is not None)
    if "later" in form and not sheet.clashes:
        return redirect("portal:application", pk)
    problems = problems_of(application, part, at=now) | clash_problems(sheet)
    if problems:
        return _page(request, sheet, problems, shown=set(form), status=422)
    return redirect(next_address(application, part))


def swapped(form: QueryDict, typed: Mapping[str, Any], section: Section) -> dict[str, str]:
    """The drawing whose points the applicant has exchanged by a press; nothing where no point can be read."""
    drawn = {question.id for question in section.questions if question.is_drawn}
    id = form.get(SWAP, "")
    if id not in drawn or id not in typed:
        return {}
    try:
        return {id: exchanged(str(typed[id]))}
    except GeometryError:
        return {}


def problems_of(application: Application, section: Section, *, at: datetime) -> dict[str, Problem]:
    """The problems with the answers of a section, by question."""
    reading = read_all(application.definition, application.typed, at=at)
    ours = {question.id for question in section.questions}
    against = (
        *ineligible(application.definition, reading, about=ours),
        *conflicts(application.definition, reading.values, at=at, beside=ours),
        *company_problems(application, reading.values, at=at),
        *applying.problems_of_earlier(application, at=at, about=ours),
    )
    return {problem.about: problem for problem in (*against, *reading.problems) if problem.about in ours}


def conflicts_in(application: Application, section: Section, *, at: datetime) -> dict[str, Problem]:
    """The conflicts of a section's answers with the ground, by question, shown while typing."""
    ours = {question.id for question in section.questions}
    against = conflicts(application.definition, application.answers, at=at, beside=ours)
    return {problem.about: problem for problem in against if problem.about in ours}


def _page(
    request: PortalRequest,
    sheet: Sheet,
    problems: dict[str, Problem] | None = None,
    *,
    shown: set[str] | None = None,
    is_restored: bool = False,
    status: int = 200,
) -> HttpResponse:
    application, section = sheet.application, sheet.section
    fields = fields_of(sheet, problems or {}, actor=request.actor, at=timezone.now())
    # A question that this very answer made appear is announced, not marked as an error.
    asked_before = {name.removeprefix("asked.").partition(".")[0] for name in shown or ()}
    new = [each for each in fields if each.problem and shown and each.question.id not in asked_before]
    context = {
        "application": application,
        "section": section,
        "sheet": sheet,
        "position": position_of(application, section),
        "fields": fields,
        "known": known_on(application, section),
        "has_drawing": any(question.is_drawn for question in section.questions),
        "problems": [field for field in fields if field.problem and field not in new],
        "new_questions": new,
        "findings": findings_about(application, [question.id for question in section.questions]),
        "is_restored": is_restored,
        "person_mark": pseudonym(str(request.actor.person.pk)),
    }
    return render(request, "portal/section.html", context, status=status)


def _live(request: PortalRequest, sheet: Sheet, at: datetime) -> HttpResponse:
    """What changes on the open page; a problem that the page shows stays until it is solved."""
    application, section = sheet.application, sheet.section
    shown = set(request.POST.getlist(WRONG))
    wrong = problems_of(application, section, at=at) if shown else {}
    problems = conflicts_in(application, section, at=at) | clash_problems(sheet)
    problems |= {about: wrong[about] for about in shown & wrong.keys() - problems.keys()}
    fields = fields_of(sheet, problems, actor=request.actor, at=at)
    context = {
        "application": application,
        "section": section,
        "sheet": sheet,
        "saved_at": at,
        "fields": fields,
        "known": known_on(application, section),
        "problems": [field for field in fields if field.question.id in shown and field.problem],
    }
    return render(request, "portal/section_saved.html", context)


def fields_of(sheet: Sheet, problems: dict[str, Problem], *, actor: Actor, at: datetime) -> list[Field]:
    """The fields of the questions that the answers so far ask in a section."""
    application, typed = sheet.application, sheet.typed
    wanted: tuple[Question, ...] = asked(application.definition, application.answers)
    seen = hints(application.definition, application.answers, on=timezone.localdate(at))
    known = typed_for(application, at=at)
    headings = headings_of(application, sheet.section)
    offered = offers_on(sheet.section, actor)
    fields = (
        field_of(
            question,
            typed[question.id] if question.id in typed else question.known(actor, application.language),
            problems.get(question.id),
            hint=seen.get(question.id),
            takes_line=True,
            left=reservation.left(application, question, at=at)
            if isinstance(question, SlotQuestion)
            else None,
            showed=sheet.showed(question),
            clashes=sheet.clashes_in(question),
        )
        for question in sheet.section.questions
        if question in wanted and question.id not in known
    )
    return [
        replace(each, heading=headings.get(each.question.id), offers=offered.get(each.question.id, ()))
        for each in fields
    ]

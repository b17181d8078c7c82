"""The last page before submission: all answers, the cost, and the button."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rukhsa import applying
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.answers import Problem, is_empty
from rukhsa.applications.application import is_open
from rukhsa.applications.known import sources
from rukhsa.applications.models import Application
from rukhsa.applications.submission import NotComplete
from rukhsa.catalogue.definition import asked
from rukhsa.catalogue.questions import Question
from rukhsa.places.block import blocks_asked_once
from rukhsa.review.finding import FindingsUnanswered, unanswered
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.attachments import slots_of
from rukhsa.web.portal.pages import (
    FindingShown,
    application_of,
    last_section_address,
    needs_documents,
    open_findings,
    pages_in,
    place_of,
)
from rukhsa.web.portal.prices import prices
from rukhsa.web.shown import AnswerShown, answer_shown

REPLY, LONGEST_REPLY = "reply.", 1000  # characters


@dataclass(frozen=True, kw_only=True)
class SectionShown:
    """The answers of a section, and where to change them."""

    title: Text
    address: str
    answers: list[AnswerShown]


@dataclass(frozen=True, kw_only=True)
class ProblemShown:
    """A problem, what it is about, and where to correct it."""

    about: str  # the id of the question or of the document
    name: Text
    text: Promise | str
    address: str


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
@blocks_asked_once()
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows everything; POST submits, and a second POST changes nothing."""
    application = application_of(request, pk)
    if request.method == "GET":
        if not is_open(application, at=timezone.now()):
            return redirect("portal:application", pk)
        return _page(request, application)
    replies = replies_in(request.POST)
    try:
        application = applying.submit(application, actor=request.actor, at=timezone.now(), replies=replies)
    except FindingsUnanswered as asked_still:
        return _page(request, application, asked_still=asked_still, replies=replies, status=422)
    except NotComplete as incomplete:
        return _page(request, application, found=incomplete.problems, status=422)
    return redirect(reverse("portal:application", args=[pk]) + "?submitted=1")


def _page(
    request: PortalRequest,
    application: Application,
    *,
    found: tuple[Problem, ...] | None = None,
    asked_still: FindingsUnanswered | None = None,
    replies: Mapping[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    total = pages_in(application)
    context = {
        "application": application,
        "definition": application.definition,
        "sections": sections_shown(application),
        "findings": open_findings(application),
        "slots": slots_of(application, {}),
        "problems": shown_with_their_place(application, found)
        if found is not None
        else problems_shown(application, at=timezone.now()),
        "to_answer": findings_to_answer(application, replies or {}, at=timezone.now()),
        "asked_still": asked_still,
        "prices": prices(application.definition, application),
        "number": total,
        "total": total,
        "back": _back(application),
    }
    return render(request, "portal/review.html", context, status=status)


def replies_in(posted: QueryDict) -> dict[int, str]:
    """What is written to each finding, by its id."""
    written = {
        name.removeprefix(REPLY): str(posted[name]).strip() for name in posted if name.startswith(REPLY)
    }
    return {int(id): text[:LONGEST_REPLY] for id, text in written.items() if id.isdecimal() and text}


def findings_to_answer(
    application: Application, replies: Mapping[int, str], *, at: datetime
) -> list[tuple[FindingShown, str]]:
    """The findings that no change answers yet, each with what is written to it."""
    findings = open_findings(application)
    left = {finding.pk for finding in unanswered(application, {}, at=at)} if findings else set()
    return [(finding, replies.get(finding.id, "")) for finding in findings if finding.id in left]


def sections_shown(application: Application) -> list[SectionShown]:
    """The answers to the questions that are asked, by section."""
    questions = asked(application.definition, application.answers)
    told = sources(application, at=timezone.now())
    shown = [
        SectionShown(
            title=section.title,
            address=reverse("portal:section", args=[application.pk, section.id]),
            answers=[
                _answer(application, question, is_told=question.id in told)
                for question in section.questions
                if question in questions
            ],
        )
        for section in application.definition.sections
    ]
    return [section for section in shown if section.answers]


def _answer(application: Application, question: Question, *, is_told: bool) -> AnswerShown:
    shown = answer_shown(question, application.answers.get(question.id), is_told=is_told)
    return replace(shown, is_wrong=not shown.answer and not is_empty(application.typed.get(question.id)))


def problems_shown(application: Application, *, at: datetime) -> list[ProblemShown]:
    """Everything that prevents submission, with the address where it is corrected."""
    return shown_with_their_place(application, applying.problems(application, at=at))


def shown_with_their_place(application: Application, problems: tuple[Problem, ...]) -> list[ProblemShown]:
    """Problems, each with the address where it is corrected."""
    return [_problem(application, problem) for problem in problems]


def _problem(application: Application, problem: Problem) -> ProblemShown:
    place = place_of(application, problem.about)
    if place is None:
        raise LookupError(problem.about)
    return ProblemShown(about=problem.about, name=place.name, text=problem.text, address=place.address)


def _back(application: Application) -> str:
    if needs_documents(application):
        return reverse("portal:documents", args=[application.pk])
    return last_section_address(application)

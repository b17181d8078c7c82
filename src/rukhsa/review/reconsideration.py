"""Reconsideration: a granted grievance sends the application that was refused back to review."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import Problem
from rukhsa.applications.application import lock, move
from rukhsa.applications.models import Application
from rukhsa.applications.stages import OPEN_STAGES, Act, Stage
from rukhsa.catalogue.definition import Definition, asked
from rukhsa.catalogue.instrument import Reconsidering
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.questions.decision import DecisionQuestion
from rukhsa.jobs import advance_soon
from rukhsa.review import queue
from rukhsa.review.deadline import deadline
from rukhsa.review.decision import Decision, standing_decision


def problems(
    application: Application, *, at: datetime, about: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """A problem for each answer that names a decision which this applicant cannot contest, or not any more.

    `about`: only problems about these questions; the others are not looked up.
    The application of another person, one that is not decided and one that does not exist look alike.
    """
    named = [
        question
        for question in asked(application.definition, application.answers)
        if isinstance(question, DecisionQuestion)
        and application.answers.get(question.id)
        and (about is None or question.id in about)
    ]
    return tuple(problem for question in named for problem in _problems(application, question, at))


@transaction.atomic
def reopen(grievance: Application, *, because: str, at: datetime) -> Application | None:
    """Send the application whose refusal was contested back to review, from its first step.

    `because` is the number of the instrument that granted the grievance. Gives what was reopened just now; again, or
    where the application is not refused any more, nothing changes.
    """
    contested = _contested(grievance)
    if contested is None:
        return None
    application = lock(contested)
    done = application.steps.filter(act=Act.REOPEN, content__because=because).exists()
    if done or application.stage != Stage.REFUSED:
        return None
    move(application, Act.REOPEN, actor=None, at=at, content={"because": because})
    queue.refresh(application, at)
    advance_soon(application.pk)
    return application


def _contested(grievance: Application) -> Application | None:
    for effect in grievance.definition.instrument.effects:
        if isinstance(effect, Reconsidering):
            number = grievance.answers.get(effect.reconsiders)
            return Application.objects.filter(reference=number).first() if number else None
    return None


def _problems(application: Application, question: DecisionQuestion, at: datetime) -> Iterator[Problem]:
    decision = _own_decision(application, question)
    if decision is None:
        yield Problem(about=question.id, code="decision-unknown", text=_NOT_YOURS)
    elif not question.takes(decision.application.service_version.service):
        yield Problem(about=question.id, code="other-committee", text=_OTHER_COMMITTEE)
    elif _is_reconsidered(application, question) and decision.outcome != Decision.Outcome.REFUSED:
        yield Problem(about=question.id, code="not-refused", text=_NOT_REFUSED)
    elif (ends_at := contestable_until(question, decision)) and at >= ends_at:
        yield Problem(about=question.id, code="too-late", text=_TOO_LATE)
    elif _is_reconsidered(application, question) and _another(application, question):
        yield Problem(about=question.id, code="under-way", text=_UNDER_WAY)


def contestable_until(question: DecisionQuestion, decision: Decision) -> datetime | None:
    """The moment from which it is too late to name the decision in answer to the question; None where it never is."""
    if question.within is None:
        return None
    return deadline(question.within, after=decision.at, authority=decision.application.authority_id)


@dataclass(frozen=True, kw_only=True)
class Contest:
    """A service by which a refusal can be contested, and the moment from which it is too late."""

    definition: Definition
    question: str
    until: datetime | None

    @property
    def last_day(self) -> date | None:
        """The last day on which it can be contested; None where there is no end."""
        return timezone.localdate(self.until - timedelta(microseconds=1)) if self.until else None


def contests(decision: Decision | None, *, at: datetime) -> list[Contest]:
    """The services by which a refusal can be contested now: those before the committee that is competent."""
    if decision is None or decision.outcome != Decision.Outcome.REFUSED:
        return []
    refused = decision.application.service_version.service
    return [
        Contest(definition=version.definition, question=question.id, until=until)
        for version in ServiceVersion.objects.offered().defer("meaning", "source_text")
        for question in _questions_that_contest(version.definition)
        if question.takes(refused)
        if (until := contestable_until(question, decision)) is None or at < until
    ]


def _questions_that_contest(definition: Definition) -> Iterator[DecisionQuestion]:
    """The questions of a service in which an applicant names a refusal to have it reconsidered."""
    for effect in definition.instrument.effects:
        if isinstance(effect, Reconsidering):
            question = definition.question(effect.reconsiders)
            if isinstance(question, DecisionQuestion):
                yield question


def _own_decision(application: Application, question: DecisionQuestion) -> Decision | None:
    owner = (
        {"company": application.company_id}
        if application.company_id
        else {"applicant": application.applicant_id, "company": None}
    )
    named = Application.objects.filter(reference=application.answers[question.id], **owner)
    found = named.exclude(pk=application.pk).first()
    return standing_decision(found) if found else None


def _is_reconsidered(application: Application, question: DecisionQuestion) -> bool:
    effects = application.definition.instrument.effects
    return any(isinstance(each, Reconsidering) and each.reconsiders == question.id for each in effects)


def _another(application: Application, question: DecisionQuestion) -> bool:
    """Whether another request of the same kind about the same decision is open."""
    same = {f"answers__{question.id}": application.answers[question.id]}
    others = Application.objects.filter(
        service_version__service=application.service_version.service,
        applicant=application.applicant_id,
        stage__in=OPEN_STAGES,
        **same,
    )
    return others.exclude(pk=application.pk).exists()


_NOT_YOURS: Promise = _(
    "You have no decided application with this number. Copy it from the page of the application."
)
_OTHER_COMMITTEE: Promise = _(
    "This objection goes to another service. Use the link on the page of the refused application."
)
_NOT_REFUSED: Promise = _("This application was approved. You can only object to a refusal.")
_TOO_LATE: Promise = _("The time limit for objecting to this decision has passed.")
_UNDER_WAY: Promise = _("You have already objected to this decision. Follow that application.")

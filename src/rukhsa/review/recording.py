"""Recordings: answers that a step of the review establishes, kept with those of the applicant."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.applications.answers import Problem, read_some
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.definition import effective_answers
from rukhsa.catalogue.steps import Step, recorded_by
from rukhsa.review.errors import ReviewError


class RecordsIncomplete(ReviewError):
    """What the step records is missing or wrong; `problems` says what."""

    code = "records-incomplete"
    text = _("Enter what this step records.")

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{problem.about}: {problem.code}" for problem in self.problems))


type Source = Callable[[Application], Mapping[str, Any]]

_SOURCES: Final[list[Source]] = []


def register_source(source: Source) -> None:
    """Register what a later room knows of answers that steps record: they are taken from there, and not typed.

    A source is given an application and returns what it knows, as it would be typed, by the id of the question.
    """
    _SOURCES.append(source)


def known_of(application: Application, step: Step) -> dict[str, Any]:
    """What the step records and another room knows already, as it would be typed."""
    ours = {question.id for question in recorded_by(step)}
    known: dict[str, Any] = {}
    for source in _SOURCES if ours else ():
        known |= source(application)
    return {id: value for id, value in known.items() if id in ours}


class Recording(models.Model):
    """An answer that a step of the review established; the newest for a question counts."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="recordings")
    step = models.CharField(max_length=60)
    question = models.CharField(max_length=60)
    value = models.JSONField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


def keep(
    application: Application, step: Step, id: str, typed: Mapping[str, Any], *, actor: Actor, at: datetime
) -> None:
    """Read the typed answers to the questions that the step records, and save them with the application.

    The application is locked, and is saved; the step is `id` among those of its kind. What the same step
    recorded before no longer counts, and what another room knows counts in place of what was typed. Raises
    RecordsIncomplete with every problem at once.
    """
    if not recorded_by(step):
        return
    values, problems = read(application, step, typed, at=at)
    if problems:
        raise RecordsIncomplete(problems)
    Recording.objects.bulk_create(
        Recording(
            application=application, step=id, question=question, value=value, person=actor.person, at=at
        )
        for question, value in values.items()
    )
    ours = {question.id for question in recorded_by(step)}
    kept = {question: answer for question, answer in application.answers.items() if question not in ours}
    application.answers = kept | values
    application.save(update_fields=["answers"])
    record("record-answers", application, actor=actor, at=at, step=id, questions=sorted(values))


def take_over(application: Application, *, actor: Actor, at: datetime) -> bool:
    """Record again what steps have recorded and another room knows otherwise since; whether there was anything.

    The application is locked, and is saved.
    """
    steps = dict(application.recordings.order_by("pk").values_list("question", "step"))
    answers = effective_answers(application.definition, application.answers)
    changed: dict[str, Any] = {}
    for step in application.definition.steps:
        typed = known_of(application, step)
        questions = [each for each in recorded_by(step) if each.id in typed and each.id in steps]
        values = read_some(questions, typed, answers, at=at).values
        found = {each.id: values[each.id] for each in questions if each.id in values}
        changed |= {id: value for id, value in found.items() if value != answers.get(id)}
    Recording.objects.bulk_create(
        Recording(
            application=application, step=steps[id], question=id, value=value, person=actor.person, at=at
        )
        for id, value in changed.items()
    )
    if changed:
        application.answers = application.answers | changed
        application.save(update_fields=["answers"])
        record("record-answers", application, actor=actor, at=at, questions=sorted(changed))
    return bool(changed)


def read(
    application: Application, step: Step, typed: Mapping[str, Any], *, at: datetime
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The values of what was typed, and what is wrong with it."""
    questions = recorded_by(step)
    known = effective_answers(application.definition, application.answers)
    reading = read_some(questions, {**typed, **known_of(application, step)}, known, at=at)
    ours = {question.id for question in questions}
    return {id: value for id, value in reading.values.items() if id in ours}, reading.problems

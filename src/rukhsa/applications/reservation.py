"""Slots, quotas and renewals that an application reserves."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.applications import quota, renewal
from rukhsa.applications.answers import Problem
from rukhsa.applications.application import Application
from rukhsa.applications.day import day_in_words
from rukhsa.catalogue.conditions import Answers
from rukhsa.catalogue.facts import validity_period
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.questions.slot import SlotQuestion
from rukhsa.catalogue.slots import slot_list
from rukhsa.places import occupation, seat
from rukhsa.values.periods import Period


def problems(application: Application, answers: Answers, *, at: datetime) -> tuple[Problem, ...]:
    """A problem for a place that is full, for a quota that is used up, and for a second renewal."""
    return (
        *_full(application, answers, at),
        *_spent(application, answers, at),
        *_renewed(application, answers),
    )


def reserve(application: Application, *, at: datetime) -> None:
    """Reserve what the application asks for, at submission and again at the grant, for the period as it is then.

    Raises PlaceFull, QuotaSpent, RenewalUnderWay; again changes nothing.
    """
    question, answers = slot_question(application), application.answers
    if question and question.id in answers:
        place = slot_list(question.of).place(answers[question.id])
        period = _period(application, answers, at)
        if place and period:
            seat.take(
                question.of,
                place.id,
                capacity=place.capacity,
                period=period,
                reference=application.reference or "",
            )
    quota.use(application, at=at)
    renewal.begin(application)


def give_back(application: Application) -> None:
    """Free what an application held that ends without an instrument: seat, quota, renewal, and the ground."""
    occupation.vacate(application.reference or "")
    seat.free(application.reference or "")
    quota.give_back(application)
    renewal.end(application)


def slot_question(application: Application) -> SlotQuestion | None:
    """The question for a place, where the service asks for one."""
    asked = (each for each in application.definition.questions if isinstance(each, SlotQuestion))
    return next(asked, None)


def left(application: Application, question: SlotQuestion, *, at: datetime) -> dict[str, int]:
    """How many each place of the list can still take in the period of the instrument."""
    capacities = {place.id: place.capacity for place in slot_list(question.of).places}
    period = _period(application, application.answers, at)
    if period is None:
        return capacities
    return seat.left(question.of, capacities, period, but=application.reference or "-")


def _full(application: Application, answers: Answers, at: datetime) -> Iterator[Problem]:
    question = slot_question(application)
    if question is None or question.id not in answers:
        return
    there = left(application, question, at=at)
    if there.get(answers[question.id], 0) == 0:
        yield full(question.id)


def full(question: str) -> Problem:
    """What is said about a place that is full."""
    sentence = _("This place is full. Choose another one: the list says how many are left in each.")
    return Problem(about=question, code=seat.PlaceFull.code, text=sentence)


def _spent(application: Application, answers: Answers, at: datetime) -> Iterator[Problem]:
    try:
        quota.require_left(application, answers, at=at)
    except quota.QuotaSpent as spent_now:
        yield spent(application, spent_now)


def spent(application: Application, error: quota.QuotaSpent) -> Problem:
    """What is said where a quota is used up: from which day it is possible again."""
    sentence = format_lazy(
        _("You have had all that is allowed for now. You can ask again from {day}."),
        day=day_in_words(error.next),
    )
    about = application.definition.questions[0].id if error.quota.per == "applicant" else error.quota.per
    return Problem(about=about, code=error.code, text=sentence)


def _renewed(application: Application, answers: Answers) -> Iterator[Problem]:
    try:
        renewal.require_none(application, answers)
    except renewal.RenewalUnderWay as under_way:
        # About the document of another person nothing is told here: elsewhere, that it is not theirs.
        if _have_one_owner(under_way.other, application):
            yield renewal_under_way(under_way)


def renewal_under_way(error: renewal.RenewalUnderWay) -> Problem:
    """What is said about a second renewal: which application is the first."""
    sentence = format_lazy(
        _("A renewal of this document is under way already: application {reference}. Follow that one."),
        reference=error.other.reference,
    )
    return Problem(about=error.question, code=error.code, text=sentence)


def _have_one_owner(one: Application, other: Application) -> bool:
    if one.company_id or other.company_id:
        return one.company_id == other.company_id
    return one.applicant_id == other.applicant_id


def _period(application: Application, answers: Answers, at: datetime) -> Period | None:
    """The days of the instrument as they would be now; None while an answer that says them is missing."""
    try:
        return validity_period(application.definition, answers, issued=timezone.localdate(at))
    except CatalogueError:
        return None

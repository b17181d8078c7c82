"""Slots, quotas and renewals that an application reserves."""

from datetime import datetime

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.applications import quota, renewal
from rukhsa.applications.answers import Problem
from rukhsa.applications.application import Application
from rukhsa.applications.day import day_in_words
from rukhsa.applications.quota import QuotaSpent
from rukhsa.applications.renewal import RenewalUnderWay
from rukhsa.catalogue.conditions import Answers
from rukhsa.catalogue.facts import validity_period
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.questions.slot import SlotQuestion
from rukhsa.catalogue.slots import slot_list
from rukhsa.places import occupation, seat
from rukhsa.places.seat import PlaceFull
from rukhsa.values.periods import Period

# What `reserve` raises.
TAKEN = (PlaceFull, QuotaSpent, RenewalUnderWay)


def problems(application: Application, answers: Answers, *, at: datetime) -> tuple[Problem, ...]:
    """A problem for a place that is full, for a quota that is used up, and for a second renewal."""
    found: list[Problem] = []
    question = slot_question(application)
    place = answers.get(question.id) if question else None
    if question and place and not left(application, question, at=at).get(place):
        found.append(problem_of(application, PlaceFull(place)))
    try:
        quota.require_left(application, answers, at=at)
    except QuotaSpent as spent:
        found.append(problem_of(application, spent))
    try:
        renewal.require_none(application, answers)
    except RenewalUnderWay as under_way:
        # The document of another person has a problem of its own, which says nothing about its renewal.
        if under_way.other.owner == application.owner:
            found.append(problem_of(application, under_way))
    return tuple(found)


def problem_of(application: Application, taken: PlaceFull | QuotaSpent | RenewalUnderWay) -> Problem:
    """The problem that is shown for a reservation which is not possible."""
    match taken:
        case PlaceFull():
            question = slot_question(application)
            about = question.id if question else ""
            text = _("This place is full. Choose another place from the list.")
        case QuotaSpent():
            per = taken.quota.per
            about = application.definition.questions[0].id if per == "applicant" else per
            text = format_lazy(
                _("You have reached the limit for now. You can apply again from {day}."),
                day=day_in_words(taken.next),
            )
        case RenewalUnderWay():
            about = taken.question
            text = format_lazy(
                _(
                    "You are already renewing this document with application {reference}. Continue with that one."
                ),
                reference=taken.other.reference,
            )
    return Problem(about=about, code=taken.code, text=text)


def reserve(application: Application, *, at: datetime) -> None:
    """Reserve what the application asks for, at submission and again at the grant, for the period as it is then.

    Raises PlaceFull, QuotaSpent, RenewalUnderWay (`TAKEN`); again changes nothing.
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
    """Free the seat, the quota, the renewal and the ground of an application that ends without an instrument."""
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


def _period(application: Application, answers: Answers, at: datetime) -> Period | None:
    """The days of the instrument as they would be now; None while an answer that says them is missing."""
    try:
        return validity_period(application.definition, answers, issued=timezone.localdate(at))
    except CatalogueError:
        return None

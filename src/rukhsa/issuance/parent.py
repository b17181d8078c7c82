"""The earlier instrument that an application is about: it must be the applicant's own, and hold."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import Problem
from rukhsa.applications.conflict import held_by
from rukhsa.applications.models import Application
from rukhsa.applications.renewal import question_of
from rukhsa.applications.submission import authority_for
from rukhsa.catalogue.definition import asked
from rukhsa.catalogue.instrument import Renewal
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.questions import InstrumentQuestion
from rukhsa.issuance.models import Instrument, InstrumentQuerySet, Intent
from rukhsa.places.occupation import AlreadyOccupied, require_free
from rukhsa.review import decision


def problems(application: Application, *, at: datetime) -> tuple[Problem, ...]:
    """A problem for each number answered that is not an instrument of the applicant's that holds.

    One of somebody else, one of another service and one that does not exist look alike.
    """
    definition, answers = application.definition, application.answers
    named = [
        question
        for question in asked(definition, answers)
        if isinstance(question, InstrumentQuestion) and answers.get(question.id)
    ]
    found = [_problem(application, question, at) for question in named]
    return tuple(problem for problem in found if problem)


def _problem(application: Application, question: InstrumentQuestion, at: datetime) -> Problem | None:
    instrument = _held(application, question, at).select_related("intent").first()
    if instrument is None:
        return Problem(about=question.id, code="instrument-unknown", text=_NOT_YOURS)
    if _is_renewed_already(application, question, at):
        return Problem(about=question.id, code="renewed-already", text=_RENEWED)
    if taken := _place_is_taken(application, question, at):
        return taken
    authority = authority_for(application, on=timezone.localdate(at))
    if authority and authority.code != instrument.intent.authority_id:
        # It would be decided and paid for here, and could not be issued: only its own authority may change it.
        return Problem(about=question.id, code="instrument-of-another-authority", text=_NOT_HERE)
    return None


def _is_renewed_already(application: Application, question: InstrumentQuestion, at: datetime) -> bool:
    """Whether a next period was issued that has not begun: it is renewed again when it has."""
    effects = application.definition.instrument.effects
    if not any(isinstance(effect, Renewal) and effect.renews == question.id for effect in effects):
        return False
    ahead = Intent.objects.filter(
        number=application.answers[question.id],
        instrument__isnull=False,
        renews__isnull=False,
        valid_from__gt=timezone.localdate(at),
    )
    return ahead.exclude(application=application).exists()


def _place_is_taken(application: Application, question: InstrumentQuestion, at: datetime) -> Problem | None:
    """Whether other works hold the place of what is renewed in the days to come."""
    if question_of(application) != question.id:
        return None
    try:
        if place := decision.wanted_ground(application, at=at):
            require_free(place.geometry, place.period)
    except AlreadyOccupied as other:
        return Problem(about=question.id, code=other.code, text=held_by(other))
    except CatalogueError:
        return None  # an answer that the days need is missing, and is asked for as such
    return None


_RENEWED = _("This document was renewed already, and its next period has not begun.")

_NOT_YOURS = _(
    "None of your documents in force has this number. Copy it from the document, as it is printed."
)

_NOT_HERE = _(
    "Another municipality issued this document. Check the address: it must be that of the document."
)


def _held(application: Application, question: InstrumentQuestion, at: datetime) -> InstrumentQuerySet:
    holding = Instrument.objects.holding() if question.expired else Instrument.objects.in_force(at=at)
    instruments = holding.of_services(question.services).filter(
        intent__number=application.answers[question.id]
    )
    if application.company_id:
        return instruments.filter(intent__application__company=application.company_id)
    return instruments.filter(
        intent__application__applicant=application.applicant_id, intent__application__company=None
    )

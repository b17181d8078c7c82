"""The earlier instruments that an application names: they must be the applicant's, hold, and be closed once only."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import Problem
from rukhsa.applications.conflict import held_by
from rukhsa.applications.models import Application
from rukhsa.applications.renewal import question_of
from rukhsa.applications.submission import authority_for
from rukhsa.catalogue.definition import asked
from rukhsa.catalogue.instrument import Closing, Copy, NewVersion, Renewal
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.questions import InstrumentQuestion
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.grant import Grant
from rukhsa.issuance.instrument import Instrument, InstrumentQuerySet, NoSuchInstrument, Status
from rukhsa.issuance.intent import Intent
from rukhsa.places.occupation import AlreadyOccupied, require_free
from rukhsa.review import decision


class ParentEnded(IssuanceError):
    """The earlier document was revoked, or another one closed it, while this application was under way."""

    code = "parent-ended"


class Claim(models.Model):
    """An intent is going to close this instrument: the first one is, and no second one."""

    instrument = models.OneToOneField(Instrument, models.PROTECT, related_name="claim")
    intent = models.OneToOneField(Intent, models.PROTECT, related_name="claim")
    at = models.DateTimeField()


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


def lock_parents(grants: Sequence[Grant]) -> dict[str, Instrument]:
    """Lock the earlier instruments of grants until the transaction ends; for each origin the one that it will close.

    Two applications may have named one while it was open. Raises ParentEnded for one that was closed, claimed or
    revoked meanwhile, and NoSuchInstrument.
    """
    closed: dict[str, Instrument] = {}
    for granted in grants:
        for number, closes in _named(granted):
            newest = _newest_open(number, granted)
            if newest.pk in {each.pk for each in closed.values()}:
                raise ParentEnded(number)
            if closes:
                closed[granted.origin] = newest
    return closed


def keep_claims(closed: Mapping[str, Instrument], intents: Sequence[Intent], *, at: datetime) -> None:
    """Write down which intent closes which instrument, in the transaction that commits the intents."""
    named = [intent for intent in intents if intent.origin in closed]
    Claim.objects.bulk_create(
        Claim(instrument=closed[intent.origin], intent=intent, at=at) for intent in named
    )


def _named(granted: Grant) -> Iterator[tuple[str, bool]]:
    """The number of each earlier instrument, and whether this grant closes it; an amendment closes nothing anew."""
    effects = () if granted.amends else granted.service_version.definition.instrument.effects
    for effect in effects:
        if isinstance(effect, Closing):
            # What it closes may be optional: the card that was lost may have been of paper.
            if number := granted.answers.get(effect.closes):
                yield str(number), True
        elif isinstance(effect, NewVersion):
            yield str(granted.answers.get(effect.new_version_of)), False
        elif isinstance(effect, Renewal):
            yield str(granted.answers.get(effect.renews)), False
        elif isinstance(effect, Copy):
            yield str(granted.answers.get(effect.copies)), False


def _newest_open(number: str, granted: Grant) -> Instrument:
    of_number = Instrument.objects.select_related("intent", "claim", "closure", "revocation")
    versions = list(
        of_number.filter(intent__number=number, intent__authority=granted.authority)
        .select_for_update(of=("self",))
        .order_by("-intent__version")
    )
    if not versions:
        raise NoSuchInstrument(number)
    if any(hasattr(each, "claim") or hasattr(each, "closure") for each in versions):
        raise ParentEnded(number)
    if versions[0].standing is Status.REVOKED:
        raise ParentEnded(number)
    return versions[0]

"""Parents: the earlier instruments that applications name, which they continue, copy or close."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import Problem
from rukhsa.applications.conflict import held_by
from rukhsa.applications.day import day_in_words
from rukhsa.applications.models import Application
from rukhsa.applications.renewal import question_of
from rukhsa.applications.submission import authority_for
from rukhsa.catalogue.definition import asked
from rukhsa.catalogue.instrument import AfterParent, Closing, Copy, EndOfParent, NewVersion, Renewal
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.questions.instrument import InstrumentQuestion
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.grant import Grant
from rukhsa.issuance.instrument import Instrument, InstrumentQuerySet, NoSuchInstrument, Status
from rukhsa.issuance.intent import Intent
from rukhsa.places.occupation import AlreadyOccupied, require_free
from rukhsa.review import decision


class ParentEnded(IssuanceError):
    """The earlier instrument was revoked or closed while this application was under way."""

    code = "parent-ended"


class Claim(models.Model):
    """That an intent is going to close an instrument: the first intent has the claim, and no second one."""

    instrument = models.OneToOneField(Instrument, models.PROTECT, related_name="claim")
    intent = models.OneToOneField(Intent, models.PROTECT, related_name="claim")
    at = models.DateTimeField()


_RENEWED = _("This document was already renewed, and its next period has not started.")
_NOT_YOURS = _("You have no document in force with this number. Copy it from the document as printed.")
# Of the applicant's own: what became of it, which may be told.
_NOT_IN_FORCE = {
    Status.EXPIRED: _(
        "This document ended on {day}. Enter the number of one in force, or apply for a new one."
    ),
    Status.NOT_YET_VALID: _("This document is not in force yet. It starts on {day}."),
    Status.SUSPENDED: _("This document is suspended. You can name it here when it is in force again."),
    Status.REVOKED: _("This document was revoked. Enter the number of one in force, or apply for a new one."),
    Status.SUPERSEDED: _("This document was replaced or closed. Enter the number of one in force."),
}
_NOT_HERE = _("Another municipality issued this document. Enter the address that is on the document.")


def problems(
    application: Application, *, at: datetime, about: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """A problem for each number in the answers that is not an instrument of the applicant in force.

    `about`: only problems about these questions; the others are not looked up.
    An instrument of another person, one of another service and one that does not exist look alike.
    """
    definition, answers = application.definition, application.answers
    named = [
        question
        for question in asked(definition, answers)
        if isinstance(question, InstrumentQuestion)
        and answers.get(question.id)
        and (about is None or question.id in about)
    ]
    found = [_problem(application, question, at) for question in named]
    return tuple(problem for problem in found if problem)


def _problem(application: Application, question: InstrumentQuestion, at: datetime) -> Problem | None:
    own = _of_applicant(application, question)
    holding = own.holding() if question.expired else own.in_force(at=at)
    instrument = holding.select_related("intent").first()
    if instrument is None:
        return _out_of_force(own, question, at)
    if _is_renewed_already(application, question, at):
        return Problem(about=question.id, code="renewed-already", text=_RENEWED)
    if question_of(application) == question.id and (taken := _taken_place(application, question, at)):
        return taken
    authority = authority_for(application, on=timezone.localdate(at))
    if authority and authority.code != instrument.intent.authority_id:
        # Only the issuing authority may change it: here it would be decided and paid for, and never issued.
        return Problem(about=question.id, code="instrument-of-another-authority", text=_NOT_HERE)
    return None


def _out_of_force(own: InstrumentQuerySet, question: InstrumentQuestion, at: datetime) -> Problem:
    """The problem with a number that is no document in force: what became of the applicant's own, or no such."""
    newest = own.select_related("intent").order_by("-intent__version").first()
    if newest is None:
        return Problem(about=question.id, code="instrument-unknown", text=_NOT_YOURS)
    status = newest.status(at)
    day = newest.period.start if status is Status.NOT_YET_VALID else newest.period.end
    text = format_lazy(_NOT_IN_FORCE[status], day=day_in_words(day) if day else "")
    return Problem(about=question.id, code="instrument-not-in-force", text=text)


def _of_applicant(application: Application, question: InstrumentQuestion) -> InstrumentQuerySet:
    """The applicant's own instruments with the number that was answered, of the services that the question takes."""
    instruments = Instrument.objects.of_services(question.services).filter(
        intent__number=application.answers[question.id]
    )
    owner = (
        {"application__company": application.company_id}
        if application.company_id
        else {"application__applicant": application.applicant_id, "application__company": None}
    )
    # A correction has no application of its own: it is whose the versions before it are.
    return instruments.filter(Exists(Intent.objects.filter(number=OuterRef("intent__number"), **owner)))


def _is_renewed_already(application: Application, question: InstrumentQuestion, at: datetime) -> bool:
    """Whether the next period is issued and has not begun: until then it is not renewed again."""
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


def _taken_place(application: Application, question: InstrumentQuestion, at: datetime) -> Problem | None:
    """The problem where other works hold the place of the renewal on its days."""
    try:
        if place := decision.wanted_ground(application, at=at):
            require_free(place.geometry, place.period)
    except AlreadyOccupied as other:
        return Problem(about=question.id, code=other.code, text=held_by(other))
    except CatalogueError:
        return None  # an answer that decides the days is missing, and is asked for by itself
    return None


def lock_parents(grants: Sequence[Grant]) -> dict[str, Instrument]:
    """Lock the earlier instruments of grants until the transaction ends; for each origin the one that it will close.

    Raises NoSuchInstrument, and ParentEnded for one that was closed, claimed or revoked since it was named.
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


def _named(granted: Grant) -> Iterator[tuple[str, bool]]:
    """The number of each earlier instrument, and whether this grant closes it. An amendment closes none."""
    effects = () if granted.amends else granted.service_version.definition.instrument.effects
    for effect in effects:
        if isinstance(effect, Closing):
            # What it closes may be optional: a lost card may have been a paper document.
            if number := granted.answers.get(effect.closes):
                yield str(number), True
        elif isinstance(effect, NewVersion):
            yield str(granted.answers.get(effect.new_version_of)), False
        elif isinstance(effect, Renewal):
            yield str(granted.answers.get(effect.renews)), False
        elif isinstance(effect, Copy):
            yield str(granted.answers.get(effect.copies)), False


def _newest_open(number: str, granted: Grant) -> Instrument:
    """The newest version of a number, locked, if no version is closed or claimed and this one is not revoked."""
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


def keep_claims(closed: Mapping[str, Instrument], intents: Sequence[Intent], *, at: datetime) -> None:
    """Record which intent closes which instrument, in the transaction that commits the intents."""
    named = [intent for intent in intents if intent.origin in closed]
    Claim.objects.bulk_create(
        Claim(instrument=closed[intent.origin], intent=intent, at=at) for intent in named
    )


def original_of(granted: Grant, *, on: date) -> Instrument | None:
    """The original of a certified copy: the newest version that has begun, or else the newest."""
    if granted.amends:
        return granted.amends.intent.copies
    for effect in granted.service_version.definition.instrument.effects:
        if isinstance(effect, Copy):
            versions = _versions(granted, effect.copies)
            begun = [each for each in versions if each.period.start <= on]
            return (begun or versions)[0]
    return None


def parent_of(granted: Grant) -> Instrument | None:
    """The newest version of the instrument that this one continues, as the definition says."""
    if granted.amends:
        return granted.amends
    rule = granted.service_version.definition.instrument
    named = [effect.new_version_of for effect in rule.effects if isinstance(effect, NewVersion)]
    named += [effect.renews for effect in rule.effects if isinstance(effect, Renewal)]
    named += [rule.validity.end_of] if isinstance(rule.validity, EndOfParent) else []
    named += [rule.validity.after] if isinstance(rule.validity, AfterParent) else []
    return _versions(granted, named[0])[0] if named else None


def _versions(granted: Grant, question: str) -> list[Instrument]:
    """The versions of the instrument that an answer names, the newest first. Raises NoSuchInstrument."""
    number = granted.answers.get(question)
    found = Instrument.objects.select_related("intent__renews").filter(intent__number=number)
    versions = list(found.filter(intent__authority=granted.authority).order_by("-intent__version"))
    if not versions:
        raise NoSuchInstrument(str(number))
    return versions

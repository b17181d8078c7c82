"""What stands against an application on the ground: other works there then, or the register of addresses."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import Problem
from rukhsa.applications.day import day_in_words
from rukhsa.applications.ground import off_the_ground, off_the_parcel
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.facts import validity_period
from rukhsa.catalogue.instrument import AskedPeriod, RegisterEntry
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.places.geometry import GeometryError
from rukhsa.places.occupation import AlreadyOccupied, require_free
from rukhsa.places.register import is_registered
from rukhsa.values.periods import PeriodError


def conflicts(
    definition: Definition, answers: Mapping[str, Any], *, at: datetime, beside: Collection[str] = ()
) -> tuple[Problem, ...]:
    """A problem for each answer that the ground refuses today.

    A problem of a place and its days is told beside the place, or beside the last of its days among the questions
    `beside` when the place is not there.
    """
    return (
        *off_the_ground(definition, answers, on=timezone.localdate(at)),
        *off_the_parcel(definition, answers, on=timezone.localdate(at)),
        *_works(definition, answers, at, beside),
        *_addresses(definition, answers),
    )


def _works(
    definition: Definition, answers: Mapping[str, Any], at: datetime, beside: Collection[str]
) -> Iterator[Problem]:
    clash = definition.instrument.clashes
    if clash is None or clash.place not in answers:
        return
    about = _told_beside(definition, clash.place, beside)
    try:
        period = validity_period(definition, answers, issued=timezone.localdate(at))
        require_free(answers[clash.place]["geometry"], period)
    except AlreadyOccupied as other:
        yield Problem(about=about, code=other.code, text=held_by(other))
    except GeometryError as error:
        sentence = _("This drawing is too large to be held free of other works. Draw a smaller one.")
        yield Problem(about=clash.place, code=error.code, text=sentence)
    except PeriodError as error:
        yield Problem(about=about, code=error.code, text=_("The last day is before the first."))
    except CatalogueError:
        return  # an answer that the period needs is missing, and is asked for as such


def held_by(other: AlreadyOccupied) -> Promise:
    """Which works hold the place, and until when."""
    return format_lazy(
        _(
            "Other works (number {number}) hold this place until {day}: choose another place, or days after that."
        ),
        # Isolated, since the sentence may run the other way.
        number=f"\u2066{other.instrument}\u2069",
        day=day_in_words(other.end),
    )


def _told_beside(definition: Definition, place: str, beside: Collection[str]) -> str:
    validity = definition.instrument.validity
    days = (validity.from_, validity.for_, validity.until) if isinstance(validity, AskedPeriod) else ()
    if place in beside:
        return place
    return next((day for day in reversed(days) if day in beside), place) or place


def _addresses(definition: Definition, answers: Mapping[str, Any]) -> Iterator[Problem]:
    for effect in definition.instrument.effects:
        if isinstance(effect, RegisterEntry):
            yield from _entry(effect, answers)


def _entry(effect: RegisterEntry, answers: Mapping[str, Any]) -> Iterator[Problem]:
    operation, old, new = (answers.get(question) for question in (effect.operation, effect.old, effect.new))
    entered, struck = {"add": (old, None), "amend": (new, old)}.get(str(operation), (None, old))
    about = effect.old if entered is old else effect.new
    if entered and is_registered(entered):
        yield Problem(
            about=about, code="address-already-registered", text=_("This address is registered already.")
        )
    if struck and is_registered(struck) is False:
        sentence = _("This address was struck from the register: it cannot be changed.")
        yield Problem(about=effect.old, code="address-not-registered", text=sentence)

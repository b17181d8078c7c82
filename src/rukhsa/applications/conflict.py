"""Conflicts of an application with the ground: boundaries, parcels, other works, and the register of addresses."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import Problem
from rukhsa.applications.day import day_in_words, in_language_of_page
from rukhsa.catalogue.boundaries import Boundary, beyond_territory, boundary_left
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.facts import validity_period
from rukhsa.catalogue.instrument import AskedPeriod, RegisterEntry
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.questions.drawing import Drawing
from rukhsa.catalogue.territory import territory
from rukhsa.places.block import NoSuchBlock, block_on
from rukhsa.places.geometry import GeometryError
from rukhsa.places.occupation import AlreadyOccupied, require_free
from rukhsa.places.parcel import NoSuchParcel, lies_within, parcel_on
from rukhsa.places.register import is_registered
from rukhsa.places.spot import metres_from_block
from rukhsa.values.periods import PeriodError

# Assumed: half of a wide road, and how badly a line is drawn by hand.
NEAR = 50.0  # metres


def conflicts(
    definition: Definition, answers: Mapping[str, Any], *, at: datetime, beside: Collection[str] = ()
) -> tuple[Problem, ...]:
    """A problem for each answer that the ground refuses today.

    A problem about a place and its days is shown beside the place, or, where the place is not among the questions
    `beside`, beside the last of its days.
    """
    return (
        *outside_territory(definition, answers),
        *outside_block(definition, answers, on=timezone.localdate(at)),
        *outside_boundary(definition, answers, on=timezone.localdate(at)),
        *outside_parcel(definition, answers, on=timezone.localdate(at)),
        *_works(definition, answers, at, beside),
        *_addresses(definition, answers),
    )


def _works(
    definition: Definition, answers: Mapping[str, Any], at: datetime, beside: Collection[str]
) -> Iterator[Problem]:
    clash = definition.instrument.clashes
    if clash is None or clash.place not in answers:
        return
    about = _shown_beside(definition, clash.place, beside)
    try:
        period = validity_period(definition, answers, issued=timezone.localdate(at))
        require_free(answers[clash.place]["geometry"], period)
    except AlreadyOccupied as other:
        yield Problem(about=about, code=other.code, text=held_by(other))
    except GeometryError as error:
        sentence = _("This drawing is too large. Draw a smaller one.")
        yield Problem(about=clash.place, code=error.code, text=sentence)
    except PeriodError as error:
        yield Problem(about=about, code=error.code, text=_("The last day is before the first."))
    except CatalogueError:
        return  # an answer that the period needs is missing, and is asked for as such


def held_by(other: AlreadyOccupied) -> Promise:
    """Which works hold the place, and until when."""
    return format_lazy(
        _("Other works (number {number}) use this place until {day}. Choose another place or later days."),
        # Isolated, since the sentence may run the other way.
        number=f"\u2066{other.instrument}\u2069",
        day=day_in_words(other.end),
    )


def _shown_beside(definition: Definition, place: str, beside: Collection[str]) -> str:
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
            about=about, code="address-already-registered", text=_("This address is already registered.")
        )
    if struck and is_registered(struck) is False:
        sentence = _("This address was removed from the register, so it cannot be changed.")
        yield Problem(about=effect.old, code="address-not-registered", text=sentence)


def outside_territory(definition: Definition, answers: Mapping[str, Any]) -> Iterator[Problem]:
    """A problem for each drawing that leaves the territory, with the distance, or with the coordinates exchanged."""
    for question in definition.questions:
        drawn = answers.get(question.id) if isinstance(question, Drawing) else None
        if beyond := beyond_territory(drawn["geometry"]) if drawn else None:
            told = EXCHANGED if beyond.is_exchanged else OUTSIDE
            name = in_language_of_page(territory().name)
            text = format_lazy(told, distance=distance_in_words(beyond.metres), territory=name)
            code = SWAPPED if beyond.is_exchanged else "outside-territory"
            yield Problem(about=question.id, code=code, text=text)


def outside_block(definition: Definition, answers: Mapping[str, Any], *, on: date) -> Iterator[Problem]:
    """A problem for each drawing that lies away from the block of the address, with the distance; one query for each.

    Works may leave a block, and its edge is often the middle of a road: what comes near it is within it.
    """
    address = answers.get(definition.authority.block_of or "")
    if not address:
        return
    for question in definition.questions:
        drawn = answers.get(question.id) if isinstance(question, Drawing) else None
        if not drawn or beyond_territory(drawn["geometry"]):
            continue
        metres = metres_from_block(drawn["geometry"], address["block"], on=on)
        if metres is not None and metres > NEAR:
            told = _("This is {distance} from block {block}. Correct the drawing or the address.")
            text = format_lazy(told, distance=distance_in_words(metres), block=address["block"])
            yield Problem(about=question.id, code="outside-block", text=text)


OUTSIDE = _("This is {distance} outside {territory}. Correct the drawing or the points.")
EXCHANGED = _(
    "This is {distance} outside {territory}: latitude and longitude are swapped. Enter the latitude first."
)
SWAPPED = "coordinates-swapped"  # the code of a problem that one press mends


def distance_in_words(metres: float) -> Promise:
    """A distance as people say it: metres up to a kilometre, then kilometres."""
    if metres < 1_000:
        return format_lazy(_("{number} m"), number=max(round(metres), 1))
    return format_lazy(_("{number} km"), number=f"{metres / 1_000:,.0f}")


def outside_boundary(definition: Definition, answers: Mapping[str, Any], *, on: date) -> Iterator[Problem]:
    """A problem for each drawing that leaves a boundary which is published."""
    for question, boundary in _left(definition, answers, on):
        if not boundary.is_assumed:
            sentence = _("This is outside the boundary of {authority}. Correct the drawing or the address.")
            yield Problem(about=question, code="outside-boundary", text=_said(sentence, boundary, on))


def outside_parcel(definition: Definition, answers: Mapping[str, Any], *, on: date) -> Iterator[Problem]:
    """A problem for each drawing that leaves the parcel on which it must lie; one query for each.

    A parcel whose number could not be checked refuses nothing.
    """
    for question in definition.questions:
        parcel = answers.get((isinstance(question, Drawing) and question.within) or "")
        drawn = answers.get(question.id)
        if drawn and parcel and "measure" in parcel and not _is_on(drawn, parcel["number"], on):
            sentence = _("This is outside parcel {parcel}. Correct the drawing or the parcel number.")
            text = format_lazy(sentence, parcel=parcel["number"])
            yield Problem(about=question.id, code="outside-parcel", text=text)


def _is_on(drawn: Mapping[str, Any], number: str, on: date) -> bool:
    try:
        return lies_within(drawn["geometry"], parcel_on(number, on=on))
    except NoSuchParcel:
        return True  # it ended since it was answered, and has a problem of its own


def hints(definition: Definition, answers: Mapping[str, Any], *, on: date) -> dict[str, Promise]:
    """A sentence for each drawing that leaves a boundary which is only assumed: nothing is refused."""
    sentence = _("This seems to be outside the boundary of {authority}. Check the drawing and the address.")
    return {
        question: _said(sentence, boundary, on)
        for question, boundary in _left(definition, answers, on)
        if boundary.is_assumed
    }


def _left(definition: Definition, answers: Mapping[str, Any], on: date) -> Iterator[tuple[str, Boundary]]:
    drawings = [
        question.id
        for question in definition.questions
        if isinstance(question, Drawing) and answers.get(question.id)
    ]
    authority = _authority(definition, answers, on) if drawings else None
    for question in drawings if authority else ():
        if left := boundary_left(answers[question]["geometry"], authority or ""):
            yield question, left


def _authority(definition: Definition, answers: Mapping[str, Any], on: date) -> str | None:
    if definition.authority.always:
        return definition.authority.always
    address = answers.get(definition.authority.block_of or "")
    try:
        return block_on(address["block"], on=on).authority if address else None
    except NoSuchBlock:
        return None


def _said(sentence: Any, boundary: Boundary, on: date) -> Promise:
    name = territory().authority(boundary.authority).name(on=on)
    return format_lazy(sentence, authority=in_language_of_page(name))

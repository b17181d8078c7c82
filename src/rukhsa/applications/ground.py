"""Whether what is drawn lies on the ground of the authority to which the application goes, and on its parcel."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import Problem
from rukhsa.catalogue.boundaries import Boundary, boundary_left
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.questions.drawing import Drawing
from rukhsa.catalogue.territory import territory
from rukhsa.places.parcels import NoSuchParcel, lies_within, parcel_on
from rukhsa.places.routing import NoSuchBlock, block_on
from rukhsa.values.names import Text


def off_the_ground(definition: Definition, answers: Mapping[str, Any], *, on: date) -> Iterator[Problem]:
    """A problem for each drawing that leaves a boundary that somebody stands for."""
    for question, boundary in _left(definition, answers, on):
        if not boundary.is_assumed:
            sentence = _("This lies outside the boundary of {authority}. Correct the drawing or the address.")
            yield Problem(about=question, code="outside-boundary", text=_said(sentence, boundary, on))


def off_the_parcel(definition: Definition, answers: Mapping[str, Any], *, on: date) -> Iterator[Problem]:
    """A problem for each drawing that leaves the parcel on which it must lie; one query for each.

    A parcel whose number nobody could check holds nothing.
    """
    for question in definition.questions:
        parcel = answers.get((isinstance(question, Drawing) and question.within) or "")
        drawn = answers.get(question.id)
        if drawn and parcel and "measure" in parcel and not _is_on(drawn, parcel["number"], on):
            sentence = _(
                "This lies outside parcel {parcel}. Correct the drawing or the number of the parcel."
            )
            text = format_lazy(sentence, parcel=parcel["number"])
            yield Problem(about=question.id, code="outside-parcel", text=text)


def _is_on(drawn: Mapping[str, Any], number: str, on: date) -> bool:
    try:
        return lies_within(drawn["geometry"], parcel_on(number, on=on))
    except NoSuchParcel:
        return True  # it ended since it was answered, and is told as such


def hints(definition: Definition, answers: Mapping[str, Any], *, on: date) -> dict[str, Promise]:
    """A sentence for each drawing that leaves a boundary that is only assumed: it refuses nobody."""
    sentence = _(
        "This seems to lie outside the boundary of {authority}. Look at the drawing and the address again."
    )
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
    return format_lazy(sentence, authority=_in_the_language_read(name))


def _now(text: Text) -> str:
    return text.in_language(get_language() or "ar")


_in_the_language_read = lazy(_now, str)

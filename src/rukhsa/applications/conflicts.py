"""What stands against an application on the ground: other works there then, or the register of addresses."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.answers import Problem
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.facts import validity_period
from rukhsa.catalogue.instrument import RegisterEntry
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.places.occupation import AlreadyOccupied, require_free
from rukhsa.places.register import is_registered


def conflicts(definition: Definition, answers: Mapping[str, Any], *, at: datetime) -> tuple[Problem, ...]:
    """A problem for each answer that the ground refuses today."""
    return (*_works(definition, answers, at), *_addresses(definition, answers))


def _works(definition: Definition, answers: Mapping[str, Any], at: datetime) -> Iterator[Problem]:
    clash = definition.instrument.clashes
    if clash is None or clash.place not in answers:
        return
    try:
        period = validity_period(definition, answers, issued=timezone.localdate(at))
        require_free(answers[clash.place]["geometry"], period)
    except AlreadyOccupied as other:
        sentence = format_lazy(
            _("Other works hold this place until {day}: choose another place or later days."),
            day=other.end.isoformat(),
        )
        yield Problem(about=clash.place, code=other.code, text=sentence)
    except CatalogueError:
        return  # an answer that the period needs is missing, and is asked for as such


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

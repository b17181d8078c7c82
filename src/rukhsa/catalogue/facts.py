"""Turns answers into what is sealed and printed: facts by their keys, printed conditions, validity."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from rukhsa.catalogue.conditions import Answers, holds
from rukhsa.catalogue.definition import Definition, effective_answers
from rukhsa.catalogue.instrument import AfterParent, AskedPeriod, EndOfParent, Fact, InSeason, Lasting
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.profile import HOLDER, MASKED_ID, PLACE, UNITS
from rukhsa.catalogue.questions.address import address_fact
from rukhsa.catalogue.shape import Span
from rukhsa.catalogue.territory import season
from rukhsa.trust.profiles import to_days
from rukhsa.trust.seal import Fact as SealedFact
from rukhsa.values.names import Text
from rukhsa.values.periods import Period
from rukhsa.values.seasons import SeasonError


class FactMissing(CatalogueError):
    """An answer that a fact needs is missing."""

    code = "fact-missing"


def sealed_facts(
    definition: Definition, answers: Answers, *, holder: str, masked_id: str | None, period: Period
) -> dict[int, SealedFact]:
    """The facts of the seal by their keys, as the definition's profile wants them. Raises FactMissing.

    `holder` is the name as it is to be sealed. Dates are days since 1970-01-01; a code is the place of its
    option, counted from 1; a decimal is scaled to a whole number; an address is
    [building, road, block, flat?].
    """
    given = effective_answers(definition, answers)
    facts: dict[int, SealedFact] = {1: definition.profile_code, HOLDER: holder}
    if masked_id is not None:
        facts[MASKED_ID] = masked_id
    if definition.instrument.address:
        facts[PLACE] = address_fact(_answer(given, definition.instrument.address))
    return facts | _facts(definition, definition.instrument.sealed, given, period)


def facts_beside(definition: Definition, answers: Answers, *, period: Period) -> dict[int, SealedFact]:
    """The facts that are printed and not sealed, by the keys of `Definition.beside`. Raises FactMissing."""
    return _facts(definition, definition.instrument.beside, effective_answers(definition, answers), period)


def _facts(
    definition: Definition, rules: Mapping[int, Fact], given: Answers, period: Period
) -> dict[int, SealedFact]:
    told = {
        key: _fact(definition, rule, given, period) for key, rule in rules.items() if holds(rule.when, given)
    }
    return {key: fact for key, fact in told.items() if fact is not None}


def printed_conditions(definition: Definition, answers: Answers) -> tuple[Text, ...]:
    """The conditions that apply to these answers, in order."""
    given = effective_answers(definition, answers)
    printed = tuple(each.text for each in definition.instrument.conditions if holds(each.when, given))
    return (*printed, *law_printed(definition))


def place_shown(definition: Definition, answers: Answers) -> tuple[dict[str, Any], Text] | None:
    """What was drawn, as GeoJSON, and its size in words, where the instrument shows it on a map and it was drawn."""
    asked = definition.instrument.shows_place
    drawn = effective_answers(definition, answers).get(asked) if asked else None
    if not asked or not drawn:
        return None
    unit = UNITS[definition.question(asked).measured_in]
    told = Text(ar=f"{drawn['measure']} {unit.ar}", en=f"{drawn['measure']} {unit.en}")
    return drawn["geometry"], told


def law_printed(definition: Definition) -> tuple[Text, ...]:
    """The law of the service as it stands below the conditions, where the instrument shows it and it is known."""
    law = definition.on_laws(definition.law)
    if not definition.instrument.shows_law or law == Text():
        return ()
    return (Text(ar=f"السند القانوني: {law.ar}", en=f"Legal basis: {law.en}"),)


def validity_period(
    definition: Definition, answers: Answers, *, issued: date, parent_end: date | None = None
) -> Period:
    """The period in which the instrument is in force; `parent_end` is the last day of the earlier instrument."""
    given = effective_answers(definition, answers)
    match definition.instrument.validity:
        case Lasting(lasts=span):
            return _lasting(issued, span)
        case AfterParent(lasts=span, for_=days):
            start = max(issued, parent_end + timedelta(days=1) if parent_end else issued)
            return _lasting(start, span) if span else _for_days(start, given, days)
        case InSeason(season=name):
            found = _season(name, issued)
            return Period(start=max(issued, found.start), end=found.end)
        case AskedPeriod() as asked:
            start = date.fromisoformat(_answer(given, asked.from_))
            if asked.for_:
                return _for_days(start, given, asked.for_)
            return Period(start=start, end=date.fromisoformat(_answer(given, asked.until or "")))
        case EndOfParent():
            return Period(start=issued, end=parent_end)
    return Period(start=issued)


def _season(name: str, near: date) -> Period:
    try:
        return season(name, near=near)
    except SeasonError as error:
        raise CatalogueError(str(error)) from error


def _for_days(start: date, given: Answers, question: str | None) -> Period:
    return Period.lasting(start, int(_answer(given, question or "")), "day")


def _lasting(start: date, span: Span) -> Period:
    if span.unit == "working day":
        raise CatalogueError("validity is not counted in working days")
    return Period.lasting(start, span.count, span.unit)


def _fact(definition: Definition, fact: Fact, given: Answers, period: Period) -> SealedFact | None:
    if fact.hours:
        return fact.hours
    if fact.validity:
        day = period.start if fact.validity == "start" else period.end
        if day is None:
            raise FactMissing(f"{fact.id}: the instrument has no last day")
        return to_days(day)
    question = definition.question(fact.question or "")
    return question.sealed(_answer(given, question.id), fact.type, fact.part)


def _answer(given: Answers, question: str) -> Any:
    if given.get(question) is None:
        raise FactMissing(f"{question} was not answered")
    return given[question]

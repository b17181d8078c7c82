"""Exactly one row of a charge holds for any answers, and its multiplier is answered then."""

from collections.abc import Iterator
from decimal import Decimal

from rukhsa.catalogue.charges import ChargeRule
from rukhsa.catalogue.checks.scenarios import Scenario, TooManyScenarios, scenarios
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.conditions import holds
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.source import PathInFile
from rukhsa.values.money import EXPONENTS
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Charges with gaps or overlaps, amounts finer than the currency, bounds the wrong way round."""
    for index, charge in enumerate(subject.definition.charges):
        path: PathInFile = ("charges", index)
        yield from _amounts(subject, charge, path)
        try:
            for authority in _authorities(subject, charge):
                yield from _rows(subject, charge, path, authority)
        except TooManyScenarios:
            yield subject.problem(
                path,
                en="its rows depend on too many questions to be proved.",
                ar="صفوفه تعتمد على أسئلة كثيرة.",
            )


def _authorities(subject: Subject, charge: ChargeRule) -> list[str | None]:
    """Those for whom the rows are proved one by one; where no row names an authority, once for all."""
    if all(row.authorities is None for row in charge.rows):
        return [None]
    return [authority.code for authority in subject.territory.authorities]


def _rows(
    subject: Subject, charge: ChargeRule, path: PathInFile, authority: str | None
) -> Iterator[DefinitionProblem]:
    multipliers = [question for row in charge.rows for question in row.measured]
    found: dict[object, DefinitionProblem] = {}  # the first of each kind is enough
    for scenario in scenarios(subject, [row.when for row in charge.rows], *multipliers):
        told = {id: answer for id, answer in scenario.items() if id not in multipliers}
        told |= {"authority": authority} if authority else {}
        holding = [
            index
            for index, row in enumerate(charge.rows)
            if row.is_of(authority) and holds(row.when, scenario)
        ]
        if not holding:
            found.setdefault("gap", _gap(subject, path, told))
        elif len(holding) > 1:
            found.setdefault("overlap", _overlap(subject, (*path, "rows", holding[1]), told))
        else:
            for question in charge.rows[holding[0]].measured:
                if question not in scenario:
                    place = (*path, "rows", holding[0])
                    found.setdefault(place, _unanswered(subject, place, question, told))
    yield from found.values()


def _gap(subject: Subject, path: PathInFile, scenario: Scenario) -> DefinitionProblem:
    return subject.problem(
        (*path, "rows"),
        en=f"no row holds when {_told(scenario)}.",
        ar=f"لا ينطبق أي صف عندما {_told(scenario)}.",
        instead=Text(en="Add a row; an amount of 0 is a row too.", ar="أضف صفًا؛ والمبلغ 0 صف أيضًا."),
    )


def _overlap(subject: Subject, path: PathInFile, scenario: Scenario) -> DefinitionProblem:
    return subject.problem(
        path,
        en=f"more than one row holds when {_told(scenario)}.",
        ar=f"ينطبق أكثر من صف عندما {_told(scenario)}.",
        instead=Text(en="Let the conditions exclude each other.", ar="اجعل الشروط لا تجتمع."),
    )


def _unanswered(subject: Subject, path: PathInFile, question: str, scenario: Scenario) -> DefinitionProblem:
    return subject.problem(
        path,
        en=f'the amount depends on "{question}", which is not answered when {_told(scenario)}.',
        ar=f'يعتمد المبلغ على "{question}" ولا جواب عنه عندما {_told(scenario)}.',
    )


def _amounts(subject: Subject, charge: ChargeRule, path: PathInFile) -> Iterator[DefinitionProblem]:
    currency = subject.territory.currency
    known = [authority.code for authority in subject.territory.authorities]
    for index, row in enumerate(charge.rows):
        place = (*path, "rows", index)
        for amount in row.amounts:
            if len(amount.partition(".")[2]) > EXPONENTS[currency]:
                yield subject.problem(
                    place,
                    en=f"{currency} has {EXPONENTS[currency]} decimals, and {amount} has more.",
                    ar=f"لعملة {currency} {EXPONENTS[currency]} خانات عشرية، و{amount} فيه أكثر.",
                )
        if row.at_least and row.at_most and Decimal(row.at_least) > Decimal(row.at_most):
            yield subject.problem(place, en="at-least is more than at-most.", ar="at-least أكبر من at-most.")
        for code in row.authorities or ():
            if code not in known:
                yield subject.problem(
                    (*place, "authorities"),
                    en=f'there is no authority "{code}".',
                    ar=f'لا توجد جهة إصدار "{code}".',
                    instead=nearest(code, known),
                )


def _told(scenario: Scenario) -> str:
    told = ", ".join(
        f"{question} = {answer['measure'] if isinstance(answer, dict) else answer}"
        for question, answer in scenario.items()
    )
    return told or "nothing is asked"

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


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Charges with gaps or overlaps, amounts finer than the currency, bounds the wrong way round."""
    for index, charge in enumerate(subject.definition.charges):
        path: PathInFile = ("charges", index)
        yield from _amounts(subject, charge, path)
        try:
            yield from _rows(subject, charge, path)
        except TooManyScenarios:
            yield subject.problem(
                path,
                en="its rows depend on too many questions to be proved.",
                ar="صفوفه تعتمد على أسئلة كثيرة.",
            )


def _rows(subject: Subject, charge: ChargeRule, path: PathInFile) -> Iterator[DefinitionProblem]:
    multipliers = [row.per.question for row in charge.rows if row.per]
    found: dict[object, DefinitionProblem] = {}  # the first of each kind is enough
    for scenario in scenarios(subject, [row.when for row in charge.rows], *multipliers):
        told = {id: answer for id, answer in scenario.items() if id not in multipliers}
        holding = [index for index, row in enumerate(charge.rows) if holds(row.when, scenario)]
        if not holding:
            found.setdefault("gap", _gap(subject, path, told))
        elif len(holding) > 1:
            found.setdefault("overlap", _overlap(subject, (*path, "rows", holding[1]), told))
        elif (per := charge.rows[holding[0]].per) and per.question not in scenario:
            place = (*path, "rows", holding[0], "per")
            found.setdefault(place, _unanswered(subject, place, per.question, told))
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
        en=f'the amount is multiplied by "{question}", which is not answered when {_told(scenario)}.',
        ar=f'يُضرب المبلغ في "{question}" ولا جواب عنه عندما {_told(scenario)}.',
    )


def _amounts(subject: Subject, charge: ChargeRule, path: PathInFile) -> Iterator[DefinitionProblem]:
    currency = subject.territory.currency
    for index, row in enumerate(charge.rows):
        for word, amount in (("amount", row.amount), ("at-least", row.at_least), ("at-most", row.at_most)):
            if amount and len(amount.partition(".")[2]) > EXPONENTS[currency]:
                yield subject.problem(
                    (*path, "rows", index, word),
                    en=f"{currency} has {EXPONENTS[currency]} decimals, and {amount} has more.",
                    ar=f"لعملة {currency} {EXPONENTS[currency]} خانات عشرية، و{amount} فيه أكثر.",
                )
        if row.at_least and row.at_most and Decimal(row.at_least) > Decimal(row.at_most):
            yield subject.problem(
                (*path, "rows", index), en="at-least is more than at-most.", ar="at-least أكبر من at-most."
            )


def _told(scenario: Scenario) -> str:
    told = ", ".join(
        f"{question} = {answer['measure'] if isinstance(answer, dict) else answer}"
        for question, answer in scenario.items()
    )
    return told or "nothing is asked"

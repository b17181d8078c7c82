"""Exactly one row of a charge holds for any answers, and its multiplier is answered then."""

from collections.abc import Iterator
from decimal import Decimal

from rukhsa.catalogue.charges import ChargeRule
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.reasoning.formulas import negated, some
from rukhsa.catalogue.reasoning.possible import Example
from rukhsa.catalogue.source import PathInFile
from rukhsa.values.money import EXPONENTS
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Charges with gaps or overlaps, amounts finer than the currency, bounds the wrong way round."""
    for index, charge in enumerate(subject.definition.charges):
        path: PathInFile = ("charges", index)
        yield from _amounts(subject, charge, path)
        yield from _rows(subject, charge, path)


def _rows(subject: Subject, charge: ChargeRule, path: PathInFile) -> Iterator[DefinitionProblem]:
    possible = subject.possible
    said = [possible.says(row.when) for row in charge.rows]
    if example := possible.example(negated(some(said))):
        yield _gap(subject, path, example)
    for index, row in enumerate(charge.rows):
        if example := possible.example(said[index], some(said[:index])):
            yield _overlap(subject, (*path, "rows", index), example)
            break  # the first one is enough
        if row.per and (
            example := possible.example(said[index], negated(possible.answered(row.per.question)))
        ):
            yield _unmeasured(subject, (*path, "rows", index, "per"), row.per.question, example)


def _gap(subject: Subject, path: PathInFile, example: Example) -> DefinitionProblem:
    return subject.problem(
        (*path, "rows"),
        code="row-gap",
        en=f"no row holds, for example when {example.told.en}.",
        ar=f"لا ينطبق أي صف، مثلًا عندما {example.told.ar}.",
        instead=Text(en="Add a row; an amount of 0 is a row too.", ar="أضف صفًا؛ والمبلغ 0 صف أيضًا."),
    )


def _overlap(subject: Subject, path: PathInFile, example: Example) -> DefinitionProblem:
    return subject.problem(
        path,
        code="row-overlap",
        en=f"this row and one before it hold together, for example when {example.told.en}.",
        ar=f"ينطبق هذا الصف مع صف قبله، مثلًا عندما {example.told.ar}.",
        instead=Text(en="Let the conditions exclude each other.", ar="اجعل الشروط لا تجتمع."),
    )


def _unmeasured(subject: Subject, path: PathInFile, question: str, example: Example) -> DefinitionProblem:
    return subject.problem(
        path,
        code="unmeasured",
        en=f'the amount is multiplied by "{question}", which is not answered, for example when {example.told.en}.',
        ar=f'يُضرب المبلغ في "{question}" ولا جواب عنه، مثلًا عندما {example.told.ar}.',
        instead=Text(
            en="Give the row the condition under which the question is asked.",
            ar="ضع للصف الشرط الذي يُطرح به السؤال.",
        ),
    )


def _amounts(subject: Subject, charge: ChargeRule, path: PathInFile) -> Iterator[DefinitionProblem]:
    currency = subject.territory.currency
    for index, row in enumerate(charge.rows):
        for word, amount in (("amount", row.amount), ("at-least", row.at_least), ("at-most", row.at_most)):
            if amount and len(amount.partition(".")[2]) > EXPONENTS[currency]:
                yield subject.problem(
                    (*path, "rows", index, word),
                    code="too-fine",
                    en=f"{currency} has {EXPONENTS[currency]} decimals, and {amount} has more.",
                    ar=f"لعملة {currency} {EXPONENTS[currency]} خانات عشرية، و{amount} فيه أكثر.",
                )
        if row.at_least and row.at_most and Decimal(row.at_least) > Decimal(row.at_most):
            yield subject.problem(
                (*path, "rows", index),
                code="bounds-reversed",
                en="at-least is more than at-most.",
                ar="at-least أكبر من at-most.",
            )

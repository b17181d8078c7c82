"""Exactly one row of a charge holds for any answers and authority, and what it is reckoned from is answered then."""

from collections.abc import Iterator
from decimal import Decimal

from rukhsa.catalogue.charges import Bands, ChargeRule
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.reasoning.formulas import negated, some
from rukhsa.catalogue.reasoning.possible import Example
from rukhsa.catalogue.source import PathInFile
from rukhsa.values.money import EXPONENTS
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Charges with gaps or overlaps, amounts finer than the currency, bounds the wrong way round."""
    for index, charge in enumerate(subject.definition.charges):
        path: PathInFile = ("charges", index)
        yield from _amounts(subject, charge, path)
        yield from _rows(subject, charge, path)
        for place, row in enumerate(charge.rows):
            if row.bands:
                yield from _bands(subject, row.bands, (*path, "rows", place, "bands"))


def _rows(subject: Subject, charge: ChargeRule, path: PathInFile) -> Iterator[DefinitionProblem]:
    possible = subject.possible
    said = [subject.said_of(row) for row in charge.rows]
    if example := possible.example(negated(some(said)), given=subject.submitted):
        yield _gap(subject, path, example)
    for index, row in enumerate(charge.rows):
        place = (*path, "rows", index)
        if example := possible.example(said[index], some(said[:index]), given=subject.submitted):
            yield _overlap(subject, place, example)
            break  # the first one is enough
        for question in dict.fromkeys(row.measured):
            if example := possible.example(
                said[index], negated(possible.answered(question)), given=subject.submitted
            ):
                yield _unmeasured(subject, place, question, example)


def _bands(subject: Subject, bands: Bands, path: PathInFile) -> Iterator[DefinitionProblem]:
    """Bands in which no answer can lie."""
    least, most = subject.questions[bands.of].bounds
    ends = [step.to for step in bands.steps]
    for index, (start, end) in enumerate(zip([None, *ends], ends, strict=False)):
        above = most is not None and start is not None and start >= most
        below = least is not None and end is not None and end < least
        if above or below:
            yield subject.problem(
                (*path, "steps", index),
                code="never-holds",
                en=f'no answer to "{bands.of}" lies in this band.',
                ar=f'لا يقع أي جواب عن "{bands.of}" في هذه الشريحة.',
                instead=Text(en="Leave it out, or correct its bound.", ar="احذفها أو صحح حدها."),
            )


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
        en=f'the amount depends on "{question}", which is not answered, for example when {example.told.en}.',
        ar=f'يعتمد المبلغ على "{question}" ولا جواب عنه، مثلًا عندما {example.told.ar}.',
        instead=Text(
            en="Give the row the condition under which the question is asked.",
            ar="ضع للصف الشرط الذي يُطرح به السؤال.",
        ),
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
                    code="too-fine",
                    en=f"{currency} has {EXPONENTS[currency]} decimals, and {amount} has more.",
                    ar=f"لعملة {currency} {EXPONENTS[currency]} خانات عشرية، و{amount} فيه أكثر.",
                )
        if row.at_least and row.at_most and Decimal(row.at_least) > Decimal(row.at_most):
            yield subject.problem(
                place,
                code="bounds-reversed",
                en="at-least is more than at-most.",
                ar="at-least أكبر من at-most.",
                instead=Text(en="Exchange them.", ar="بدّل بينهما."),
            )
        for code in row.authorities or ():
            if code not in known:
                yield subject.problem(
                    (*place, "authorities"),
                    code="unknown-authority",
                    en=f'there is no authority "{code}".',
                    ar=f'لا توجد جهة إصدار "{code}".',
                    instead=nearest(code, known),
                )

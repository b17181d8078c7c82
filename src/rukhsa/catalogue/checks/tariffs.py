"""Every charge has one row for any answers, in amounts of the currency, on every day, and can be paid and returned."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from rukhsa.catalogue.charges import Bands, ChargeRule
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.reasoning.formulas import negated, some, within
from rukhsa.catalogue.reasoning.possible import Example
from rukhsa.catalogue.source import PathInFile
from rukhsa.values.money import EXPONENTS
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def check_rows(subject: Subject) -> Iterator[DefinitionProblem]:
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


def check_sums(subject: Subject) -> Iterator[DefinitionProblem]:
    """Shares and least sums of charges that do not exist, that come later, or that fall due at another moment."""
    charges = subject.definition.charges
    ids = [charge.id for charge in charges]
    for index, charge in enumerate(charges):
        for place, row in enumerate(charge.rows):
            path = ("charges", index, "rows", place)
            for id in row.summed:
                if id not in ids:
                    yield subject.problem(
                        path,
                        code="unknown-charge",
                        en=f'there is no charge "{id}".',
                        ar=f'لا يوجد رسم "{id}".',
                        instead=nearest(id, [each for each in ids if each != charge.id]),
                    )
                elif ids.index(id) >= index or charges[ids.index(id)].due != charge.due:
                    yield subject.problem(
                        path,
                        code="charged-later",
                        en=f'"{id}" is not reckoned before this: it comes later, or falls due at another moment.',
                        ar=f'لا يُحسب "{id}" قبل هذا: فهو بعده أو يُستحق في موعد آخر.',
                        instead=Text(
                            en="Put it before this charge, with the same due.",
                            ar="ضعه قبل هذا الرسم وبالموعد نفسه.",
                        ),
                    )


def check_chosen(subject: Subject) -> Iterator[DefinitionProblem]:
    """Options without an amount, and amounts of no option."""
    for index, charge in enumerate(subject.definition.charges):
        for place, row in enumerate(charge.rows):
            if not row.chosen:
                continue
            chosen, path = row.chosen, ("charges", index, "rows", place, "chosen", "amounts")
            options = list(getattr(subject.questions[chosen.of], "options", ()))
            for id in chosen.amounts:
                if id not in options:
                    yield subject.problem(
                        (*path, id),
                        code="unknown-answer",
                        en=f'"{chosen.of}" has no option "{id}".',
                        ar=f'ليس في "{chosen.of}" خيار "{id}".',
                        instead=nearest(id, options),
                    )
            if missing := [id for id in options if id not in chosen.amounts]:
                yield subject.problem(
                    path,
                    code="row-gap",
                    en=f"these options have no amount: {', '.join(missing)}.",
                    ar=f"لا مبلغ لهذه الخيارات: {'، '.join(missing)}.",
                    instead=Text(en=f"Add: {missing[0]}: 0.", ar=f"أضف: {missing[0]}: 0."),
                )


def _gap(subject: Subject, path: PathInFile, example: Example) -> DefinitionProblem:
    return subject.problem(
        (*path, "rows"),
        code="row-gap",
        en=f"no row holds, for example when {example.in_words.en}.",
        ar=f"لا ينطبق أي صف، مثلًا عندما {example.in_words.ar}.",
        instead=Text(en="Add a row; an amount of 0 is a row too.", ar="أضف صفًا؛ والمبلغ 0 صف أيضًا."),
    )


def _overlap(subject: Subject, path: PathInFile, example: Example) -> DefinitionProblem:
    return subject.problem(
        path,
        code="row-overlap",
        en=f"this row and one before it hold together, for example when {example.in_words.en}.",
        ar=f"ينطبق هذا الصف مع صف قبله، مثلًا عندما {example.in_words.ar}.",
        instead=Text(en="Let the conditions exclude each other.", ar="اجعل الشروط لا تجتمع."),
    )


def _unmeasured(subject: Subject, path: PathInFile, question: str, example: Example) -> DefinitionProblem:
    return subject.problem(
        path,
        code="unmeasured",
        en=f'the amount depends on "{question}", which is not answered, for example when {example.in_words.en}.',
        ar=f'يعتمد المبلغ على "{question}" ولا جواب عنه، مثلًا عندما {example.in_words.ar}.',
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


def check_days(subject: Subject) -> Iterator[DefinitionProblem]:
    """Findings: a charge that no gateway takes; an amount below zero; periods that leave days out, overlap or ended."""
    if subject.definition.charges and not subject.territory.gateways:
        yield subject.problem(
            ("charges", 0),
            code="no-gateway",
            en="this is charged, and the territory has no way of paying it.",
            ar="يُطالَب بهذا، وليس في النطاق وسيلة لدفعه.",
            instead=Text(
                en="Name a way of paying in territory.yaml, such as gateways: [national], or charge nothing.",
                ar="اذكر وسيلة دفع في territory.yaml، مثل gateways: [national]، أو لا تفرض رسمًا.",
            ),
        )
    for index, charge in enumerate(subject.definition.charges):
        for place, row in enumerate(charge.rows):
            for question in dict.fromkeys(row.measured):
                yield from _negative(subject, question, ("charges", index, "rows", place))
    charges: dict[object, list[tuple[int, ChargeRule]]] = defaultdict(list)
    for index, charge in enumerate(subject.definition.charges):
        charges[(charge.kind, charge.due, charge.name.ar, charge.name.en)].append((index, charge))
    for periods in charges.values():
        in_order = sorted(periods, key=lambda each: each[1].from_)
        yield from _periods(subject, in_order)
        yield from _ended(subject, *in_order[-1])


def _negative(subject: Subject, question: str, path: PathInFile) -> Iterator[DefinitionProblem]:
    row = subject.definition.charges[int(path[1])].rows[int(path[3])]
    cells = subject.possible.cells[question]
    below = within(question, cells.below(Decimal(0)), cells.all)
    if example := subject.possible.example(subject.said_of(row), below, given=subject.submitted):
        yield subject.problem(
            path,
            code="may-be-negative",
            en=f'the amount is reckoned from "{question}", which may be negative, '
            f"for example when {example.in_words.en}.",
            ar=f'يُحسب المبلغ من "{question}" الذي قد يكون سالبًا، مثلًا عندما {example.in_words.ar}.',
            instead=Text(
                en=f'Give the question "{question}" a least answer: from: 0.',
                ar=f'ضع للسؤال "{question}" أقل جواب: from: 0.',
            ),
        )


def _periods(subject: Subject, periods: Sequence[tuple[int, ChargeRule]]) -> Iterator[DefinitionProblem]:
    for (_, before), (index, after) in pairwise(periods):
        if before.until is None or before.until >= after.from_:
            yield subject.problem(
                ("charges", index, "from"),
                code="period-overlap",
                en=f"on {after.from_} this charge is claimed twice: the one before it "
                f"holds {f'until {before.until}' if before.until else 'without an end'}.",
                ar=f"في {after.from_} يُطالَب بهذا الرسم مرتين: الرسم الذي قبله "
                f"{f'سارٍ حتى {before.until}' if before.until else 'بلا نهاية'}.",
                instead=_last_day(after.from_),
            )
        elif before.until + timedelta(days=1) < after.from_:
            first, last = before.until + timedelta(days=1), after.from_ - timedelta(days=1)
            yield subject.problem(
                ("charges", index, "from"),
                code="period-gap",
                en=f"from {first} to {last} nobody is charged this.",
                ar=f"من {first} إلى {last} لا يُطالَب أحد بهذا الرسم.",
                instead=_last_day(after.from_),
            )


def _ended(subject: Subject, index: int, last: ChargeRule) -> Iterator[DefinitionProblem]:
    """The last period of a charge is over, so that new applications are not charged."""
    if subject.on is not None and last.until is not None and last.until < subject.on:
        yield subject.problem(
            ("charges", index, "until"),
            code="charge-ended",
            en=f"this ended on {last.until}, and no period follows: nobody is charged it any more.",
            ar=f"انتهى هذا في {last.until} ولا تليه فترة أخرى، فلا يُطالَب به أحد بعد ذلك.",
            instead=Text(
                en=f"Add the period that follows, from: {last.until + timedelta(days=1)}, or leave the charge out.",
                ar=f"أضف الفترة التالية بدءًا من from: {last.until + timedelta(days=1)}، أو احذف الرسم.",
            ),
        )


def _last_day(following: date) -> Text:
    day = following - timedelta(days=1)
    return Text(
        en=f"Let the one before it end on the day before: until: {day}.",
        ar=f"أنهِ الذي قبله في اليوم السابق: until: {day}.",
    )

"""Checks fees: a gateway takes each charge, none is negative or has ended, and periods follow without a gap."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from rukhsa.catalogue.charges import ChargeRule
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.reasoning.formulas import within
from rukhsa.catalogue.source import PathInFile
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
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
            f"for example when {example.told.en}.",
            ar=f'يُحسب المبلغ من "{question}" الذي قد يكون سالبًا، مثلًا عندما {example.told.ar}.',
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
    """The last period of a charge is over: whoever applies now is asked for nothing."""
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

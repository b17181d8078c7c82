"""The reading of every statement: rows of cells, amounts, moments, and a trailer that counts and adds up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rukhsa import reader
from rukhsa.catalogue.territory import territory
from rukhsa.reader.task import MOST_ROWS
from rukhsa.reconciliation.errors import ReconciliationError
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.names import Text

type Row = tuple[int, list[str]]


class BadStatement(ReconciliationError):
    """The file is not the statement that it should be: nothing of it is kept. `text` says where and why."""

    code = "bad-statement"

    def __init__(self, *, en: str, ar: str, row: int | None = None) -> None:
        at_en, at_ar = (f"Row {row}: ", f"السطر {row}: ") if row else ("", "")
        self.text = Text(en=at_en + en, ar=at_ar + ar)
        super().__init__(self.text.en)


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One line: our reference, the gateway's own number, what came or, below zero, went, and when."""

    row: int
    merchant: str
    reference: str
    gateway_reference: str
    money: Money
    at: datetime
    is_commission: bool = False  # what the gateway keeps of that payment for itself


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A whole statement, whose trailer agrees with its lines."""

    movements: tuple[Movement, ...]
    net: Money


def rows(text: str, *, delimiter: str = ",") -> list[Row]:
    """The rows that hold anything, with their numbers from 1. Raises BadStatement, and Unread."""
    try:
        found = reader.ask("read-table", text.encode(), delimiter=delimiter)["rows"]
    except reader.Unread:
        raise
    except reader.Refused as refused:
        if refused.code == "too-many-rows":
            raise BadStatement(en=f"more than {MOST_ROWS} rows.", ar=f"أكثر من {MOST_ROWS} سطر.") from refused
        raise BadStatement(
            en=f"this is not a CSV file ({refused.detail}).", ar="هذا ليس ملف CSV."
        ) from refused
    if not found:
        raise BadStatement(en="the file is empty.", ar="الملف فارغ.")
    return [(number, cells) for number, cells in found]


def headed(found: Sequence[Row], heading: Sequence[str]) -> Sequence[Row]:
    """The rows under a heading that is exactly this."""
    number, cells = found[0]
    if cells != list(heading):
        raise BadStatement(
            row=number,
            en=f"the heading is not {','.join(heading)}. Is it another gateway's statement?",
            ar=f"العناوين ليست {','.join(heading)}. هل هو كشف بوابة أخرى؟",
        )
    return found[1:]


def cells_of(row: Row, count: int) -> list[str]:
    """The cells of a row that must have so many."""
    number, cells = row
    if len(cells) != count:
        raise BadStatement(
            row=number,
            en=f"{len(cells)} columns and not {count}.",
            ar=f"عدد الأعمدة {len(cells)} لا {count}.",
        )
    return cells


def money(text: str, row: int, *, currency: str | None = None) -> Money:
    """An amount in the territory's currency."""
    try:
        return Money.parse(text, territory().currency if currency is None else currency)
    except MoneyError as error:
        raise BadStatement(row=row, en=f'"{text}" is not an amount.', ar=f'"{text}" ليس مبلغًا.') from error


def moment(text: str, form: str, row: int) -> datetime:
    """A moment in the territory's time, or with its own offset where the form has one."""
    try:
        at = datetime.strptime(text, form)  # noqa: DTZ007 - made aware below
    except ValueError as error:
        raise BadStatement(
            row=row, en=f'"{text}" is not a date and time.', ar=f'"{text}" ليس تاريخًا ووقتًا.'
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=territory().zone)


def closed(movements: Iterator[Movement], trailer: Row, *, count: str, net: str) -> Parsed:
    """The statement, if its trailer says as many lines and the same sum as it has: a cut file says otherwise."""
    found = tuple(movements)
    row, _ = trailer
    total = Money(minor=sum(each.money.minor for each in found), currency=territory().currency)
    # Letter by letter: the sum of a file that was cut in its last number would still be right.
    if (count, net) != (str(len(found)), str(total)):
        raise BadStatement(
            row=row,
            en=f"the last row says {count} lines and {net}, and the file has {len(found)} and {total}. "
            "It was cut or changed: fetch it again.",
            ar=f"يذكر السطر الأخير {count} سطرًا و{net}، وفي الملف {len(found)} و{total}. "
            "الملف ناقص أو معدّل: نزّله من جديد.",
        )
    return Parsed(movements=found, net=total)


def trailer_of(found: Sequence[Row], first: str) -> Row:
    """The last row, which begins with this word."""
    if not found or found[-1][1][0] != first:
        number = found[-1][0] if found else 1
        raise BadStatement(
            row=number,
            en=f'the last row does not begin with "{first}": the file was cut. Fetch it again.',
            ar=f'لا يبدأ السطر الأخير بالكلمة "{first}": الملف ناقص. نزّله من جديد.',
        )
    return found[-1]

"""A spreadsheet becomes rows: its headings are recognised, each cell is read as an answer, each mistake is told."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa import reader
from rukhsa.applications import reservation
from rukhsa.applications.answers import Problem, ineligible, read_all
from rukhsa.applications.application import Application
from rukhsa.applications.conflict import conflicts
from rukhsa.applications.known import company_problems, documents_wanted, typed_for
from rukhsa.batches.column import LANGUAGES, Column, columns_of, found
from rukhsa.errors import RukhsaError

LARGEST: Final = 5 << 20  # bytes of the spreadsheet
MOST_ROWS: Final = 500
_EXAMPLES: Final = 3  # unknown headings that are named


class BadSheet(RukhsaError):
    """A spreadsheet that cannot be taken, with a sentence that says what to do."""

    def __init__(self, code: str, text: Promise | str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


SENTENCES: Final = {
    "sheet-empty": _("The spreadsheet has no rows below its headings."),
    "sheet-too-large": _("The spreadsheet is larger than 5 MB. Send fewer rows."),
    "not-a-sheet": _("We cannot read this spreadsheet. Save it as XLSX or CSV and send it again."),
    "another-kind-of-sheet": _(
        "We do not read this kind of spreadsheet (.ods or .xls). Open it, choose “Save as”, then “Excel (.xlsx)”, and "
        "send that file."
    ),
    "sheet-with-macros": _(
        "The spreadsheet contains macros. Save it as XLSX without macros and send it again."
    ),
    "too-many-rows": _("The spreadsheet has more than 500 rows. Send it in parts."),
    "too-many-columns": _("The spreadsheet has more than 200 columns. Use our template."),
    "took-too-long": _("The spreadsheet took too long to read. Copy its values into our template."),
    "too-much-memory": _("The spreadsheet is too complex to read. Copy its values into our template."),
    "cannot-be-read": _("We cannot read this spreadsheet. Save it as XLSX or CSV and send it again."),
    "reader-busy": _("We are reading many files now. Send it again in a minute."),
}


@dataclass(kw_only=True)
class Row:
    """One row: its number, what it says as a form would send it, and what is wrong, in both languages."""

    number: int
    typed: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)


def read_rows(
    content: bytes, blank: Application, *, names: Collection[str], for_all: Collection[str], at: datetime
) -> list[Row]:
    """The rows with their problems; `names` are those of the files that came with it. Raises BadSheet.

    What is asked of the database does not grow with the rows, but for questions about a place or a quota.
    """
    told = told_by_reader(content)
    columns = columns_of(blank, at=at)
    headings, *below = told["rows"] or [(1, [])]
    if not below:
        raise BadSheet("sheet-empty", SENTENCES["sheet-empty"])
    if len(below) > MOST_ROWS:
        raise BadSheet("too-many-rows", SENTENCES["too-many-rows"])
    order = recognised(columns, headings[1])
    formulas = {tuple(place) for place in told["formulas"]}
    known = typed_for(blank, at=at)
    rows = []
    for number, cells in below:
        row = _row(number, cells, order, formulas)
        row.typed |= known
        row.problems += _problems(row, blank, columns, names=names, for_all=for_all, at=at)
        rows.append(row)
    return rows


def told_by_reader(content: bytes) -> dict[str, Any]:
    """What the reader says of a spreadsheet, once it is checked. Raises BadSheet."""
    if len(content) > LARGEST:
        raise BadSheet("sheet-too-large", SENTENCES["sheet-too-large"])
    if not content:
        raise BadSheet("sheet-empty", SENTENCES["sheet-empty"])
    try:
        answer = reader.ask("read-sheet", content)
        rows = [(int(number), [str(cell) for cell in cells]) for number, cells in answer["rows"]]
        formulas = [(int(row), int(column)) for row, column in answer["formulas"]]
    except reader.Refused as refused:
        text = SENTENCES.get(refused.code, SENTENCES["not-a-sheet"])
        raise BadSheet(refused.code, text) from refused
    except (KeyError, TypeError, ValueError) as error:
        raise BadSheet("not-a-sheet", SENTENCES["not-a-sheet"]) from error
    return {"rows": rows, "formulas": formulas}


def recognised(columns: Sequence[Column], headings: Sequence[str]) -> list[Column | None]:
    """The column of each heading. Raises BadSheet for one that is not known, or stands twice."""
    order = [found(columns, heading) if heading else None for heading in headings]
    unknown = [name for name, column in zip(headings, order, strict=True) if name and column is None]
    if unknown:
        shown = " · ".join(name[:60] for name in unknown[:_EXAMPLES])
        text = _("We do not know these columns: {names}. Use the headings of our template.")
        raise BadSheet("sheet-unknown-columns", format_lazy(text, names=shown))
    keys = [column.key for column in order if column]
    if twice := next((column for column in order if column and keys.count(column.key) > 1), None):
        text = _("The column {name} is there twice. Keep one of them.")
        raise BadSheet("sheet-column-twice", format_lazy(text, name=twice.heading.ar))
    return order


def _row(
    number: int, cells: Sequence[str], order: Sequence[Column | None], formulas: Collection[tuple[int, ...]]
) -> Row:
    row = Row(number=number)
    for place, (cell, column) in enumerate(zip(cells, order, strict=False), 1):
        if column is None:
            if cell:
                row.problems.append(problem_of(None, _("This cell has no heading above it. Delete it.")))
        elif (number, place) in formulas:
            text = _("This cell contains a formula. Replace it with its value.")
            row.problems.append(problem_of(column, text))
        elif cell and column.question is None:
            row.files[column.about] = [name.strip() for name in cell.replace("؛", ";").split(";")]
        elif cell and column.part:
            row.typed.setdefault(column.about, {})[column.part] = column.typed(cell)
        elif cell:
            row.typed[column.about] = column.typed(cell)
    return row


def _problems(
    row: Row,
    blank: Application,
    columns: Sequence[Column],
    *,
    names: Collection[str],
    for_all: Collection[str],
    at: datetime,
) -> Iterator[dict[str, Any]]:
    definition = blank.definition
    reading = read_all(definition, row.typed, at=at)
    told = {each["column"] for each in row.problems}
    for problem in (
        *reading.problems,
        *ineligible(definition, reading),
        *conflicts(definition, reading.values, at=at),
        *reservation.problems(blank, reading.values, at=at),
        *company_problems(blank, reading.values, at=at),
    ):
        column = _column_of(problem, columns)
        if column is None or column.key not in told:
            yield problem_of(column, problem.text)
    yield from file_problems(row, blank, reading.values, columns, names=names, for_all=for_all)


def file_problems(
    row: Row,
    blank: Application,
    values: Mapping[str, Any],
    columns: Sequence[Column],
    *,
    names: Collection[str],
    for_all: Collection[str],
) -> Iterator[dict[str, Any]]:
    """A file that did not come, too many of them, and documents without any."""
    for document in documents_wanted(blank, values):
        column = next(each for each in columns if each.question is None and each.about == document.id)
        given = row.files.get(document.id, [])
        for name in given:
            if name not in names:
                text = _("No file with the name {name} came with the spreadsheet.")
                yield problem_of(column, format_lazy(text, name=name[:100]))
        if len(given) > document.at_most:
            yield problem_of(column, _("There are more files here than this document can have."))
        if not given and not document.optional and document.id not in for_all:
            yield problem_of(column, _("Write the name of a file, or send one file for all rows."))


def _column_of(problem: Problem, columns: Sequence[Column]) -> Column | None:
    of_it = [column for column in columns if column.about == problem.about]
    return next((column for column in of_it if column.part == problem.part), of_it[0] if of_it else None)


def problem_of(column: Column | None, text: Promise | str) -> dict[str, Any]:
    """What is wrong in one cell, as the row keeps it: the heading and the sentence, in both languages."""
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = str(text)
    heading = {"ar": column.heading.ar, "en": column.heading.en} if column else None
    return {"column": column.key if column else "", "heading": heading, "text": said}

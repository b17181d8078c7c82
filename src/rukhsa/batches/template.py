"""The spreadsheet to be filled in: the columns of a service, in the reader's language, with the allowed values."""

import io
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rukhsa.applications.models import Application
from rukhsa.batches.column import Column, columns_of
from rukhsa.late import xlsxwriter

ROWS: Final = 500
WIDTH: Final = 24  # of a column, in characters
LONGEST_LIST: Final = 250  # characters of the values that a cell offers in a list
FILE_NAME: Final = gettext_lazy("The name of a file that you send with the spreadsheet, like deed-12.pdf")


def template(blank: Application, *, language: str, at: datetime) -> bytes:
    """An XLSX file: headings with a star where an answer is needed, a list in each cell of a choice, and all values."""
    columns = columns_of(blank, at=at)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
        as_text = book.add_format({"num_format": "@"})  # so that 0012 stays 0012 and 1-2 becomes no day
        rows, values = book.add_worksheet(_("Applications")), book.add_worksheet(_("Allowed values"))
        for one in (rows, values):
            if language == "ar":
                one.right_to_left()
        rows.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            star = "" if column.optional else " *"
            rows.write_string(0, place, column.heading.in_language(language) + star, heading)
            rows.set_column(place, place, WIDTH, as_text)
            offer_values(rows, place, column, language)
        list_values(values, columns, language, heading)
    return file.getvalue()


def offer_values(rows: Any, place: int, column: Column, language: str) -> None:
    """Offer the values of a choice in each cell of its column."""
    if column.help:
        rows.write_comment(0, place, column.help.in_language(language))
    several = column.question is not None and column.question.takes_several
    named = [text.in_language(language) for text in column.allowed.values()]
    if (
        named
        and not several
        and len(",".join(named)) <= LONGEST_LIST
        and not any("," in one for one in named)
    ):
        rows.data_validation(1, place, ROWS, place, {"validate": "list", "source": named})


def list_values(
    values: Any,
    columns: list[Column],
    language: str,
    heading: Any,
) -> None:
    """Write each column with what it takes."""
    for place, title in enumerate((_("Column"), _("What it takes"))):
        values.write_string(0, place, title, heading)
        values.set_column(place, place, 2 * WIDTH)
    row = 1
    for column in columns:
        values.write_string(row, 0, column.heading.in_language(language))
        form = column.question.cell_form if column.question else FILE_NAME
        named = [text.in_language(language) for text in column.allowed.values()] or [str(form or "")]
        for each in named:
            values.write_string(row, 1, each)
            row += 1

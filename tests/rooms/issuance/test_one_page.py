"""A document stays on one page, however full, as long as its names are no longer than names are."""

import dataclasses
from collections.abc import Iterable

import pypdfium2

from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.territory import read_territory, service_files
from rukhsa.issuance.compose import compose
from rukhsa.issuance.gate import longest
from rukhsa.issuance.printed_page import Page, Row
from rukhsa.values.names import Text
from tools import gate_page

BAHRAIN = gate_page.TERRITORIES / "bahrain"
NAME, WORDS = 40, 60
# With everything that they can say: fourteen facts and five conditions, and thirteen facts under a long title.
ON_TWO = {"new-building-permit"}


def test_every_service_but_one_has_its_fullest_document_on_one_page() -> None:
    territory = read_territory(BAHRAIN)
    crest = min((BAHRAIN / "crests").glob("*.svg")).read_text()
    on_more = set()
    for file in service_files(BAHRAIN):
        page = ordinary(longest.longest(read_definition(file).value, territory, crest=crest))
        if len(pypdfium2.PdfDocument(compose(page))) > 1:
            on_more.add(file.stem)
    assert on_more == ON_TWO


def ordinary(page: Page) -> Page:
    """The page with names and texts of the length that they have in life."""
    return dataclasses.replace(page, rows=shortened(page.rows), beside=shortened(page.beside))


def shortened(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(dataclasses.replace(row, value=of_ordinary_length(row.value)) for row in rows)


def of_ordinary_length(value: Text | str) -> Text | str:
    if isinstance(value, str):
        return value[:NAME]
    return Text(ar=value.ar[:WORDS], en=value.en[:WORDS])

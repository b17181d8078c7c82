"""The questionnaire asks the ministry for each assumed value once, in Arabic, with room for the answer."""

import csv
import io
from datetime import date
from pathlib import Path

import pypdfium2
from django.core.management import call_command

from rukhsa.catalogue.confirmation import unnamed_laws, values_of
from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.territory import read_territory, service_files
from rukhsa.project import questionnaire
from tests.rooms.catalogue.broken import BAHRAIN


def test_each_assumed_value_has_one_row_with_a_number_of_its_own() -> None:
    rows = questionnaire.rows_of(BAHRAIN)
    definitions = [read_definition(file).value for file in service_files(BAHRAIN)]
    values = [value for each in definitions for value in values_of(each)]
    laws = [law for each in definitions for law in unnamed_laws(each)]
    assert len(rows) == sum(value.rank == "assumed" for value in values) + len(laws)
    assert len({row.number for row in rows}) == len(rows)
    assert all(row.group and row.service and row.value and row.why for row in rows)


def test_every_reason_is_told_in_arabic() -> None:
    definitions = [read_definition(file).value for file in service_files(BAHRAIN)]
    values = [value for each in definitions for value in values_of(each)]
    assert {value.why for value in values if value.why} == questionnaire.WHYS.keys()
    laws = {why for each in definitions for _, why in unnamed_laws(each)}
    assert laws == questionnaire.WHYS_OF_LAWS.keys()


def test_a_law_that_was_not_found_is_asked_for_what_rests_on_it() -> None:
    rows = [row for row in questionnaire.rows_of(BAHRAIN) if row.service == "شهادة حارس عقار"]
    asked = [row.value for row in rows if row.kind == questionnaire.LAW]
    assert asked == ["شهادة حارس عقار", "رسم شهادة حارس عقار"]


def test_an_amount_says_whom_it_is_for() -> None:
    (fee,) = (row for row in questionnaire.rows_of(BAHRAIN) if row.value.startswith("رسم أشغال الطريق"))
    assert "لأشغال الجهات الحكومية" in fee.value
    assert fee.why == "لم يُنشر المقدار"


def test_the_command_writes_the_document_and_the_table(tmp_path: Path) -> None:
    call_command("services", "questions", "--territory", str(BAHRAIN), "--to", str(tmp_path))
    text = (tmp_path / "questionnaire.csv").read_bytes().decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert tuple(head) == questionnaire.COLUMNS
    assert len(rows) == len(questionnaire.rows_of(BAHRAIN))
    assert {tuple(row[-3:]) for row in rows} == {("", "", "")}, "the last three are the ministry's"
    with pypdfium2.PdfDocument(tmp_path / "questionnaire.pdf") as document:
        assert len(document) > 10
        assert str(len(rows)) in document[0].get_textpage().get_text_range()


def test_a_territory_that_assumes_nothing_has_an_empty_table() -> None:
    file = questionnaire.as_pdf([], read_territory(BAHRAIN), on=date(2026, 11, 30))
    assert file.startswith(b"%PDF-")

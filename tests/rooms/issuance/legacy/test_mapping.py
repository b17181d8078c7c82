"""What a mapping can read, and how its errors are taught."""

import pytest

from rukhsa.issuance.legacy.legacy_document import LegacyDocument
from rukhsa.issuance.legacy.mapping import BadMapping, DayPart, NumberPart
from rukhsa.issuance.legacy.recorded_day import NoSuchDay, read_day
from rukhsa.issuance.legacy.row import BadCell, _Reader, read_row
from rukhsa.issuance.legacy.table import BadRegister
from tests.rooms.issuance.legacy.registers import Desk

FRENCH = """\
register: terrasses
authority: SPF
service: building-permit
source: synthetic, in the shape of a French register of terraces
encoding: cp1252
delimiter: semicolon
heading-row: 2
number: {columns: [dossier, lieu], join: "-", clean: [spaces, capitals]}
kind: {constant: TERRASSE}
holder: {column: exploitant}
place: {columns: [numéro, voie, arrondissement], join: " "}
issued: {column: délivrée le, written: day-month-year, months: fr, nothing: ["n.c."], required: no}
amounts: {fee: {column: redevance, currency: USD, decimal: comma, thousands: space}}
details:
  object: {column: type, values: {TO: OPEN TERRACE, TF: CLOSED TERRACE}}
answers: {permit-number: number, site: place, construction-type: object, cost: fee, issued-month: issued}
"""
ROWS = """\
Terrasses autorisées;;;;;;;;
dossier;lieu;type;exploitant;numéro;voie;arrondissement;délivrée le;redevance
23 418;a;TO;Café de la Gare;4;rue de l’Église;75001;1er août 2019;1 234,50
23 419;B;TF;Chez Zoé;;quai Voltaire;75007;14 févr. 2018;
23 420;A;XX;Bar du Marché;1;rue du Four;75006;03/04/2017;10,00

23 421;A;TO;Bar du Port;1;rue du Four;75006;31/02/2017;10.00
"""


def test_a_register_in_another_language_is_read_by_its_own_words(desk: Desk) -> None:
    desk.service(
        "{id: permit-number, type: identifier, at-most: 12,",
        "{id: permit-number, type: identifier, at-most: 14,",
    )
    desk.mapping.write_text(FRENCH, encoding="utf-8")
    totals = desk.read_text(ROWS, encoding="cp1252")
    assert (totals.imported, totals.refused) == (2, 2)
    first, second = LegacyDocument.objects.order_by("row_number")
    assert (first.number, first.place, first.issued) == ("23 418-A", "4 rue de l’Église 75001", "2019-08-01")
    assert first.amounts == {"fee": {"minor": 123_450, "currency": "USD"}}
    assert (first.holder, first.details["object"]) == ("Café de la Gare", "OPEN TERRACE")
    assert (second.place, second.issued) == ("quai Voltaire 75007", "2018-02-14")
    assert [(line["row"], line["field"], line["code"]) for line in desk.report()] == [
        ("5", "type", "unknown-value"),
        ("7", "délivrée le", "wrong-date"),
        ("7", "redevance", "dirty-amount"),
    ]


@pytest.mark.parametrize(
    ("written", "text", "recorded"),
    [
        ({"written": "day-month-year"}, "04/03/2019", "2019-03-04"),
        ({"written": "month-day-year"}, "04/03/2019", "2019-04-03"),
        ({"written": "year-month-day"}, "2019-03-04T00:00:00", "2019-03-04"),
        ({"written": "year-month-day"}, "20190304", "2019-03-04"),
        ({"written": "day-month-year", "months": "de"}, "12. Dez. 2019", "2019-12-12"),
        ({"written": "day-month-year", "months": "es"}, "3 de marzo de 2019", "2019-03-03"),
        ({"written": "day-month-year", "months": "pl"}, "5 marca 2019", "2019-03-05"),
        ({"written": "day-month-year", "months": "ar-LB"}, "15 آذار 2020", "2020-03-15"),
        ({"written": "day-month-year", "calendar": "hijri"}, "١٥/٣/١٤٤٢", "2020-11-01"),
        (
            {"written": "day-month-year", "calendar": "hijri", "months": "ar"},
            "15 ربيع الأول 1442",
            "2020-11-01",
        ),
        ({"written": "excel"}, "43528", "2019-03-04"),
        ({"written": "month-year", "months": "de"}, "März 2020", "2020-03"),
        ({"written": "year"}, "2019", "2019"),
        ({"written": "day-month-year", "two-digit-years-from": "1950"}, "04.03.50", "1950-03-04"),
        ({"written": "day-month-year", "two-digit-years-from": "1950"}, "04.03.49", "2049-03-04"),
    ],
)
def test_a_day_is_read_in_the_form_that_is_named(written: dict[str, str], text: str, recorded: str) -> None:
    assert read_day(text, DayPart.model_validate({"column": "day", **written})) == recorded


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("year-month-day", "2030-13-45"),
        ("day-month-year", "31.02.2020"),
        ("day-month-year", "04.03.19"),
        ("day-month-year", "March 2019"),
        ("year-month-day", "2019-03-03T23:00:00Z"),
        ("excel", "59"),
        ("year", "19"),
    ],
)
def test_a_day_of_another_form_is_not_guessed(form: str, text: str) -> None:
    with pytest.raises(NoSuchDay):
        read_day(text, DayPart.model_validate({"column": "day", "written": form}))


@pytest.mark.parametrize(
    ("part", "cell", "number"),
    [
        ({"decimal": "comma", "thousands": "point"}, "1.234,50", "1234.50"),
        ({"decimal": "comma", "thousands": "space"}, "1\u202f234,5", "1234.5"),
        ({"thousands": "comma"}, "1,234.5", "1234.5"),
        ({"thousands": "apostrophe"}, "1’234", "1234"),
        ({}, "١٢٫٥", "12.5"),
        ({"decimal": "comma", "thousands": "point"}, "1.23,5", None),
        ({}, "1,5", None),
    ],
)
def test_a_number_is_read_with_its_own_marks(
    desk: Desk, part: dict[str, str], cell: str, number: str | None
) -> None:
    desk.whole_days()
    mapping = desk.read_mapping()
    wanted = NumberPart.model_validate({"column": "n", **part})
    reader = _Reader({"n": cell}, mapping)
    if number is None:
        with pytest.raises(BadCell):
            reader._number(wanted)
    else:
        assert reader._number(wanted) == number


@pytest.mark.parametrize(
    ("old", "new", "taught"),
    [
        ("kind:", "kid:", r'mapping.yaml:\d+:1: kid: "kid" is not a word that is used here. Write "kind"'),
        ("currency: USD}\n  permit", "currency: XYZ}\n  permit", '"XYZ" is not a currency that is known'),
        ("source:", "encoding: klingon\nsource:", '"klingon" is not known. Write utf-8'),
        ("source:", "delimiter: ';;'\nsource:", "Write comma, semicolon, tab, pipe or one character"),
        ("issued: {year: year, month: month}", "issued: {column: year}", "a day is {column"),
        (
            "issued: {year: year, month: month}",
            "issued: {column: year, written: dmy}",
            '"dmy" is not a value',
        ),
        ("kind: {column: construction_type", "kind: {colum: construction_type", '"colum" is not a word'),
        ('  form: "[0-9]{6}|', '  form: "([0-9]{6}|', "is not a regular expression"),
        ("  contractor: {column: contractor", "  kind: {column: contractor", "a name is used once"),
    ],
)
def test_an_error_of_a_mapping_names_its_line_and_what_to_write(
    desk: Desk, old: str, new: str, taught: str
) -> None:
    desk.change(old, new)
    with pytest.raises(BadMapping, match=taught):
        desk.read()


def test_a_file_in_another_encoding_is_told_which_word_to_write(desk: Desk) -> None:
    with pytest.raises(BadRegister, match="encoding: cp1252"):
        desk.read_text(
            f"{desk.heading}\n2024,06,RBP-24-1,ZOÉ,1 ROAD,ROOF,SELF,1.00,1.00,,\n", encoding="cp1252"
        )


def test_a_workbook_is_told_to_be_saved_as_a_table(desk: Desk) -> None:
    workbook = desk.folder / "register.xlsx"
    workbook.write_bytes(b"PK\x03\x04")
    with pytest.raises(BadRegister, match="save the sheet as CSV"):
        desk.read_file(workbook)


def test_a_line_without_an_end_is_not_held_in_memory(desk: Desk) -> None:
    with pytest.raises(BadRegister, match="a line is longer"):
        desk.read_text(f"{desk.heading}\n{'x' * (2 << 20)}\n")


def test_a_row_of_another_width_is_told_what_to_look_for(desk: Desk) -> None:
    (fault,) = read_row(None, desk.read_mapping(), on=None).faults  # type: ignore[arg-type]
    assert "quotes" in fault.remedy

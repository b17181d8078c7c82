"""Reading a register: every row is imported or listed, whatever it holds, and never twice."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from rukhsa.issuance.legacy.legacy_document import LegacyDocument, LegacyImport
from rukhsa.issuance.legacy.mapping import BadMapping
from rukhsa.issuance.legacy.register_import import Totals, import_register
from rukhsa.issuance.legacy.table import BadRegister
from tests.rooms.issuance.legacy.conftest import MAPPING, SMALL

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("published")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report.csv"


def read(register: Path, report: Path) -> Totals:
    return import_register(register, mapping=MAPPING, report=report, at=AT)


def lines(report: Path) -> list[dict[str, str]]:
    with report.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(tmp_path: Path, *rows: str) -> Path:
    register = tmp_path / "register.csv"
    heading = SMALL.read_text(encoding="utf-8").splitlines()[0]
    register.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return register


def test_a_clean_row_becomes_a_legacy_document_with_its_row_kept_as_it_was(report: Path) -> None:
    read(SMALL, report)
    document = LegacyDocument.objects.get(number="240901")
    assert (document.row_number, document.holder, document.kind) == (
        4,
        "CEDAR HOLLOW LLC",
        "COMMERCIAL NEW BUILDING",
    )
    assert document.issued == "2024-05"
    assert document.amounts["hookup-fee"] == {"minor": 250_000, "currency": "USD"}
    assert document.raw["site_address"] == "7 MARKET SQUARE, SPEARFISH"


def test_a_number_in_small_letters_or_odd_hyphens_is_put_right_and_nothing_else_is(report: Path) -> None:
    read(SMALL, report)
    numbers = set(LegacyDocument.objects.values_list("number", flat=True))
    assert numbers == {"RBP-24-101", "RBP-24-102", "240901", "RBP-23-77", "23-0415"}
    assert LegacyDocument.objects.get(number="RBP-24-102").raw["permit_number"] == "RBP‐24‐102"


def test_each_kind_of_dirt_is_listed_with_its_row_field_and_reason(report: Path) -> None:
    totals = read(SMALL, report)
    assert totals == Totals(
        rows=12, imported=5, replaced=0, present=0, kept=0, refused=7, faults=10, omitted=0
    )
    assert [(line["row"], line["field"], line["code"]) for line in lines(report)] == [
        ("7", "permit_number", "missing"),
        ("8", "permit_number", "duplicate"),
        ("9", "permit_number", "duplicate"),
        ("10", "cost_approximate", "dirty-amount"),
        ("11", "permit_fee", "dirty-amount"),
        ("12", "year + month", "wrong-date"),
        ("13", "permit_number", "wrong-form"),
        ("13", "applicant_name", "missing"),
        ("13", "cost_approximate", "dirty-amount"),
        ("13", "outside_city_limits", "wrong-form"),
    ]


def test_both_rows_of_a_number_used_twice_stay_out_and_name_each_other(report: Path) -> None:
    read(SMALL, report)
    assert not LegacyDocument.objects.filter(number="RBP-23-60").exists()
    reasons = {line["row"]: line["reason"] for line in lines(report)}
    assert "row 9" in reasons["8"]
    assert "row 8" in reasons["9"]


def test_reading_the_same_register_again_imports_nothing_twice(report: Path) -> None:
    read(SMALL, report)
    again = read(SMALL, report)
    assert (again.imported, again.present, again.refused, again.rows) == (0, 5, 7, 12)
    assert (LegacyDocument.objects.count(), LegacyImport.objects.count()) == (5, 1)


def test_a_corrected_register_adds_the_rows_that_were_refused(tmp_path: Path, report: Path) -> None:
    read(SMALL, report)
    text = SMALL.read_text(encoding="utf-8").replace("SELF,-,48.00", "SELF,300.00,48.00")
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(text, encoding="utf-8")
    again = read(corrected, report)
    assert (again.imported, again.present, again.refused) == (1, 5, 6)


def test_a_row_of_another_width_is_refused_and_its_neighbours_are_not(tmp_path: Path, report: Path) -> None:
    good = "2024,06,RBP-24-1,A PERSON,1 ROAD,ROOF,SELF,1.00,1.00,,"
    totals = read(written(tmp_path, good, "2024,06,RBP-24-2", good.replace("24-1", "24-3") + ",more"), report)
    assert (totals.imported, totals.refused) == (1, 2)
    assert {line["code"] for line in lines(report)} == {"wrong-width"}


def test_a_name_with_a_character_that_turns_the_reading_direction_is_refused(
    tmp_path: Path, report: Path
) -> None:
    row = "2024,06,RBP-24-1,A \u202ePERSON,1 ROAD,ROOF,SELF,1.00,1.00,,"
    assert read(written(tmp_path, row), report).refused == 1
    assert lines(report)[0]["code"] == "unsealable-text"


def test_a_cell_that_a_spreadsheet_would_run_is_made_inert_in_the_report(
    tmp_path: Path, report: Path
) -> None:
    row = '2024,06,"=HYPERLINK(""http://x"")",A PERSON,1 ROAD,ROOF,SELF,1.00,1.00,,'
    read(written(tmp_path, row), report)
    assert not any(cell.startswith("=") for line in lines(report) for cell in line.values())


def test_a_register_without_a_column_of_the_mapping_is_refused_whole(tmp_path: Path, report: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_text("year,month\n2024,06\n", encoding="utf-8")
    with pytest.raises(BadRegister, match="permit_number"):
        read(register, report)


def test_a_register_that_is_not_text_is_refused(tmp_path: Path, report: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_bytes(b"\xff\xfe\x00\x00binary")
    with pytest.raises(BadRegister):
        read(register, report)


def test_a_mapping_with_an_unknown_word_is_refused_and_names_it(tmp_path: Path, report: Path) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text(MAPPING.read_text(encoding="utf-8") + "\nholdre: {column: x}\n", encoding="utf-8")
    with pytest.raises(BadMapping, match="holdre"):
        import_register(SMALL, mapping=mapping, report=report, at=AT)


def test_an_imported_row_can_be_neither_changed_nor_deleted(report: Path) -> None:
    read(SMALL, report)
    document = LegacyDocument.objects.get(number="240901")
    document.holder = "SOMEBODY ELSE"
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        document.save()


def test_the_command_prints_totals_that_add_up(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("legacy", "import", str(SMALL), f"--mapping={MAPPING}", f"--report={report}")
    assert "12 rows: 5 imported, 0 there already, 7 refused for 10 faults" in capsys.readouterr().out


def test_the_command_says_in_one_line_what_is_wrong_with_a_register(tmp_path: Path, report: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command(
            "legacy", "import", str(tmp_path / "nowhere.csv"), f"--mapping={MAPPING}", f"--report={report}"
        )


def test_all_rows_of_the_real_register_are_accounted_for(real_register: Path, report: Path) -> None:
    totals = read(real_register, report)
    assert totals.rows == 5_229
    assert totals.imported == LegacyDocument.objects.count()
    listed = {line["row"] for line in lines(report)}
    kept = set(map(str, LegacyDocument.objects.values_list("row_number", flat=True)))
    assert listed | kept == set(map(str, range(2, 5_231)))
    assert not listed & kept

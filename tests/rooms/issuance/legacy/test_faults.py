"""One row's fault never stops its batch, and no cell becomes a part of a path."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from rukhsa.issuance.issuing_stop import stop_issuing
from rukhsa.issuance.legacy.legacy_document import LegacyDocument, LegacyRefusal
from rukhsa.issuance.legacy.reissue import NotReissuable
from rukhsa.issuance.models import Instrument
from tests.rooms.issuance.legacy.conftest import REGISTER, City
from tests.rooms.issuance.legacy.registers import Desk

ROW = "2024,06,{number},A PERSON,1 ROAD,ROOF,SELF,1.00,1.00,,"


@pytest.fixture
def town(city: City, tmp_path: Path) -> City:
    """The city with a register of three rows. The numbers of the first two look like paths."""
    desk = Desk(tmp_path)
    desk.change("form", "")
    desk.change(
        "  permit-number: number\n", "  permit-number: issued\n"
    )  # what is printed is no path either way
    desk.read(*(ROW.format(number=number) for number in ("../../../../esc", "GO-04/A/12", "RBP-24-3")))
    return city


@pytest.mark.slow
def test_files_are_named_by_our_numbers_whatever_the_register_says(town: City, tmp_path: Path) -> None:
    before = set(tmp_path.parent.parent.rglob("esc*"))
    assert [done.code for done in town.reissue()] == ["", "", ""]
    numbers = Instrument.objects.values_list("intent__number", flat=True)
    assert {file.stem for file in town.files} == set(numbers)
    assert set(tmp_path.parent.parent.rglob("esc*")) == before


@pytest.mark.slow
def test_a_document_that_cannot_be_issued_is_recorded_and_the_others_go_on(town: City) -> None:
    spoilt = LegacyDocument.objects.get(number="GO-04/A/12")
    _spoil(spoilt, answers={**spoilt.answers, "issued-month": "2030-13-45!"})
    done = town.reissue()
    assert [bool(each.code) for each in done] == [False, True, False]
    (refusal,) = LegacyRefusal.objects.all()
    assert (refusal.document_id, refusal.code) == (spoilt.pk, "identifier-unreadable")
    assert [each.code for each in town.reissue()] == [each.code for each in done]
    assert LegacyRefusal.objects.count() == 1


@pytest.mark.slow
def test_a_fault_that_nobody_foresaw_stops_its_own_row_only(town: City) -> None:
    spoilt = LegacyDocument.objects.get(number="GO-04/A/12")
    _spoil(spoilt, issued="2024-06-99")  # no reading writes this
    assert [bool(each.code) for each in town.reissue()] == [False, True, False]
    _spoil(spoilt, issued="2024-06")
    assert [each.code for each in town.reissue()] == ["", "", ""]


@pytest.mark.slow
def test_the_command_lists_what_became_of_each_row(
    town: City,
) -> None:
    spoilt = LegacyDocument.objects.get(number="GO-04/A/12")
    _spoil(spoilt, answers={**spoilt.answers, "site": "R" * 149})
    running = town.start("legacy", "reissue", "--register", REGISTER, "--processes", "1")
    output, errors = running.communicate()
    assert running.returncode == 1
    assert "3 documents: 2 issued" in output, errors
    assert "row 3 (GO-04/A/12): NotIssuable" in errors
    assert "1 were refused (1 text-too-long)" in errors
    index = (town.data / "legacy" / REGISTER / "index.csv").read_text(encoding="utf-8").splitlines()
    assert len(index) == 4
    assert any(line.startswith("3,GO-04/A/12,,text-too-long,") for line in index)


def test_what_stops_all_issuing_is_no_fault_of_a_row(town: City) -> None:
    stop_issuing(reason="a rehearsal", operator="the tests", at=timezone.now())
    with pytest.raises(NotReissuable, match="issuing-stopped"):
        town.reissue()
    assert not LegacyRefusal.objects.exists()


def test_a_register_that_is_only_looked_up_is_not_issued(city: City, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    text = desk.mapping.read_text(encoding="utf-8")
    desk.mapping.write_text(text.partition("answers:")[0] + "answers: {}\n", encoding="utf-8")
    assert desk.read(ROW.format(number="RBP-24-3")).imported == 1
    with pytest.raises(CommandError, match="only looked up"):
        call_command("legacy", "reissue", f"--register={REGISTER}")


def test_a_refusal_is_a_fact(town: City) -> None:
    document = LegacyDocument.objects.earliest("pk")
    refusal = LegacyRefusal.objects.create(document=document, code="x", reason="y", at=timezone.now())
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        refusal.delete()


def _spoil(document: LegacyDocument, **fields: object) -> None:
    """Change a row behind the back of the database's guard, as no program of ours can."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE issuance_legacydocument DISABLE TRIGGER USER")
        LegacyDocument.objects.filter(pk=document.pk).update(**fields)
        cursor.execute("ALTER TABLE issuance_legacydocument ENABLE TRIGGER USER")

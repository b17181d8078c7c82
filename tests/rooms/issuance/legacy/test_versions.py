"""A corrected register or mapping replaces what was not issued yet; what was issued stays, and is compared."""

from pathlib import Path

import pytest
from django.db import connection

from rukhsa.issuance.legacy.legacy_document import LegacyDocument
from rukhsa.issuance.legacy.register_import import Totals
from rukhsa.issuance.legacy.table import BadRegister
from rukhsa.issuance.models import Instrument
from tests.rooms.issuance.legacy.conftest import REGISTER, City
from tests.rooms.issuance.legacy.registers import Desk

ONE = "2024,06,RBP-24-1,A PERSON,1 ROAD,ROOF,SELF,1.00,1.00,,"
TWO = "2024,06,RBP-24-2,ANOTHER,2 ROAD,ROOF,SELF,1.00,1.00,,"


def counted(totals: Totals) -> dict[str, int]:
    names = ("imported", "replaced", "present", "kept", "refused", "omitted")
    return {name: getattr(totals, name) for name in names if getattr(totals, name)}


def current(number: str) -> LegacyDocument:
    return LegacyDocument.objects.current().get(number=number)


def test_a_corrected_row_takes_the_place_of_the_one_before(desk: Desk) -> None:
    desk.read(ONE, TWO)
    assert counted(desk.read(ONE.replace("A PERSON", "A PERSON JR"), TWO)) == {"replaced": 1, "present": 1}
    assert current("RBP-24-1").holder == "A PERSON JR"
    first = LegacyDocument.objects.get(number="RBP-24-1", replaces=None)
    assert current("RBP-24-1").origin == first.origin == f"legacy:{first.pk}"


def test_a_corrected_mapping_takes_the_place_of_what_was_read_by_the_one_before(desk: Desk) -> None:
    desk.read(ONE)
    desk.change("contractor: {column: contractor,", "contractor: {column: construction_type,")
    assert counted(desk.read(ONE)) == {"replaced": 1}
    assert current("RBP-24-1").answers["contractor"] == "ROOF"


def test_what_has_no_row_any_more_is_left_out_and_comes_back_with_its_row(desk: Desk) -> None:
    desk.read(ONE, TWO)
    assert counted(desk.read(ONE)) == {"present": 1, "omitted": 1}
    assert not LegacyDocument.objects.current().filter(number="RBP-24-2").exists()
    assert counted(desk.read(ONE, TWO)) == {"present": 1, "imported": 1}
    assert current("RBP-24-2").holder == "ANOTHER"


def test_a_row_that_can_no_longer_be_believed_takes_its_document_out(desk: Desk) -> None:
    desk.read(ONE, TWO)
    assert counted(desk.read(ONE, ONE, TWO)) == {"present": 1, "refused": 2, "omitted": 1}


def test_a_part_of_a_register_leaves_the_other_part_as_it_is(desk: Desk) -> None:
    desk.read(ONE)
    assert counted(desk.read(TWO, part=True)) == {"imported": 1}
    assert LegacyDocument.objects.current().count() == 2


def test_reading_an_earlier_version_again_brings_back_what_it_said(desk: Desk) -> None:
    desk.read(ONE)
    desk.read(ONE.replace("A PERSON", "A PERSON JR"))
    assert counted(desk.read(ONE)) == {"replaced": 1}
    assert current("RBP-24-1").holder == "A PERSON"


def test_a_reading_that_fails_changes_nothing(desk: Desk) -> None:
    desk.read(ONE)
    broken = f'{desk.heading}\n{TWO}\n"a quote that never ends'
    with pytest.raises(BadRegister):
        desk.read_text(broken)
    assert [document.number for document in LegacyDocument.objects.current()] == ["RBP-24-1"]


def test_what_was_issued_stays_and_its_row_is_told_field_by_field(city: City, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.read(ONE, TWO)
    (done,) = city.reissue(limit=1)
    changed = desk.read(ONE.replace("1 ROAD", "9 ROAD"), TWO.replace("2 ROAD", "8 ROAD"))
    assert counted(changed) == {"kept": 1, "replaced": 1}
    assert [(line["row"], line["field"], line["code"]) for line in desk.report()] == [
        ("2", "answers.site", "issued-differently"),
        ("2", "place", "issued-differently"),
    ]
    assert done.number in desk.report()[0]["reason"]
    assert [each.code for each in city.reissue()] == ["", ""]
    facts = [each.intent.facts["6"] for each in Instrument.objects.select_related("intent")]
    assert sorted(facts) == ["1 ROAD", "8 ROAD"]


def test_an_issued_document_whose_row_is_gone_is_told(city: City, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.read(ONE, TWO)
    (done,) = city.reissue(limit=1)
    assert counted(desk.read(TWO)) == {"present": 1}
    (line,) = desk.report()
    assert (line["code"], line["number"]) == ("issued-without-row", "RBP-24-1")
    assert done.number in line["reason"]


@pytest.mark.django_db(transaction=True)
def test_a_register_is_not_read_while_another_process_issues_it(city: City, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", [f"legacy:{REGISTER}"])
        with pytest.raises(BadRegister, match="imported or issued just now"):
            desk.read(ONE)
        with (
            other.cursor() as cursor
        ):  # PostgreSQL frees what a closed connection held a moment after it is closed
            cursor.execute("SELECT pg_advisory_unlock_shared(hashtext(%s))", [f"legacy:{REGISTER}"])
    finally:
        other.close()
    assert desk.read(ONE).imported == 1

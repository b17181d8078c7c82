"""What the service could not issue is refused when a register is read, with row, field and remedy."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command

from rukhsa.issuance.legacy.legacy_document import LegacyDocument
from rukhsa.issuance.legacy.mapping import BadMapping
from tests.rooms.issuance.legacy.registers import Desk

GOOD = "2024,06,RBP-24-1,A PERSON,1 ROAD,ROOF,SELF,1.00,1.00,,"


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (GOOD.replace("1 ROAD", "R" * 149), "site_address", "text-too-long"),
        (GOOD.replace("RBP-24-1", "RBP-24-1/ESCAPE-FROM"), "permit_number", "text-too-long"),
        (GOOD.replace("A PERSON", "\u6f22\u5b57"), "applicant_name", "no-letter"),
        (GOOD.replace("1 ROAD", "1 ROAD \u6f22"), "site_address", "no-letter"),
        (GOOD.replace("2024,06", "2030,13"), "year + month", "wrong-date"),
        (GOOD.replace("2024,06", "2199,06"), "year + month", "wrong-date"),
        (GOOD.replace("SELF", "S\0ELF"), "contractor", "unsealable-text"),
        (GOOD.replace(",1.00,1.00", ",-1.00,1.00"), "cost_approximate", "dirty-amount"),
    ],
)
def test_a_row_that_the_service_could_not_issue_is_refused_with_its_field_and_remedy(
    desk: Desk, row: str, field: str, code: str
) -> None:
    desk.change("form", "")
    totals = desk.read(row, GOOD.replace("RBP-24-1", "RBP-24-2"))
    assert (totals.imported, totals.refused) == (1, 1)
    (line,) = desk.report()
    assert (line["row"], line["field"], line["code"]) == ("2", field, code)
    assert line["remedy"]


def test_an_unknown_kind_of_a_list_is_refused_and_a_known_one_is_called_as_the_service_does(
    desk: Desk,
) -> None:
    desk.choice_of_kinds()
    totals = desk.read(GOOD, GOOD.replace("RBP-24-1", "RBP-24-2").replace("ROOF", "SPACE PORT"))
    assert (totals.imported, totals.refused) == (1, 1)
    assert [(line["row"], line["code"]) for line in desk.report()] == [("3", "unknown-value")]
    assert LegacyDocument.objects.get().answers["construction-type"] == "roof"


def test_an_answer_that_is_none_of_the_list_is_refused_by_the_service_itself(desk: Desk) -> None:
    desk.choice_of_kinds(values=False)
    assert desk.read(GOOD).refused == 1
    assert desk.report()[0]["code"] == "choice-unknown"


def test_a_whole_day_that_is_none_is_refused(desk: Desk) -> None:
    desk.whole_days()
    totals = desk.read_text("day,number\n2030-13-45,1\n31.12.2019,2\n2019-12-31,3\n")
    assert (totals.imported, totals.refused) == (1, 2)
    assert LegacyDocument.objects.get().issued == "2019-12-31"


def test_rows_that_are_the_same_in_every_cell_are_refused_where_there_are_no_numbers(desk: Desk) -> None:
    desk.without_numbers()
    row = GOOD.replace("RBP-24-1", "")
    assert desk.read(row, row, row.replace("1 ROAD", "2 ROAD")).refused == 2
    assert {line["code"] for line in desk.report()} == {"duplicate"}


def test_a_question_that_the_service_does_not_have_is_taught_with_its_line(desk: Desk) -> None:
    desk.change("  site: place", "  sight: place")
    with pytest.raises(
        BadMapping, match=r'mapping.yaml:\d+:\d+: answers.sight: .*no question "sight".*"site"'
    ):
        desk.read(GOOD)


def test_a_fact_of_the_document_that_nothing_answers_is_taught(desk: Desk) -> None:
    desk.change("  site: place\n", "")
    with pytest.raises(BadMapping, match='states the answer to "site"'):
        desk.read(GOOD)


def test_no_day_is_invented_where_the_register_has_only_a_month(desk: Desk) -> None:
    desk.service(
        "{id: issued-month, type: identifier, at-most: 10,",
        "{id: issued-month, type: date,",
        "type: identifier, question: issued-month",
        "type: date, question: issued-month",
    )
    with pytest.raises(BadMapping, match="only a month or a year"):
        desk.read(GOOD)


def test_a_service_that_is_not_published_is_said_before_any_row_is_read(desk: Desk) -> None:
    desk.change("service: building-permit", "service: other-permit")
    with pytest.raises(BadMapping, match="other-permit is not published"):
        desk.read(GOOD)


def test_the_command_counts_the_reasons(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    register = desk.written(GOOD, GOOD.replace("RBP-24-1", "?"))
    call_command("legacy", "import", str(register), f"--mapping={desk.mapping}", f"--report={desk.listed}")
    assert "1  permit_number wrong-form" in capsys.readouterr().out


def test_the_report_is_a_table_that_a_spreadsheet_opens(desk: Desk) -> None:
    desk.read(GOOD.replace("RBP-24-1", "?"))
    with Path(desk.listed).open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["row", "number", "field", "code", "reason", "remedy"]

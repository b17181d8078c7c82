"""Many applications from a spreadsheet: checked row by row, submitted once each, and paid by one payment."""

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application, Step
from rukhsa.batches import submitting
from rukhsa.batches.batch import confirm
from rukhsa.batches.models import Batch
from rukhsa.batches.submitting import submit_next
from tests import applicants

pytestmark = pytest.mark.django_db
SERVICE = "proof-of-residence"
HEAD = [
    "home.flat", "home.building", "home.road", "home.block", "tenure", "living-since", "purpose",
    "deed",
]  # fmt: skip


@pytest.fixture
def layla(open_town: None) -> Person:
    return applicants.layla()


@pytest.fixture
def browser(layla: Person) -> Client:
    return applicants.signed_in(layla)


def row(number: int, **changes: str) -> list[str]:
    right = dict(
        zip(HEAD, ["", str(number), "1705", "317", "owner", "2020-05-01", "bank", "card.png"], strict=True)
    )
    return list((right | {key.replace("_", "-"): value for key, value in changes.items()}).values())


def sheet(*rows: list[str], name: str = "rows.csv", head: list[str] | None = None) -> SimpleUploadedFile:
    text = "\n".join(",".join(cells) for cells in (head or HEAD, *rows))
    return SimpleUploadedFile(name, text.encode())


def send(browser: Client, file: SimpleUploadedFile, **more: Any) -> Any:
    given = {"sheet": file, "files": [applicants.picture()]} | more
    return browser.post(f"/services/{SERVICE}/many", {key: value for key, value in given.items() if value})


def the_batch() -> Batch:
    return Batch.objects.get()


def told(batch: Batch) -> dict[int, list[str]]:
    """What is wrong, by row: the column and the sentence in English."""
    return {
        each.number: [f"{one['column']}: {one['text']['en']}" for one in each.problems]
        for each in batch.rows.all()
        if each.problems
    }


def test_good_rows_become_applications_once_and_the_others_are_told(browser: Client, layla: Person) -> None:
    file = sheet(row(1), row(2, tenure="squatter"), row(3, living_since="tomorrow"), row(4))
    assert send(browser, file).status_code == 302
    batch = the_batch()
    assert told(batch) == {
        3: ["tenure: Choose one option from the list."],
        4: ["living-since: Enter a date, like 2026-12-01."],
    }
    assert not Application.objects.exists(), "the check alone submits nothing"
    page = browser.get(f"/batches/{batch.pk}/").content.decode()
    assert "2 of 4 rows must be corrected" in page
    assert "Submit 2 applications" in page

    browser.post(f"/batches/{batch.pk}/", {"confirm": "1"})
    browser.post(f"/batches/{batch.pk}/", {"confirm": "1"})
    for _ in range(3):
        submit_next(batch_of(batch))

    applications = Application.objects.filter(stage="submitted")
    assert applications.count() == Application.objects.count() == 2
    assert set(Step.objects.values_list("actor", flat=True)) == {layla.pk}
    page = browser.get(f"/batches/{batch.pk}/").content.decode()
    assert all(one.reference in page for one in applications)
    assert "2 rows were not submitted." in page


def batch_of(batch: Batch) -> Batch:
    return Batch.objects.select_related("service_version", "person", "company").get(pk=batch.pk)


def test_a_fault_in_the_middle_is_resumed_and_no_row_is_submitted_twice(
    browser: Client, layla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(browser, sheet(*map(row, range(1, 6))))
    confirm(the_batch(), actor=applicants.acting(layla), at=timezone.now())
    submit, calls = submitting.applying.submit, []

    def breaks(application: Application, **more: Any) -> Application:
        calls.append(application)
        if len(calls) == 3:
            raise SystemExit("the machine went down")
        return submit(application, **more)

    monkeypatch.setattr(submitting.applying, "submit", breaks)
    with pytest.raises(SystemExit, match="went down"):
        submit_next(batch_of(the_batch()))
    assert Application.objects.count() == 2, "the third was taken back whole"
    monkeypatch.undo()

    submit_next(batch_of(the_batch()))
    assert Application.objects.filter(stage="submitted").count() == Application.objects.count() == 5


def test_a_row_that_fails_keeps_no_other_from_being_submitted(
    browser: Client, layla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(browser, sheet(*map(row, range(1, 5))))
    confirm(the_batch(), actor=applicants.acting(layla), at=timezone.now())
    submit, calls = submitting.applying.submit, []

    def breaks(application: Application, **more: Any) -> Application:
        calls.append(application)
        if len(calls) == 1:
            raise OSError("the first row has something that nobody foresaw")
        return submit(application, **more)

    monkeypatch.setattr(submitting.applying, "submit", breaks)
    with pytest.raises(OSError, match="nobody foresaw"):
        submit_next(batch_of(the_batch()), most=3)
    assert Application.objects.count() == 2
    jobs = ProcrastinateJob.objects.filter(task_name="batches.submit_rows", status="todo")
    assert jobs.exists(), "the rows that are left are queued"


def test_a_run_takes_some_rows_and_queues_the_rest(browser: Client, layla: Person) -> None:
    send(browser, sheet(*map(row, range(1, 4))))
    confirm(the_batch(), actor=applicants.acting(layla), at=timezone.now())
    submit_next(batch_of(the_batch()), most=2)
    assert Application.objects.count() == 2
    submit_next(batch_of(the_batch()), most=2)
    assert Application.objects.count() == 3


def test_files_are_named_by_row_or_one_is_for_all_and_more_can_follow(browser: Client) -> None:
    file = sheet(row(1), row(2, deed="deed.png"), row(3, deed=""))
    send(browser, file)
    assert told(the_batch()) == {
        3: ["deed: No file with the name deed.png came with the spreadsheet."],
        4: ["deed: Write the name of a file, or send one file for all rows."],
    }
    first = the_batch()
    browser.post(
        f"/batches/{first.pk}/",
        {"files": [applicants.picture("deed.png")], "all.deed": applicants.picture("all.png")},
    )
    second = Batch.objects.exclude(pk=first.pk).get()
    assert told(second) == {}
    browser.post(f"/batches/{second.pk}/", {"confirm": "1"})
    submit_next(batch_of(second))
    names = Application.objects.values_list("attachments__name", flat=True)
    assert sorted(names) == ["card.png", "deed", "deed.png"]


def test_what_a_stranger_may_send_is_understood(browser: Client) -> None:
    arabic = "\ufeff" + ";".join(HEAD) + "\r\n" + ";".join(
        ["", "١٢٣", "1705", "317", "مالك", "01/05/2020", "bank", "card.png"]
    )  # fmt: skip
    send(browser, SimpleUploadedFile("excel.csv", arabic.encode()))
    typed = the_batch().rows.get().typed
    assert (told(the_batch()), typed["tenure"], typed["living-since"]) == ({}, "owner", "2020-05-01")


def workbook(*rows: list[Any]) -> SimpleUploadedFile:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for cells in (HEAD, *rows):
        book.worksheets[0].append(cells)
    book.worksheets[0].merge_cells("A3:B3")
    book.save(file)
    return SimpleUploadedFile("rows.xlsx", file.getvalue())


def test_a_workbook_with_serial_days_numbers_merged_cells_and_a_formula(browser: Client) -> None:
    numbers: list[Any] = ["", 123, 1705.0, 317, "Owner", 43952, "bank", "card.png"]
    formula: list[Any] = ["", "=120+3", 1705, 317, "owner", "2020-05-01", "bank", "card.png"]
    merged = list(numbers)
    merged[1] = None
    send(browser, workbook(numbers, merged, formula))
    assert the_batch().rows.get(number=2).typed["living-since"] == "2020-05-01"
    found = told(the_batch())
    assert 2 not in found
    assert found[4] == ["home.building: This cell contains a formula. Replace it with its value."]
    assert len(found[3]) == 1


REFUSED = {
    "empty": b"",
    "only headings": ",".join(HEAD).encode(),
    "10,001 rows": (",".join(HEAD) + "\n" + "1,1,1,1,1,1,1,1\n" * 10_001).encode(),
    "noise": bytes(range(256)) * 8,
    "half a workbook": workbook(["1"]).read()[:900],
    "unknown column": b"home.flat,surprise\n1,2",
    "a column twice": b"home.flat,home.flat\n1,2",
}


@pytest.mark.parametrize("kind", [*REFUSED, "zip bomb", "macros"])
def test_what_cannot_be_read_is_refused_with_a_sentence_and_nothing_is_kept(
    browser: Client, kind: str
) -> None:
    if kind == "zip bomb":
        content = _changed("xl/worksheets/sheet9.xml", b" " * (70 << 20))
    elif kind == "macros":
        content = _changed("xl/vbaProject.bin", b"x")
    else:
        content = REFUSED.get(kind, b"x")
    answer = send(browser, SimpleUploadedFile("rows.xlsx", content))
    assert answer.status_code == 422
    assert b"There is a problem" in answer.content
    assert not Batch.objects.exists()


def _changed(part: str, content: bytes) -> bytes:
    file = io.BytesIO(workbook(row(1)).read())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(part, content)
    return file.getvalue()


def test_the_template_has_the_columns_in_the_language_of_the_page_and_is_taken_back(browser: Client) -> None:
    answer = browser.get(f"/services/{SERVICE}/many/template")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    headings = [cell.value for cell in book.worksheets[0][1]]
    assert any(heading.endswith(" – Building *") for heading in headings)
    assert [cell.value for cell in book.worksheets[1]["B"]].count("Owner") == 1
    assert book.worksheets[0].data_validations.dataValidation
    book.worksheets[0].append(["x"] * len(headings))
    file = io.BytesIO()
    book.save(file)
    send(browser, SimpleUploadedFile("filled.xlsx", file.getvalue()))
    assert the_batch().rows.count() == 1


def test_no_one_else_reaches_a_batch(browser: Client) -> None:
    send(browser, sheet(row(1)))
    stranger = applicants.signed_in(applicants.neighbour())
    assert browser.get(f"/batches/{the_batch().pk}/").status_code == 200
    assert stranger.get(f"/batches/{the_batch().pk}/").status_code == 404
    assert stranger.post(f"/batches/{the_batch().pk}/", {"confirm": "1"}).status_code == 404
    assert the_batch().confirmed_at is None


def test_the_check_asks_the_database_no_more_for_many_rows(
    browser: Client, django_assert_max_num_queries: Any
) -> None:
    send(browser, sheet(row(1)))
    with django_assert_max_num_queries(60):
        send(browser, sheet(*map(row, range(2, 42))))
    assert Batch.objects.count() == 2


# Written by LibreOffice 25.2: a day, a number and a number in Arabic digits; the CSV with semicolons.
SAMPLES = Path(__file__).with_name("sheets")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_libreoffice_writes_is_taken(browser: Client, kind: str) -> None:
    file = SAMPLES / f"libreoffice.{kind}"
    send(browser, SimpleUploadedFile(file.name, file.read_bytes()))
    typed = [each.typed for each in the_batch().rows.order_by("number")]
    assert told(the_batch()) == {}
    assert [each["living-since"] for each in typed] == ["2020-05-01", "2020-06-02"]
    assert {each["tenure"] for each in typed} == {"owner"}


@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_of_a_kind_that_is_not_read_its_person_is_told_how_to_save_it(browser: Client, kind: str) -> None:
    file = SAMPLES / f"libreoffice.{kind}"
    answer = send(browser, SimpleUploadedFile(file.name, file.read_bytes()))
    assert answer.status_code == 422
    assert "then “Excel (.xlsx)”" in answer.content.decode()
    assert not Batch.objects.exists()

"""The journal of an authority is whole and its own alone; it is filtered, read by page, and taken as a file."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application, Attachment
from rukhsa.audit.journal import record
from rukhsa.audit.models import JournalEntry
from rukhsa.audit.placing import place_older
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, person
from tests.web.desk.holdings import A, B

pytestmark = pytest.mark.django_db


@pytest.fixture
def mariam_reads(mariam: Client, application: Application) -> Client:
    """The supervisor's browser, after the applicant, the system and an officer acted."""
    layla, salem = works.act_as(application.applicant), works.act_as(person("salem", works.authority()))
    record("attach", application.attachments.get(), actor=layla, at=SUNDAY)
    record("assess", application, actor=None, at=SUNDAY)
    record("see-attachment", application.attachments.get(), actor=salem, at=SUNDAY)
    return mariam


def read(client: Client, **sought: object) -> str:
    return client.get(reverse("desk:journal"), sought).content.decode()


def test_what_applicants_and_the_system_did_is_in_it(mariam_reads: Client) -> None:
    page = read(mariam_reads)
    for words in ("Attached a file", "Calculated a charge", "Viewed a file", "the system"):
        assert f"{words}" in page.partition("<tbody>")[2], words


def test_files_are_named(mariam_reads: Client, application: Application) -> None:
    file: Attachment = application.attachments.get()
    page = read(mariam_reads)
    assert "route.png" in page
    assert f">{str(file.pk)[:8]}<" not in page
    assert application.reference in page


def test_what_happens_at_another_authority_is_not_in_it(mariam_reads: Client, sign_in: SignIn) -> None:
    elsewhere = works.authority(B.code, B.ordinal)
    both = works.staff("both@town.example", "", "Both", Role.SUPERVISOR, at=works.authority())
    works.hire(both, Role.SUPERVISOR, at=elsewhere)
    record("see-mandates", elsewhere, actor=works.act_as(both), at=SUNDAY)
    record("see-workload", both, actor=works.act_as(both), at=SUNDAY)  # at both of them
    page = read(mariam_reads).partition("<tbody>")[2]
    assert "Viewed who may decide what" not in page
    assert "Looked at the workload of officers" in page


@pytest.mark.parametrize(
    ("sought", "there", "gone"),
    [
        ({"act": "assess"}, "Calculated a charge", "Attached a file"),
        ({"who": "salem"}, "Viewed a file", "Attached a file"),
        ({"day": SUNDAY.date().isoformat()}, "Viewed a file", "Viewed the journal"),
    ],
)
def test_it_is_found_by_person_act_and_day(
    mariam_reads: Client, sought: dict[str, str], there: str, gone: str
) -> None:
    if "who" in sought:
        sought = {"who": str(person("salem", works.authority()).pk)}
    rows = read(mariam_reads, **sought).partition("<tbody>")[2]
    assert there in rows
    assert gone not in rows


def test_a_day_without_entries_says_so(mariam_reads: Client) -> None:
    page = read(mariam_reads, day="2020-01-01")
    assert ("<tbody>" in page, "No matching entries" in page) == (False, True)


def test_it_is_found_by_case_and_says_so_when_there_is_none(
    mariam_reads: Client, application: Application
) -> None:
    record("see-workload", works.authority(), actor=None, at=SUNDAY)
    rows = read(mariam_reads, case=application.reference).partition("<tbody>")[2]
    assert "Looked at the workload" not in rows
    assert "Attached a file" in rows
    assert "No application here has this reference." in read(mariam_reads, case="MUH-2026-000009")


def test_pages_follow_one_another_without_a_gap_and_keep_the_filter(mariam_reads: Client) -> None:
    layla = works.layla()
    for minute in range(120):
        record("assess", works.authority(), actor=None, at=SUNDAY + timedelta(minutes=minute))
    wanted = JournalEntry.objects.filter(act="assess").count()
    address, seen = f"{reverse('desk:journal')}?act=assess", 0
    while address:
        response = mariam_reads.get(address)
        seen += len(response.context["lines"])
        address = response.context["older"]
        assert not address or "act=assess" in address
    assert (seen, layla.pk is not None) == (wanted, True)


def test_a_page_takes_the_same_number_of_statements_however_long_the_journal_is(mariam_reads: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            read(mariam_reads)
        return len(found)

    statements()
    before = statements()
    for _ in range(60):
        record("assess", works.authority(), actor=None, at=SUNDAY)
    assert statements() <= before


def test_the_file_has_the_same_entries_and_is_itself_recorded(mariam_reads: Client) -> None:
    answer = mariam_reads.post(reverse("desk:export-journal"), {"act": "assess"})
    lines = answer.getvalue().decode().splitlines()
    assert answer.status_code == HTTPStatus.OK
    assert lines[0].startswith("entry,at,act,by,subject")
    assert {line.split(",")[2] for line in lines[1:]} == {"assess"}
    noted = JournalEntry.objects.get(act="export-journal")
    assert (noted.authority, noted.detail["sought_act"]) == (A.code, "assess")


def test_entries_of_an_earlier_version_are_placed_and_then_read(
    mariam_reads: Client, application: Application
) -> None:
    file, salem = application.attachments.get(), person("salem", works.authority())
    older = JournalEntry.objects.create(
        at=timezone.now(), actor=salem.pk, act="see-original", subject_kind="applications.attachment",
        subject=str(file.pk), detail={},
    )  # fmt: skip
    assert "still being sorted" in read(mariam_reads)
    assert place_older() == 1
    assert place_older() == 0
    older.refresh_from_db()
    assert (older.authority, older.application) == (A.code, application.pk)
    page = read(mariam_reads)
    assert "still being sorted" not in page
    assert "Downloaded a file as it was sent" in page.partition("<tbody>")[2]


@pytest.mark.parametrize("change", ["act = 'other'", "authority = 'MUH'", "detail = '{}', authority = NULL"])
def test_an_entry_that_has_its_place_is_never_changed(mariam_reads: Client, change: str) -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="facts are written once"),
        transaction.atomic(),
    ):
        cursor.execute(f"UPDATE audit_journalentry SET {change}")
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("DELETE FROM audit_journalentry")


def test_placing_changes_nothing_else(application: Application) -> None:
    entry = JournalEntry.objects.create(at=SUNDAY, act="look", subject_kind="x", subject="y")
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="facts are written once"),
        transaction.atomic(),
    ):
        cursor.execute(
            "UPDATE audit_journalentry SET authority = 'CAP', act = 'other' WHERE id = %s", [entry.pk]
        )

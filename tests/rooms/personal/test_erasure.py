"""Erasure takes personal values and files, and nothing else: rows stay with their hashes, and facts stay guarded."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.agreement import NotToBeDecided, ProposedByYourself, UnderWay
from rukhsa.applications import blobs
from rukhsa.applications.application import Step
from rukhsa.applications.models import Application, Attachment
from rukhsa.applications.stages import Act, Stage
from rukhsa.applications.taken import take
from rukhsa.audit.models import JournalEntry
from rukhsa.correspondence.conversation import Message, write_as_applicant
from rukhsa.payments.deposit import release
from rukhsa.payments.forfeiture import propose_forfeiture
from rukhsa.payments.models import Attempt, HeldDeposit, Payout
from rukhsa.payments.payout import propose_payout
from rukhsa.personal import retention
from rukhsa.personal.dispute_hold import (
    HoldWithoutEnd,
    approve_hold,
    propose_hold,
    propose_lift,
    refuse_hold,
)
from rukhsa.personal.erasure import ERASABLE, StillKept, erase, erase_each
from rukhsa.personal.erasure_hold import holds_on
from rukhsa.personal.models import DisputeHold, ErasedValue, Erasure
from rukhsa.personal.retention_rule import rules
from rukhsa.values.money import Money
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import IBAN, owed_charge, paid_deposit, person, picture

pytestmark = pytest.mark.django_db
LATER = SUNDAY + timedelta(days=366 * 6)
WHY = {"rule": "refused", "why": "Five years are over.", "cause": "retention"}


@pytest.fixture
def refused() -> Application:
    """Layla's road works with a file and a message, refused on that Sunday."""
    application = works.submitted(works.publish(works.works()))
    content = picture("red")
    digest = blobs.keep(content)
    Attachment.objects.create(
        application=application, document="drawing", name="layla-route.png", digest=digest, shown_digest=digest,
        media_type="image/png", size=len(content), added_by=application.applicant, added_at=SUNDAY,
    )  # fmt: skip
    file = take(ContentFile(picture("blue"), name="pole.png"))
    write_as_applicant(
        application, "My phone is 36000000", [file], actor=works.act_as(application.applicant), at=SUNDAY
    )
    Step.objects.create(
        application=application, act=Act.REFUSE, stage_before=Stage.SUBMITTED, stage_after=Stage.REFUSED, at=SUNDAY
    )  # fmt: skip
    Application.objects.filter(pk=application.pk).update(stage=Stage.REFUSED)
    return Application.objects.get(pk=application.pk)


def data_officer(name: str) -> Person:
    """A data protection officer."""
    return works.staff(f"{name}@town.example", "", name.title(), Role.DATA_PROTECTION, at=works.authority())


def whole_text() -> str:
    """Everything that the erasable tables hold, as text."""
    with connection.cursor() as cursor:
        found = []
        for table in sorted({each.table for each in ERASABLE}):
            cursor.execute(f"SELECT coalesce(string_agg(to_jsonb(held)::text, ' '), '') FROM {table} AS held")
            found.append(cursor.fetchone()[0])
    return " ".join(found)


def test_answers_words_names_and_files_are_gone_and_the_rows_stay(
    refused: Application, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    before = {each.table: _count(each.table) for each in ERASABLE}
    message, digests = Message.objects.get(), set(refused.attachments.values_list("digest", flat=True))
    text = json.dumps(message.text)
    with django_capture_on_commit_callbacks(execute=True):
        erasure = erase(refused, **WHY, actor=None, at=LATER)
    assert {each.table: _count(each.table) for each in ERASABLE} == before
    held = whole_text()
    for personal in ("36000000", "layla-route", "closes-lane", "pole.png"):
        assert personal not in held
    for digest in digests:
        with pytest.raises(FileNotFoundError):
            blobs.fetch(digest)
    kept = ErasedValue.objects.get(erasure=erasure, table="correspondence_message")
    assert kept.digest == hashlib.sha256((kept.salt + text).encode()).hexdigest()
    assert (erasure.rule, erasure.why, erasure.at) == ("refused", "Five years are over.", LATER)
    entry = JournalEntry.objects.get(act="erase")
    assert (entry.application, entry.detail["values"]) == (refused.pk, erasure.values.count())


def test_once_more_changes_nothing(refused: Application) -> None:
    first = erase(refused, **WHY, actor=None, at=LATER)
    count = ErasedValue.objects.count()
    assert erase(refused, **WHY, actor=None, at=LATER) == first
    assert ErasedValue.objects.count() == count > 0


def test_a_file_that_another_application_has_too_stays(
    refused: Application, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    file = refused.attachments.get()
    other = works.submitted(refused.service_version, reference="CAP-2026-000002")
    file.pk, file.application, file._state.adding = None, other, True
    Attachment.objects.create(
        application=other, document="drawing", name="a.png", digest=file.digest, media_type="image/png",
        size=file.size, added_by=other.applicant, added_at=SUNDAY,
    )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        erase(refused, **WHY, actor=None, at=LATER)
    assert blobs.fetch(file.digest)


def test_a_photo_that_stands_elsewhere_too_stays(
    refused: Application, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """An officer shows a sent file again as what was broken: the deposit's decision keeps its evidence."""
    file = refused.attachments.get()
    line = paid_deposit(works.submitted(refused.service_version, reference="CAP-2026-000003"), 3)
    salem = works.act_as(person("salem", works.authority()))
    money = Money(minor=1_000, currency="BHD")
    propose_forfeiture(line, money, reason="كسر", photos=[file.digest], actor=salem, at=SUNDAY)
    with django_capture_on_commit_callbacks(execute=True):
        erase(refused, **WHY, actor=None, at=LATER)
    assert blobs.fetch(file.digest)


STEP = "UPDATE applications_step SET"


@pytest.mark.parametrize(
    "change",
    [
        f"{STEP} content = '{{}}' WHERE content <> '{{}}'",  # no hash was written down
        f"{STEP} content = '{{\"answers\": 1}}'",
        f"{STEP} act = 'withdraw'",
        f"{STEP} actor_id = NULL",
        "UPDATE correspondence_message SET text = ''",
        "UPDATE correspondence_message SET text = 'other'",
        "UPDATE correspondence_enclosure SET digest = ''",
        "DELETE FROM applications_step",
        "DELETE FROM correspondence_message",
    ],
)
def test_the_database_refuses_every_other_change_of_a_fact(refused: Application, change: str) -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="facts are written once"),
        transaction.atomic(),
    ):
        cursor.execute(change)


@pytest.mark.parametrize(
    "change",
    [
        f"{STEP} content = '{{\"answers\": {{}}}}' WHERE act = 'submit'",  # filled again
        f"{STEP} act = 'refuse', content = '{{}}'",
        "UPDATE correspondence_message SET text = 'other'",
        "UPDATE personal_erasure SET rule = 'drafts'",
        "UPDATE personal_erasedvalue SET digest = ''",
        "DELETE FROM personal_erasedvalue",
    ],
)
def test_what_was_erased_is_never_filled_again_and_never_forgotten(refused: Application, change: str) -> None:
    erase(refused, **WHY, actor=None, at=LATER)
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="facts are written once"),
        transaction.atomic(),
    ):
        cursor.execute(change)


def test_a_hash_of_something_else_lets_nothing_go(refused: Application) -> None:
    erasure = Erasure.objects.create(application=refused, cause="retention", rule="refused", why="", at=LATER)
    step = refused.steps.get(act=Act.SUBMIT)
    ErasedValue.objects.create(
        erasure=erasure, table="applications_step", row=str(step.pk), column="content", salt="s", digest="0" * 64
    )  # fmt: skip
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE applications_step SET content = '{}' WHERE id = %s", [step.pk])


def test_a_dispute_keeps_an_application_until_its_day_or_until_two_lift_it(refused: Application) -> None:
    dana, amal = (works.act_as(data_officer(name)) for name in ("dana", "amal"))
    day = timezone.localdate(LATER) + timedelta(days=30)
    hold = propose_hold(refused, "court", "The neighbour went to court.", day, actor=dana, at=LATER)
    with pytest.raises(StillKept, match="dispute"):  # from the proposal on
        erase(refused, **WHY, actor=None, at=LATER)
    with pytest.raises(ProposedByYourself):
        approve_hold(hold, actor=dana, at=LATER)
    approve_hold(hold, actor=amal, at=LATER)
    lift = propose_lift(hold, "The court has ruled.", actor=dana, at=LATER)
    with pytest.raises(UnderWay), transaction.atomic():
        propose_lift(hold, "Again.", actor=amal, at=LATER)
    with pytest.raises(StillKept, match="dispute"):
        erase(refused, **WHY, actor=None, at=LATER)
    refuse_hold(lift, "It was appealed.", actor=amal, at=LATER)
    assert holds_on(refused, at=LATER + timedelta(days=30)) == ["dispute"]
    assert holds_on(refused, at=LATER + timedelta(days=31)) == []
    approve_hold(propose_lift(hold, "It is final.", actor=dana, at=LATER), actor=amal, at=LATER)
    assert holds_on(refused, at=LATER) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        DisputeHold.objects.filter(pk=hold.pk).update(until=day + timedelta(days=1))


def test_a_hold_has_an_end_and_a_refused_one_keeps_nothing(refused: Application) -> None:
    dana, amal = (works.act_as(data_officer(name)) for name in ("dana", "amal"))
    today = timezone.localdate(LATER)
    for day in (today, today + timedelta(days=366 * 5 + 1)):
        with pytest.raises(HoldWithoutEnd):
            propose_hold(refused, "court", "x", day, actor=dana, at=LATER)
    hold = propose_hold(refused, "objection", "x", today + timedelta(days=9), actor=dana, at=LATER)
    refuse_hold(hold, "No objection came.", actor=amal, at=LATER)
    assert holds_on(refused, at=LATER) == []
    with pytest.raises(NotToBeDecided):
        propose_lift(hold, "x", actor=dana, at=LATER)


def test_what_is_open_is_kept(refused: Application) -> None:
    Application.objects.filter(pk=refused.pk).update(stage=Stage.SUBMITTED)
    with pytest.raises(StillKept):
        erase(refused, **WHY, actor=None, at=LATER)


def test_money_that_is_in_doubt_or_on_its_way_back_keeps_an_application(refused: Application) -> None:
    line = paid_deposit(refused, 1)
    finance = works.act_as(person("finance", works.authority()))
    back = release(line, iban=IBAN, actor=finance, at=SUNDAY)
    assert not HeldDeposit.objects.exists()
    assert holds_on(refused, at=LATER) == ["open-money"]
    payout = propose_payout(back, "bank-transfer", iban=IBAN, actor=finance, at=SUNDAY)
    Payout.objects.filter(pk=payout.pk).update(
        state=Payout.State.DONE,
        decided_by=person("mariam", works.authority()),
        ended_at=SUNDAY,
        reference="1",
    )
    assert holds_on(refused, at=LATER) == []
    Attempt.objects.create(
        charge=owed_charge(refused), gateway="national", reference="T9", amount=5_000, currency="BHD",
        state=Attempt.State.NEEDS_REVIEW, started_at=SUNDAY, ended_at=SUNDAY,
    )  # fmt: skip
    assert holds_on(refused, at=LATER) == ["open-money"]


def test_the_dry_run_counts_what_is_over_and_changes_nothing(refused: Application) -> None:
    due = {each.kind: each for each in retention.dry_run(at=LATER)}
    assert (due["refused"].count, due["refused"].held, due["refused"].examples) == (1, 0, ["CAP-2026-000001"])
    assert due["drafts"].count == 0
    assert {each.kind: each.count for each in retention.dry_run(at=SUNDAY + timedelta(days=365))}[
        "refused"
    ] == 0
    day = timezone.localdate(LATER) + timedelta(days=1)
    propose_hold(refused, "court", "x", day, actor=works.act_as(data_officer("dana")), at=LATER)
    held = {each.kind: each for each in retention.dry_run(at=LATER)}["refused"]
    assert (held.count, held.held) == (0, 1)
    assert not Erasure.objects.exists()


def test_the_sweep_takes_what_a_rule_lets_go_by_itself_and_no_more(refused: Application) -> None:
    draft = Application.objects.create(
        service_version=refused.service_version, applicant=refused.applicant, created_at=SUNDAY, saved_at=SUNDAY,
        typed={"kind": "trench"},
    )  # fmt: skip
    assert retention.sweep(at=SUNDAY + timedelta(days=179)) == 0
    assert retention.sweep(at=LATER) == 1
    draft.refresh_from_db()
    assert (draft.typed, draft.erasure.rule) == ({}, "drafts")
    assert retention.sweep(at=LATER) == 0
    assert not Erasure.objects.filter(application=refused).exists()  # of two people


def test_batches_go_on_where_they_stopped(refused: Application) -> None:
    for number in range(2, 5):
        Application.objects.create(
            service_version=refused.service_version, applicant=refused.applicant, created_at=SUNDAY,
            saved_at=SUNDAY, typed={"kind": number},
        )  # fmt: skip
    counts = [retention.carry_out("drafts", at=LATER, most=2) for _ in range(3)]
    assert counts == [2, 1, 0]


def test_sixty_drafts_take_the_statements_of_twenty_and_a_night_without_any_takes_few(
    refused: Application, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    taken = {}
    for count in (1, 20, 60):  # after the first night there is an erasure whose files are looked for
        drafts = Application.objects.bulk_create(
            Application(
                service_version=refused.service_version, applicant=refused.applicant, created_at=SUNDAY,
                saved_at=SUNDAY, typed={"kind": number}, answers={"kind": "trench"},
            )
            for number in range(count)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as asked, django_capture_on_commit_callbacks(execute=True):
            assert retention.sweep(at=LATER) == count
        kept = dict(ErasedValue.objects.values_list("erasure__application").annotate(Count("pk")))
        assert {kept[each.pk] for each in drafts} == {2}  # what was typed, and the answers
        entries = JournalEntry.objects.filter(application__in=[each.pk for each in drafts], act="erase")
        assert {entry.detail["values"] for entry in entries} == {2}
        assert entries.count() == count
        with CaptureQueriesContext(connection) as idle, django_capture_on_commit_callbacks(execute=True):
            assert retention.sweep(at=LATER) == 0
        taken[count] = (len(asked), len(idle))
    assert taken[20] == taken[60]


def test_one_of_a_batch_to_which_something_happened_stays(refused: Application) -> None:
    draft = Application.objects.create(
        service_version=refused.service_version, applicant=refused.applicant, created_at=SUNDAY, saved_at=SUNDAY,
        typed={"kind": "trench"},
    )  # fmt: skip
    dana = works.act_as(data_officer("dana"))
    day = timezone.localdate(LATER) + timedelta(days=30)
    propose_hold(refused, "court", "The neighbour went to court.", day, actor=dana, at=LATER)
    assert erase_each([refused, draft], **WHY, actor=None, at=LATER) == 1
    assert [each.application for each in Erasure.objects.all()] == [draft]
    assert erase_each([refused, draft], **WHY, actor=None, at=LATER) == 0


def test_every_kind_has_a_rule_with_its_reason() -> None:
    found = rules()
    assert {"drafts", "withdrawn", "lapsed", "refused", "granted", "documents", "journal"} <= set(found)
    assert all(rule.text.ar and rule.text.en and rule.source for rule in found.values())
    assert found["documents"].latest(timezone.now()) is None


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])

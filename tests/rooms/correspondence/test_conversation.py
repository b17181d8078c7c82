"""Applicant and authority write to each other about an application, and each learns of the other's messages."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from rukhsa.accounts.permissions import Role
from rukhsa.applications.file_check import BadFile
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.applications.taken import Taken, take
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.correspondence import conversation
from rukhsa.correspondence.conversation import (
    ConversationOver,
    Message,
    NothingWritten,
    Side,
    TooManyFiles,
    TooManyMessages,
    mark_read,
    unread_counts,
    untold,
    write_as_applicant,
    write_as_authority,
)
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def application() -> Application:
    works.agency()
    works.agency("traffic")
    return works.submitted(works.publish(works.works()))


@pytest.fixture
def layla(application: Application) -> Actor:
    return works.act_as(application.applicant)


@pytest.fixture
def salem(application: Application) -> Actor:
    return works.act_as(
        works.staff("salem@town.example", "سالم", "Salem", Role.OFFICER, at=works.authority())
    )


def test_a_message_waits_for_the_other_side_until_it_is_read(
    application: Application, layla: Actor, salem: Actor
) -> None:
    write_as_applicant(application, "أين أضع العمود؟", actor=layla, at=SUNDAY)
    assert unread_counts([application.pk], Side.AUTHORITY) == {application.pk: 1}
    assert unread_counts([application.pk], Side.APPLICANT) == {}
    mark_read(application, Side.AUTHORITY, actor=salem, at=SUNDAY)
    assert unread_counts([application.pk], Side.AUTHORITY) == {}
    write_as_authority(application, "عند الزاوية.", actor=salem, at=SUNDAY)
    assert unread_counts([application.pk], Side.APPLICANT) == {application.pk: 1}
    assert [message.side for message in conversation.messages_of(application)] == ["applicant", "authority"]


def test_the_applicant_is_told_once_of_what_waits_to_be_read(
    application: Application, layla: Actor, salem: Actor
) -> None:
    first = write_as_authority(application, "واحد", actor=salem, at=SUNDAY)
    second = write_as_authority(application, "اثنان", actor=salem, at=SUNDAY)
    assert untold(application) == first.pk
    mark_read(application, Side.APPLICANT, actor=layla, at=SUNDAY)
    assert untold(application) is None
    third = write_as_authority(application, "ثلاثة", actor=salem, at=SUNDAY)
    assert untold(application) == third.pk > second.pk


def test_the_same_message_sent_again_at_once_is_one(application: Application, layla: Actor) -> None:
    one = write_as_applicant(application, "مرحبا", actor=layla, at=SUNDAY)
    again = write_as_applicant(application, "مرحبا", actor=layla, at=SUNDAY + timedelta(minutes=1))
    assert one == again
    later = write_as_applicant(application, "مرحبا", actor=layla, at=SUNDAY + timedelta(hours=1))
    assert later != one


def test_an_hour_takes_ten_messages_of_a_side(application: Application, layla: Actor, salem: Actor) -> None:
    for number in range(conversation.MOST_AN_HOUR):
        write_as_applicant(application, f"{number}", actor=layla, at=SUNDAY)
    with pytest.raises(TooManyMessages):
        write_as_applicant(application, "one more", actor=layla, at=SUNDAY)
    write_as_authority(application, "جواب", actor=salem, at=SUNDAY)
    write_as_applicant(application, "one more", actor=layla, at=SUNDAY + timedelta(hours=1))


def test_after_the_end_messages_are_taken_for_a_time(application: Application, layla: Actor) -> None:
    Application.objects.filter(pk=application.pk).update(stage=Stage.REFUSED)
    ended = SUNDAY + conversation.AFTER_THE_END
    write_as_applicant(application, "لماذا؟", actor=layla, at=ended)
    with pytest.raises(ConversationOver):
        write_as_applicant(application, "لماذا؟", actor=layla, at=ended + timedelta(hours=1))


def test_a_message_says_something_and_takes_five_files(application: Application, layla: Actor) -> None:
    with pytest.raises(NothingWritten):
        write_as_applicant(application, " \r\n ", actor=layla, at=SUNDAY)
    with pytest.raises(TooManyFiles):
        write_as_applicant(application, "ملفات", [_file()] * 6, actor=layla, at=SUNDAY)
    with pytest.raises(BadFile):
        take(ContentFile(b"MZ", name="a.pdf"))


def test_only_the_applicant_and_the_officers_of_the_authority_write(application: Application) -> None:
    inspector = works.staff("yusuf@town.example", "", "Yusuf", Role.INSPECTOR, at=works.authority())
    elsewhere = works.staff("huda@town.example", "", "Huda", Role.OFFICER, at=works.authority("MUH", 2))
    with pytest.raises(NotPermitted):
        write_as_authority(application, "نص", actor=works.act_as(inspector), at=SUNDAY)
    with pytest.raises(Application.DoesNotExist):
        write_as_authority(application, "نص", actor=works.act_as(elsewhere), at=SUNDAY)
    with pytest.raises(NotPermitted):
        write_as_applicant(application, "نص", actor=works.act_as(elsewhere), at=SUNDAY)


def test_the_database_keeps_messages_as_they_were_sent(application: Application, layla: Actor) -> None:
    message = write_as_applicant(application, "نص", [_file()], actor=layla, at=SUNDAY)
    with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
        message.enclosures.all().delete()
    with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
        Message.objects.update(text="آخر")


def test_the_journal_names_the_message_and_not_what_it_says(application: Application, layla: Actor) -> None:
    message = write_as_applicant(application, "نص", [_file()], actor=layla, at=SUNDAY)
    entry = JournalEntry.objects.get(act="write-message")
    assert (entry.subject, entry.detail) == (str(message.pk), {"files": 1})


def test_a_longer_conversation_costs_no_more_queries(application: Application, layla: Actor) -> None:
    counts = []
    for number in range(2):
        write_as_applicant(application, f"{number}", [_file()], actor=layla, at=SUNDAY)
        with CaptureQueriesContext(connection) as captured:
            assert [list(each.enclosures.all()) for each in conversation.messages_of(application)]
        counts.append(len(captured))
    assert counts == [2, 2]


def _file() -> Taken:
    return take(ContentFile(picture(), name="pole.png"))

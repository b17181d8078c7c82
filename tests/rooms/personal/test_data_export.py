"""The file of a person's data is made once whatever cuts the job, holds what is the person's and nothing else, is told
of once, and is gone after a day."""

import io
import json
import zipfile
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.accounts.models import Person
from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Attachment
from rukhsa.applications.stages import Act, Stage
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import NotPermitted
from rukhsa.delivery.models import Notice, Preference
from rukhsa.delivery.notice import send_notice
from rukhsa.personal import data_export
from rukhsa.personal.data_export import (
    KEPT,
    ExportOver,
    ExportWithoutPurpose,
    NothingHeld,
    ask_for_data_of,
    ask_for_own_data,
    forget_exports,
    make_export,
    take,
)
from rukhsa.personal.erasure import erase
from rukhsa.personal.models import DataExport
from rukhsa.staff.letter import Letter
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import person, picture
from tests.web.desk.holdings import B

pytestmark = pytest.mark.django_db
NUMBER = "900000017"


@pytest.fixture
def application() -> Application:
    """Layla's road works with a file."""
    made = works.submitted(works.publish(works.works()))
    Person.objects.filter(pk=made.applicant_id).update(personal_number=NUMBER)
    digest = blobs.keep(picture("red"))
    Attachment.objects.create(
        application=made, document="drawing", name="layla-route.png", digest=digest, shown_digest=digest,
        media_type="image/png", size=1, added_by=made.applicant, added_at=SUNDAY,
    )  # fmt: skip
    made.applicant.refresh_from_db()
    return made


def asked(application: Application) -> DataExport:
    """The export that Layla asked for."""
    actor = works.act_as(application.applicant)
    return ask_for_own_data(actor=actor, language="en", at=timezone.now())


def stored(export: DataExport) -> list[bool]:
    """Which of the first pieces lie in the store."""
    return [default_storage.exists(f"exports/{export.pk}/{number:06d}") for number in range(3)]


def taken(export: DataExport, by: Person) -> zipfile.ZipFile:
    """The file as it is downloaded."""
    found = DataExport.objects.get(pk=export.pk)
    content = take(found, actor=works.act_as(by), at=timezone.now()).read()
    assert len(content) == found.size
    return zipfile.ZipFile(io.BytesIO(content))


def test_the_file_is_made_in_pieces_and_read_whole(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_export, "PIECE", 500)
    export = asked(application)
    make_export(export=str(export.pk))
    archive = taken(export, application.applicant)
    assert archive.testzip() is None
    assert any(name.startswith("files/layla-route-") for name in archive.namelist())
    export.refresh_from_db()
    assert (export.written, export.files) == (1, 1)
    assert export.pieces > 1
    acts = JournalEntry.objects.filter(subject=str(application.applicant_id)).values_list("act", flat=True)
    assert {"ask-own-data", "export-own-data"} <= set(acts)


def test_a_job_that_is_cut_begins_again_and_is_ready_and_told_of_once(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_export, "PIECE", 500)
    export, save = asked(application), default_storage.save

    def cut(name: str, content: object) -> str:
        if name.endswith("000001"):
            raise OSError("the machine stops here")
        return save(name, content)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "save", cut)
        with pytest.raises(OSError, match="stops here"):
            make_export(export=str(export.pk))
    assert stored(export)[:2] == [True, False]
    export.refresh_from_db()
    assert export.ready_at is None
    assert not Notice.objects.exists()
    with pytest.raises(ExportOver):
        take(export, actor=works.act_as(application.applicant), at=timezone.now())
    for _ in range(2):
        make_export(export=str(export.pk))
    assert taken(export, application.applicant).testzip() is None
    assert Notice.objects.count() == 1


def test_who_asks_twice_has_one_job_and_who_asks_again_gets_a_new_file(application: Application) -> None:
    first = asked(application)
    assert asked(application) == first
    make_export(export=str(first.pk))
    assert stored(first)[0]
    second = asked(application)
    assert second != first
    assert not stored(first)[0]
    assert list(DataExport.objects.all()) == [second]
    # The job of a row that is gone leaves nothing behind, and takes away what its earlier run wrote.
    default_storage.save(f"exports/{first.pk}/000000", io.BytesIO(b"half"))  # type: ignore[arg-type]
    make_export(export=str(first.pk))
    assert not stored(first)[0]


def test_the_file_goes_with_its_row_after_a_day_and_not_before(application: Application) -> None:
    export = asked(application)
    make_export(export=str(export.pk))
    export.refresh_from_db()
    assert export.ready_at
    assert forget_exports(at=export.ready_at + KEPT - timedelta(minutes=1)) == 0
    assert stored(export)[0]
    with pytest.raises(ExportOver):
        take(export, actor=works.act_as(application.applicant), at=export.ready_at + KEPT)
    assert forget_exports(at=export.ready_at + KEPT) == 1
    assert not stored(export)[0]
    assert not DataExport.objects.exists()


def test_one_that_was_never_made_goes_too(application: Application) -> None:
    export = asked(application)
    assert forget_exports(at=export.asked_at + KEPT) == 1


def test_the_person_is_told_once(application: Application) -> None:
    export = asked(application)
    make_export(export=str(export.pk))
    notice = Notice.objects.get()
    assert (notice.person, notice.application) == (application.applicant, None)
    for _ in range(2):
        send_notice(notice=str(notice.pk))
    [letter] = mail.outbox
    assert letter.to == [application.applicant.email]
    assert "ready for one day" in letter.body
    assert "/own/data" in letter.body
    assert letter.extra_headers["Message-ID"] == f"<{notice.pk}@rukhsa>"


def test_the_person_is_told_as_chosen_and_the_telephone_is_quiet_at_night(application: Application) -> None:
    layla = application.applicant
    Person.objects.filter(pk=layla.pk).update(phone="+97336000001")
    here = timezone.localtime()
    quiet = (time((here.hour - 1) % 24), time((here.hour + 2) % 24))
    Preference.objects.create(
        person=layla, sms=True, mail=False, quiet_from=quiet[0], quiet_until=quiet[1], changed_at=SUNDAY
    )
    make_export(export=str(asked(application).pk))
    notice = Notice.objects.get()
    assert notice.channel == Notice.Channel.SMS
    job = ProcrastinateJob.objects.get(args__notice=str(notice.pk))
    assert job.scheduled_at is not None
    assert timezone.localtime(job.scheduled_at).time() == quiet[1]


def test_what_was_erased_is_not_in_the_file(application: Application) -> None:
    application.steps.create(
        act=Act.REFUSE, stage_before=Stage.SUBMITTED, stage_after=Stage.REFUSED, at=SUNDAY
    )
    Application.objects.filter(pk=application.pk).update(stage=Stage.REFUSED)
    blobs.forget(Attachment.objects.get().digest)
    erase(application, rule="refused", why="Over.", cause="retention", actor=None, at=datetime.now(UTC))
    export = asked(application)
    make_export(export=str(export.pk))
    archive = taken(export, application.applicant)
    assert not any(name.startswith("files/") for name in archive.namelist())
    [told] = json.loads(archive.read("data.json"))["applications"]
    assert (told["reference"], told["answers"]) == (application.reference, {})


def test_an_officer_has_what_the_own_authority_holds_and_its_applications_say_so(
    application: Application,
) -> None:
    dana = person("dana", works.authority())
    at, how = timezone.now(), {"language": "en", "actor": works.act_as(dana)}
    b = works.authority(B.code, B.ordinal)
    works.submitted(works.publish(works.works()), reference="BBB-2026-000001", of=b)
    with pytest.raises(ExportWithoutPurpose):
        ask_for_data_of(NUMBER, works.authority(), "curiosity", at=at, **how)  # type: ignore[arg-type]
    for number in ("", "900000099"):
        with pytest.raises(NothingHeld):
            ask_for_data_of(number, works.authority(), "person", at=at, **how)  # type: ignore[arg-type]
    assert not JournalEntry.objects.filter(act="ask-data-of-person").exists()
    export = ask_for_data_of(NUMBER, works.authority(), "person", at=at, **how)  # type: ignore[arg-type]
    make_export(export=str(export.pk))
    told = json.loads(taken(export, dana).read("data.json"))
    assert told["authority"] == works.authority().code
    assert [each["reference"] for each in told["applications"]] == [application.reference]
    assert [each["purpose"] for each in JournalEntry.objects.filter(
        act__in=("ask-data-of-person", "export-application", "export-person")
    ).values_list("detail", flat=True)] == ["person"] * 3  # fmt: skip
    looked = JournalEntry.objects.get(act="export-application")
    assert (looked.application, looked.authority) == (application.pk, works.authority().code)
    assert JournalEntry.objects.get(act="export-person").is_security
    assert Letter.objects.get().person == dana
    assert not mail.outbox


def test_no_one_else_makes_or_reaches_the_file_of_a_person(application: Application) -> None:
    dana = person("dana", works.authority())
    salem = works.act_as(person("salem", works.authority()))
    at, purpose = timezone.now(), "person"
    b = works.authority(B.code, B.ordinal)
    for actor, authority in ((salem, works.authority()), (works.act_as(dana), b)):
        with pytest.raises(NotPermitted):
            ask_for_data_of(NUMBER, authority, purpose, actor=actor, language="en", at=at)
    with pytest.raises(NotPermitted):
        ask_for_own_data(actor=salem, language="en", at=at)
    own = asked(application)
    theirs = ask_for_data_of(
        NUMBER, works.authority(), purpose, actor=works.act_as(dana), language="en", at=at
    )
    layla, of_b = works.act_as(application.applicant), works.act_as(person("dana", b))
    assert list(DataExport.objects.own(layla)) == [own]
    assert list(DataExport.objects.of_officer(works.act_as(dana))) == [theirs]
    for actor in (salem, of_b):
        assert not DataExport.objects.own(actor)
        assert not DataExport.objects.of_officer(actor)


def test_the_database_refuses_the_file_of_an_officer_without_a_purpose(application: Application) -> None:
    dana = person("dana", works.authority())
    told = {"person": application.applicant, "asked_by": dana, "language": "en", "asked_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        DataExport.objects.create(authority=works.authority(), **told)
    assert DataExport.objects.create(authority=works.authority(), purpose="court", **told).pk

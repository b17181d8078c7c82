"""Reports from a device: each arrives once, and what it meets is kept for a person to decide."""

import uuid
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from PIL import Image

from rukhsa.applications import blobs
from rukhsa.applications.file_check import BadFile
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.review.errors import Closed
from rukhsa.review.inspection import Inspection, InspectionReport, PassedWithFaults, report
from rukhsa.rounds import field_report
from rukhsa.rounds.errors import OwnReport, PhotosMissing, ReasonMissing, SettledBefore
from rukhsa.rounds.field_photo import FieldPhoto, Taken, keep_photo
from rukhsa.rounds.field_report import Conflict, FieldReport, Sent, Settlement, receive, settle
from rukhsa.rounds.round import plan_round
from tests.rooms.review.works import SUNDAY
from tests.rooms.rounds.conftest import GOOD, TODAY, Visits, picture

pytestmark = pytest.mark.django_db
FAULTY = {"marked": True, "clear": False}
TAKE, LEAVE = Settlement.Choice.TAKE, Settlement.Choice.LEAVE


@pytest.fixture
def visit(visits: Visits) -> Inspection:
    return visits(1)[0]


def sent(**other: Any) -> Sent:
    told: dict[str, Any] = {
        "key": uuid.uuid4(),
        "passed": True,
        "points": GOOD,
        "text": "",
        "records": {},
        "photos": [],
        "present": "علي حسن",
        "signature": None,
        "seen": None,
        "made_at": SUNDAY,
    }
    return Sent(**told | other)


def in_conflict(visit: Inspection, yusuf: Actor, nawal: Actor, **other: Any) -> FieldReport:
    report(visit, False, FAULTY, "عائق", [], actor=nawal, at=SUNDAY)
    return receive(visit.pk, sent(**other), actor=yusuf, at=SUNDAY)


def test_a_report_is_taken_once_however_often_it_is_sent(visit: Inspection, yusuf: Actor) -> None:
    one = sent()
    first, again = (receive(visit.pk, one, actor=yusuf, at=SUNDAY) for _ in range(2))
    assert first == again
    made = InspectionReport.objects.get()
    assert first.report == made
    assert (made.passed, made.present, made.made_at) == (True, "علي حسن", SUNDAY)
    second = receive(visit.pk, replace(one, key=uuid.uuid4()), actor=yusuf, at=SUNDAY)
    assert second.conflict == Conflict.REPORTED  # the control: it is the key that tells a repetition
    assert InspectionReport.objects.count() == 1


def test_a_photo_is_kept_once_without_exif_and_with_its_original(visit: Inspection, yusuf: Actor) -> None:
    exif = Image.Exif()
    exif[0x010F] = "a telephone"
    content = picture(exif=exif.tobytes())
    taken = Taken(
        key=uuid.uuid4(), of=FieldPhoto.Of.SITE, content=content, at=SUNDAY, spot=(50.58, 26.22, 8.0)
    )
    first, again = (keep_photo(visit.pk, taken, actor=yusuf, at=SUNDAY) for _ in range(2))
    assert first == again
    assert blobs.fetch(first.digest) == content
    shown = Image.open(BytesIO(blobs.fetch(first.shown_digest)))
    assert not shown.getexif()
    one = sent(photos=[first.pk])
    receive(visit.pk, one, actor=yusuf, at=SUNDAY)
    made = InspectionReport.objects.get()
    assert made.photos == [first.shown_digest]
    told = made.taken[first.shown_digest]
    assert datetime.fromisoformat(told.pop("at")) == SUNDAY
    assert told == {"longitude": 50.58, "latitude": 26.22, "accuracy": 8.0, "original": first.digest}


def test_a_report_waits_on_the_device_for_its_photos_and_for_sense(
    visit: Inspection, yusuf: Actor, nawal: Actor
) -> None:
    hers = keep_photo(
        visit.pk,
        Taken(key=uuid.uuid4(), of=FieldPhoto.Of.SITE, content=picture()),
        actor=nawal,
        at=SUNDAY,
    )
    for keys in ([uuid.uuid4()], [hers.pk]):
        with pytest.raises(PhotosMissing):
            receive(visit.pk, sent(photos=keys), actor=yusuf, at=SUNDAY)
    with pytest.raises(PassedWithFaults):
        receive(visit.pk, sent(points=FAULTY), actor=yusuf, at=SUNDAY)
    with pytest.raises(BadFile):
        keep_photo(
            visit.pk,
            Taken(key=uuid.uuid4(), of=FieldPhoto.Of.SITE, content=b"no picture"),
            actor=yusuf,
            at=SUNDAY,
        )
    assert not FieldReport.objects.exists()


def test_what_happened_meanwhile_is_a_conflict_and_nothing_is_lost(
    visits: Visits, yusuf: Actor, nawal: Actor, mariam: Actor
) -> None:
    free, taken, given, ended = visits(4)
    report(taken, False, FAULTY, "عائق", [], actor=nawal, at=SUNDAY)
    plan_round([given.pk], nawal.person, TODAY, actor=mariam, at=SUNDAY)
    Application.objects.filter(pk=ended.application_id).update(stage=Stage.WITHDRAWN)
    found = {
        name: receive(each.pk, sent(text=name), actor=yusuf, at=SUNDAY).conflict
        for name, each in {"free": free, "taken": taken, "given": given, "ended": ended}.items()
    }
    assert found == {"free": "", "taken": "reported", "given": "reassigned", "ended": "ended"}
    assert {each.content.text for each in FieldReport.objects.all()} == set(found)
    assert FieldReport.objects.in_conflict().count() == 3
    assert InspectionReport.objects.count() == 2


def test_another_person_decides_between_two_reports_and_both_stay(
    visit: Inspection, yusuf: Actor, nawal: Actor, mariam: Actor
) -> None:
    kept = in_conflict(visit, yusuf, nawal)
    with pytest.raises(NotPermitted):
        settle(kept, TAKE, "رأى الموقع", actor=yusuf, at=SUNDAY)
    with pytest.raises(ReasonMissing):
        settle(kept, TAKE, " ", actor=mariam, at=SUNDAY)
    for _ in range(2):
        settle(kept, TAKE, "رأى الموقع", actor=mariam, at=SUNDAY)
    with pytest.raises(SettledBefore):
        settle(kept, LEAVE, "لا", actor=mariam, at=SUNDAY)
    first, second = InspectionReport.objects.order_by("pk")
    assert (first.inspector, second.inspector) == (nawal.person, yusuf.person)
    assert visit.done_at == SUNDAY
    assert not FieldReport.objects.in_conflict()


def test_a_failed_report_that_counts_opens_a_visit_that_had_passed(
    visit: Inspection, yusuf: Actor, nawal: Actor, mariam: Actor
) -> None:
    report(visit, True, GOOD, "", [], actor=nawal, at=SUNDAY)
    kept = receive(visit.pk, sent(passed=False, points=FAULTY, text="عائق"), actor=yusuf, at=SUNDAY)
    assert not Inspection.objects.open().filter(pk=visit.pk)
    settle(kept, TAKE, "الثاني أدق", actor=mariam, at=SUNDAY)
    assert Inspection.objects.open().filter(pk=visit.pk)


def test_a_report_of_a_closed_application_stays_beside_it(
    visit: Inspection, yusuf: Actor, mariam: Actor
) -> None:
    Application.objects.filter(pk=visit.application_id).update(stage=Stage.WITHDRAWN)
    kept = receive(visit.pk, sent(), actor=yusuf, at=SUNDAY)
    with pytest.raises(Closed):
        settle(kept, TAKE, "سبب", actor=mariam, at=SUNDAY)
    settle(kept, LEAVE, "أغلق الطلب", actor=mariam, at=SUNDAY)


def test_the_sender_does_not_decide(visit: Inspection, yusuf: Actor, nawal: Actor, mariam: Actor) -> None:
    kept = in_conflict(visit, yusuf, nawal)
    both = replace(mariam, person=yusuf.person)
    with pytest.raises(OwnReport):
        settle(kept, LEAVE, "سبب", actor=both, at=SUNDAY)


def test_without_the_look_at_what_stands_a_second_report_would_count(
    visit: Inspection, yusuf: Actor, nawal: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(field_report, "_conflict_of", lambda *_: Conflict.NONE)
    assert in_conflict(visit, yusuf, nawal).conflict == ""
    assert InspectionReport.objects.count() == 2


def test_reports_and_photos_are_written_once(visit: Inspection, yusuf: Actor) -> None:
    receive(visit.pk, sent(), actor=yusuf, at=SUNDAY)
    with pytest.raises(DatabaseError, match="facts are written once"), transaction.atomic():
        FieldReport.objects.update(conflict="reported")

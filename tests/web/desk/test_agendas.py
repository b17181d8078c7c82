"""Committees: an agenda with invitations, its papers, and minutes that secretary and chair sign."""

import hashlib
import json
from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications import blobs
from rukhsa.applications.models import Application, Attachment
from rukhsa.audit.models import JournalEntry
from rukhsa.review.agenda import Agenda
from rukhsa.review.check import check
from rukhsa.review.queue import WaitingMatter
from rukhsa.review.sitting import Sitting, WrittenMinutes, conclude, vote
from rukhsa.review.sitting_minutes import SittingMinutes
from rukhsa.review.sitting_papers import SittingPapers, bind_papers, forget_papers
from rukhsa.staff.letter import send_letter
from rukhsa.staff.models import Letter
from tests.rooms.review import works
from tests.web.desk.conftest import SignIn, person, picture

BY_COMMITTEE = {"decide": "committee", "committee": "building", "within": "5 working days"}
NAMES = ("khalid", "fatima", "ahmed")


@pytest.fixture
def members(db: None) -> list[Person]:
    """Three members of the building committee."""
    here = works.authority()
    found = [works.staff(f"{n}@cap.example", n, n.title(), Role.COMMITTEE_MEMBER, at=here) for n in NAMES[2:]]
    return [person("khalid", here), person("fatima", here), *found]


@pytest.fixture
def matter(members: list[Person]) -> Application:
    """Road works that the committee decides, checked today."""
    application = works.submitted(works.publish(works.works(works.CHECK, BY_COMMITTEE)))
    now = timezone.now()
    check(application, "completeness", actor=works.act_as(person("salem", works.authority())), at=now)
    assert WaitingMatter.objects.get().application == application
    return application


def called(salem: Client, matter: Application, **more: str) -> Agenda | None:
    day = (timezone.localdate() + timedelta(days=7)).isoformat()
    said = {
        "seat": "CAP/building",
        "day": day,
        "time": "10:30",
        "place": "Hall, floor 2; left",
        f"order-{matter.pk}": "1",
    }
    salem.post(reverse("desk:prepare-agenda"), said | more)
    return Agenda.objects.first()


def away(name: str) -> None:
    raise OSError("the store is away")


def text_of(response: object) -> str:
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(BytesIO(content)))


def test_an_agenda_invites_the_members_with_a_calendar_file(salem: Client, matter: Application) -> None:
    assert called(salem, matter, place="") is None
    agenda = called(salem, matter)
    assert agenda
    letters = Letter.objects.filter(kind="sitting-called")
    assert letters.count() == 3
    send_letter(letter=letters[0].pk)
    [sent] = mail.outbox
    [(name, content, kind)] = sent.attachments
    assert (name, kind) == ("sitting.ics", "text/calendar")
    assert r"LOCATION:Hall\, floor 2\; left" in str(content)
    assert "Hall, floor 2; left" in sent.body
    assert matter.reference in salem.get(reverse("desk:agenda", args=[agenda.pk])).content.decode()


def test_the_papers_are_one_file_with_a_chapter_for_each_application(
    salem: Client, matter: Application, sign_in: SignIn
) -> None:
    agenda = called(salem, matter)
    assert agenda
    member = sign_in(person("khalid", works.authority()))
    response = member.get(reverse("desk:papers", args=[agenda.pk]))
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    file = pypdfium2.PdfDocument(BytesIO(content))
    titles = [each.get_title() for each in file.get_toc()]
    assert any(str(matter.reference) in title for title in titles)
    looked = JournalEntry.objects.filter(act="see-matter", application=matter.pk)
    assert looked.get().actor == person("khalid", works.authority()).pk
    assert b"/StructTreeRoot" in content or b"/MarkInfo" in content


def test_the_papers_hold_the_pages_of_every_file_and_say_how_far_they_are(
    salem: Client, matter: Application, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, content in (("plan.png", picture()), ("note.pdf", b"%PDF-1.7 broken")):
        Attachment.objects.create(
            application=matter, document="drawing", name=name, digest=blobs.keep(content), size=len(content),
            media_type="image/png", added_by=matter.applicant, added_at=timezone.now(),
        )  # fmt: skip
    agenda = called(salem, matter)
    assert agenda
    page, file = (reverse(f"desk:{route}", args=[agenda.pk]) for route in ("agenda", "bound-papers"))
    assert salem.get(file).status_code == 404
    for _ in range(2):
        salem.post(reverse("desk:bind-papers", args=[agenda.pk]))
    papers = SittingPapers.objects.get()  # once, however often it is pressed
    assert "0 of 2 files are in the papers." in salem.get(page).content.decode()
    for _ in range(2):
        bind_papers(papers=str(papers.pk))
    papers.refresh_from_db()
    assert (papers.drawn, papers.left_out) == (2, 1)
    shown = salem.get(page).content.decode()
    assert "1 file is not in it" in shown
    response = sign_in(person("khalid", works.authority())).get(file)
    bound = pypdfium2.PdfDocument(BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    assert len(bound) == papers.pages
    words = [each.get_textpage().get_text_bounded() for each in bound]
    assert [("plan.png" in each, "note.pdf" in each) for each in words[-3:]] == [
        (True, False), (False, False), (False, True),
    ]  # fmt: skip
    forget_papers(at=agenda.starts_at + timedelta(days=29))
    assert SittingPapers.objects.exists()
    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "delete", away)
        with pytest.raises(OSError, match="the store is away"):
            forget_papers(at=agenda.starts_at + timedelta(days=31))
    assert SittingPapers.objects.exists()  # it says what is still to be deleted
    forget_papers(at=agenda.starts_at + timedelta(days=31))
    assert not SittingPapers.objects.exists()
    with pytest.raises(FileNotFoundError):
        blobs.fetch(papers.digest)


def test_a_sitting_that_is_called_off_tells_its_members_why(salem: Client, matter: Application) -> None:
    agenda = called(salem, matter)
    assert agenda
    address = reverse("desk:call-off", args=[agenda.pk])
    assert salem.post(address, {"reason": ""}).status_code == 422
    salem.post(address, {"reason": "No quorum."})
    assert "No quorum." in Letter.objects.filter(kind="sitting-called-off")[0].details
    assert salem.post(address, {"reason": "Again."}).status_code == 422


def test_minutes_are_signed_by_two_and_corrected_by_a_new_version(
    salem: Client, matter: Application, members: list[Person], sign_in: SignIn
) -> None:
    agenda = called(salem, matter)
    assert agenda
    said = {"seat": "CAP/building", "agenda": str(agenda.pk), "held_on": timezone.localdate().isoformat()}
    salem.post(reverse("desk:sittings"), said | {"present": [str(each.pk) for each in members]})
    sitting = Sitting.objects.get()
    assert sitting.agenda == agenda
    draw = reverse("desk:draw-minutes", args=[sitting.pk])
    salem.post(draw, {"chair": str(members[0].pk)})
    assert not SittingMinutes.objects.exists()  # nothing was decided yet
    now = timezone.now()
    for member in members:
        vote(sitting, matter, "grant", "", actor=works.act_as(member), at=now)
    secretary = works.act_as(person("salem", works.authority()))
    conclude(sitting, matter, WrittenMinutes(text="نوقش الطلب."), "", "", actor=secretary, at=now)
    salem.post(draw, {"chair": str(members[0].pk)})
    minutes = SittingMinutes.objects.get()
    chair, other = sign_in(members[0]), sign_in(person("fatima", works.authority()))
    sign = reverse("desk:act-on-signed-minutes", args=[minutes.pk, "sign"])
    assert other.post(sign).status_code == 403
    assert chair.post(sign).status_code == 302
    minutes.refresh_from_db()
    assert minutes.is_signed
    page = text_of(chair.get(reverse("desk:signed-minutes", args=[minutes.pk])))
    assert str(matter.reference).rpartition("-")[2] in page
    signed = json.dumps(minutes.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert minutes.digest == hashlib.sha256(signed.encode()).hexdigest()
    with pytest.raises(IntegrityError), transaction.atomic():
        SittingMinutes.objects.update(content={})
    salem.post(draw, {"chair": str(members[0].pk), "correction": ""})
    salem.post(draw, {"chair": str(members[0].pk), "correction": "The name of a member."})
    assert list(SittingMinutes.objects.values_list("version", "state")) == [(2, "proposed"), (1, "approved")]

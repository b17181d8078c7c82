"""The system of an agency sends files with its answer, and takes more time, as the page of the question does."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.applications.taken import MOST_FILES
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor
from rukhsa.review.more_time import MoreTime, last_day_for
from rukhsa.review.opinion_file import OpinionFile
from rukhsa.review.referral import Opinion, Referral, take
from rukhsa.verification.relying_key import make_key
from rukhsa.web.api import sent_answers
from tests.described import as_described
from tests.rooms.review import works
from tests.web.desk.conftest import application as _application
from tests.web.desk.conftest import mariam as _mariam
from tests.web.desk.conftest import person, picture
from tests.web.desk.conftest import sign_in as _sign_in
from tests.web.desk.test_opinions import question as _question

application, mariam, question, sign_in = _application, _mariam, _question, _sign_in
pytestmark = pytest.mark.django_db
REASON = "The engineer is away."
OBJECTION = {"answer": "objection", "text": "See the drawing."}


@pytest.fixture
def hala(question: Referral) -> Actor:
    """The coordinator of EWA."""
    return works.act_as(person("hala", works.agency()))


@pytest.fixture
def key(hala: Actor) -> str:
    """A key of EWA's system that answers questions."""
    return make_key(works.agency(), "Cables", may_answer=True, actor=hala, at=timezone.now())


def post(key: str, question: Referral, what: str, body: Any, query: str = "") -> Any:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    path = f"/agency/questions/{question.pk}/{what}{query}"
    head = {"authorization": f"Bearer {key}", "accept-language": "en"}
    return as_described(Client(headers=head).post(path, sent, content_type=kind))


def read(key: str, question: Referral) -> Any:
    head = {"authorization": f"Bearer {key}"}
    return as_described(Client(headers=head).get(f"/agency/questions/{question.pk}")).json()


def upload(key: str, question: Referral, content: bytes, name: str = "cable.png") -> Any:
    return post(key, question, "files", content, f"?name={name}")


def problem_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:rukhsa:problem:")


def test_a_file_is_checked_sent_with_the_answer_and_opened_by_the_officer(
    question: Referral, key: str, mariam: Client
) -> None:
    sent = upload(key, question, picture()).json()
    assert (sent["name"], sent["media_type"], sent["size"]) == ("cable.png", "image/png", len(picture()))
    assert not OpinionFile.objects.exists()
    twice = [sent["file"], upload(key, question, picture()).json()["file"]]
    assert post(key, question, "answer", OBJECTION | {"files": twice}).status_code == 200
    [file] = OpinionFile.objects.all()
    shown = mariam.get(f"/desk/referrals/files/{file.pk}")
    assert (file.digest, shown["Content-Type"]) == (sent["sha256"], "image/jpeg")
    again = post(key, question, "answer", OBJECTION | {"files": twice})
    assert (again.status_code, OpinionFile.objects.count()) == (200, 1)


def test_what_the_page_does_not_take_is_not_taken_here(question: Referral, key: str) -> None:
    assert problem_of(upload(key, question, b"MZ\x90\x00")) == (422, "file-of-another-kind")
    assert problem_of(upload(key, question, b"")) == (422, "file-empty")
    assert problem_of(upload(key, question, b"%PDF-" + b"0" * 10 * 2**20)) == (422, "file-too-large")
    for name in ("", "%20", "a%00b", "x" * 201):
        assert problem_of(upload(key, question, picture(), name)) == (400, "bad-request")
    assert upload(key, question, picture(), "%2e%2e/plan.png").json()["name"] == "plan.png"


def test_an_answer_takes_five_files_as_on_the_page(question: Referral, key: str) -> None:
    colours = ("white", "black", "red", "green", "blue", "yellow")
    files = [upload(key, question, picture(each)).json()["file"] for each in colours]
    assert len(files) == MOST_FILES + 1
    many = post(key, question, "answer", OBJECTION | {"files": files})
    assert problem_of(many) == (409, "too-many-files")
    assert not Opinion.objects.exists()
    assert post(key, question, "answer", OBJECTION | {"files": files[:MOST_FILES]}).status_code == 200
    assert OpinionFile.objects.count() == MOST_FILES


def test_an_answer_names_only_what_was_sent_for_its_question_within_a_day(
    question: Referral, key: str, hala: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = upload(key, question, picture()).json()["file"]
    elsewhere = signing.dumps(
        signing.loads(good, salt=f"answer.file:{question.pk}"), salt="answer.file:other"
    )
    for named in (elsewhere, good[:-1], ""):
        answer = post(key, question, "answer", OBJECTION | {"files": [named]})
        assert problem_of(answer) == (409, "file-unknown")
    for unfit in ("x", [1], {"a": "b"}, ["a\x00"]):
        assert problem_of(post(key, question, "answer", OBJECTION | {"files": unfit})) == (400, "bad-request")
    with monkeypatch.context() as later:
        later.setattr(sent_answers, "KEPT", timedelta(seconds=-1))
        answer = post(key, question, "answer", OBJECTION | {"files": [good]})
        assert problem_of(answer) == (409, "file-unknown")
    assert not Opinion.objects.exists()
    assert post(key, question, "answer", OBJECTION | {"files": [good]}).status_code == 200


def test_no_file_is_opened_for_a_question_that_is_not_open_to_the_key(
    question: Referral, key: str, hala: Actor
) -> None:
    plain = make_key(works.agency(), "Meters", actor=hala, at=timezone.now())
    assert problem_of(upload(plain, question, picture())) == (403, "key-answers-nothing")
    noor = works.act_as(person("noor", works.agency()))
    take(question, actor=noor, at=timezone.now())
    assert problem_of(upload(key, question, picture())) == (409, "taken-by-another")
    take(question, instead_of=str(noor.person.pk), actor=hala, at=timezone.now())
    post(key, question, "answer", OBJECTION)
    assert problem_of(upload(key, question, picture())) == (409, "application-closed")


def test_more_time_is_taken_once_and_the_authority_reads_why(
    question: Referral, key: str, mariam: Client
) -> None:
    last = last_day_for(question, at=timezone.now())
    assert last
    told = read(key, question)
    assert told["more_time_until"] == last.isoformat()
    sent = {"until": last.isoformat(), "reason": REASON}
    first, again = (post(key, question, "more-time", sent) for _ in range(2))
    assert (first.status_code, first.json()) == (200, again.json())
    assert MoreTime.objects.get().until == last
    [entry] = JournalEntry.objects.filter(act="take-more-time")
    assert entry.detail["key"]
    assert REASON in mariam.get(f"/desk/applications/{question.application_id}/").text
    another = post(key, question, "more-time", sent | {"reason": "Still away."})
    assert problem_of(another) == (409, "more-time-unfit")
    told = read(key, question)
    assert told["more_time_until"] is None


def test_more_time_has_a_reason_and_a_day_that_the_step_allows(question: Referral, key: str) -> None:
    last = last_day_for(question, at=timezone.now())
    assert last
    for until in (last + timedelta(days=1), timezone.localdate(), date.max):
        answer = post(key, question, "more-time", {"until": until.isoformat(), "reason": REASON})
        assert problem_of(answer) == (409, "more-time-unfit")
    silent = post(key, question, "more-time", {"until": last.isoformat(), "reason": " "})
    assert problem_of(silent) == (409, "more-time-unexplained")
    for unfit in (
        [],
        {},
        {"until": "soon", "reason": REASON},
        {"until": last.isoformat(), "reason": 1},
        b"{",
    ):
        assert problem_of(post(key, question, "more-time", unfit)) == (400, "bad-request")
    assert not MoreTime.objects.exists()


def test_a_question_of_another_agency_is_absent(
    question: Referral, key: str, application: Application
) -> None:
    Referral.objects.filter(pk=question.pk).update(agency=works.agency("traffic"))
    assert upload(key, question, picture()).status_code == 404
    sent = {"until": timezone.localdate().isoformat(), "reason": REASON}
    assert post(key, question, "more-time", sent).status_code == 404

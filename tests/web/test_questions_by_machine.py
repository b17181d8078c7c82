"""The system of an agency reads and answers its questions: as the person who made its key, and no further."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.permissions import Role
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.review.check import check
from rukhsa.review.condition import Condition
from rukhsa.review.recording import Recording
from rukhsa.review.referral import Opinion, Referral, take
from rukhsa.review.shown_file import choose_documents
from rukhsa.verification import rate
from rukhsa.verification.relying_key import RelyingKey, make_key
from tests.described import as_described
from tests.rooms.review import works
from tests.rooms.review.conftest import noor as _noor
from tests.rooms.review.conftest import salem as _salem
from tests.rooms.review.test_opinions import DEPTH, SHALLOW
from tests.rooms.review.works import BY_OFFICER, CHECK, EWA, SUNDAY
from tests.web.desk.conftest import SignIn, person
from tests.web.desk.conftest import sign_in as _sign_in

noor, salem, sign_in = _noor, _salem, _sign_in
pytestmark = pytest.mark.django_db
LIST = "/agency/questions"
GOOD = {"answer": "no-objection", "records": {"depth": "40"}}


@pytest.fixture
def asked(db: None, salem: Actor) -> Referral:
    """The question to EWA, whose answer records the depth of its cable."""
    application = works.submitted(works.publish(works.works(CHECK, EWA | {"records": [DEPTH]}, BY_OFFICER)))
    works.agency()
    check(application, "completeness", actor=salem, at=SUNDAY)
    [referral] = works.asked(application)
    return referral


@pytest.fixture
def hala(db: None) -> Actor:
    """The coordinator of EWA."""
    return works.act_as(person("hala", works.agency()))


@pytest.fixture
def key(hala: Actor) -> str:
    """A key of EWA's system that answers questions."""
    return make_key(works.agency(), "Cables", may_answer=True, actor=hala, at=SUNDAY)


def get(key: str, path: str = LIST) -> Any:
    head = {"authorization": f"Bearer {key}", "accept-language": "en"}
    return as_described(Client().get(path, headers=head))


def send(key: str, referral: Referral, body: Any) -> Any:
    head = {"authorization": f"Bearer {key}", "accept-language": "en"}
    text = body if isinstance(body, str) else json.dumps(body)
    path = f"{LIST}/{referral.pk}/answer"
    return as_described(Client().post(path, text, content_type="application/json", headers=head))


def test_a_question_is_listed_read_and_answered(asked: Referral, key: str, hala: Actor) -> None:
    listed = get(key).json()
    assert [each["id"] for each in listed["questions"]] == [str(asked.pk)]
    assert "answers" not in listed["questions"][0]
    whole = get(key, f"{LIST}/{asked.pk}").json()
    assert (whole["reference"], whole["is_open"]) == (asked.application.reference, True)
    assert [each["id"] for each in whole["records"]] == ["depth"]
    assert Client().get(whole["page"]).status_code == 302  # to sign in: files are opened there
    both = {"ar": SHALLOW.ar, "en": SHALLOW.en}
    given = send(key, asked, {"answer": "conditions", "conditions": [both], "records": {"depth": "40"}})
    assert (given.status_code, given.json()["answer"]) == (200, "conditions")
    opinion = Opinion.objects.get(referral=asked)
    assert (opinion.officer, Condition.objects.get(opinion=opinion).text) == (hala.person, SHALLOW)
    assert Recording.objects.get(application=asked.application).value == 40
    acts = JournalEntry.objects.filter(subject=str(asked.pk)).values_list("act", flat=True)
    assert {"see-referral", "answer-by-system"} <= set(acts)
    assert get(key).json()["questions"] == []


def test_it_is_told_what_the_page_shows_and_nothing_private(asked: Referral, key: str, salem: Actor) -> None:
    whole = get(key, f"{LIST}/{asked.pk}").json()
    private = {each.id for each in asked.application.definition.questions if each.is_private}
    told = {each["id"]: each["value"] for each in whole["answers"]}
    assert told
    assert private.isdisjoint(told)
    assert all(asked.application.answers[id] == value for id, value in told.items() if value is not None)
    choose_documents(asked, [], actor=salem, at=SUNDAY)
    assert get(key, f"{LIST}/{asked.pk}").json()["documents"] == []


def test_a_key_that_was_not_made_for_it_answers_nothing(asked: Referral, hala: Actor) -> None:
    plain = make_key(works.agency(), "Meters", actor=hala, at=SUNDAY)
    for answer in (get(plain), get(plain, f"{LIST}/{asked.pk}"), send(plain, asked, GOOD)):
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:rukhsa:problem:key-answers-nothing")
    assert not Opinion.objects.exists()


def test_a_key_answers_no_longer_than_its_maker_may(asked: Referral, key: str, hala: Actor) -> None:
    Post.objects.filter(person=hala.person).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert send(key, asked, GOOD).status_code == 403
    RelyingKey.objects.update(ended_at=SUNDAY)
    assert send(key, asked, GOOD).status_code == 401
    assert not Opinion.objects.exists()


def test_a_key_reaches_the_questions_of_its_own_agency_alone(asked: Referral, hala: Actor) -> None:
    traffic = works.agency("traffic")
    works.hire(hala.person, Role.AGENCY_COORDINATOR, at=traffic)
    key = make_key(traffic, "Signals", may_answer=True, actor=works.act_as(hala.person), at=SUNDAY)
    assert get(key).json()["questions"] == []
    assert get(key, f"{LIST}/{asked.pk}").status_code == 404
    assert send(key, asked, GOOD).status_code == 404
    assert not Opinion.objects.exists()


def test_the_same_answer_again_changes_nothing_and_another_is_refused(asked: Referral, key: str) -> None:
    first, again = send(key, asked, GOOD), send(key, asked, GOOD)
    assert first.json() == again.json()
    assert JournalEntry.objects.filter(act="answer-by-system").count() == 1
    other = send(key, asked, {"answer": "objection", "text": "Too deep"})
    assert (other.status_code, other.json()["type"]) == (409, "urn:rukhsa:problem:already-answered")


def test_a_refusal_says_what_is_missing(asked: Referral, key: str, noor: Actor) -> None:
    missing = send(key, asked, {"answer": "no-objection"}).json()
    assert missing["problems"][0]["id"] == "depth"
    assert send(key, asked, GOOD | {"answer": "perhaps"}).json()["type"].endswith("answer-unknown")
    take(asked, actor=noor, at=SUNDAY)
    assert send(key, asked, GOOD).json()["type"].endswith("taken-by-another")
    assert not Opinion.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "{", "null", {}, {"answer": 1}, GOOD | {"records": {"depth": 40}}, GOOD | {"records": {"depth": []}},
        GOOD | {"records": None}, GOOD | {"conditions": [{"ar": "x"}]}, GOOD | {"conditions": [1]},
        GOOD | {"text": "a\x00b"}, GOOD | {"text": "x" * 60_000},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(body: Any, asked: Referral, key: str) -> None:
    assert send(key, asked, body).status_code == 400
    assert not Opinion.objects.exists()


def test_a_limit_says_when_to_come_back(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rate.A_MINUTE, "question", 1)
    answers = [get(key) for _ in range(4)]  # a minute may end among them
    assert 429 in {each.status_code for each in answers}
    assert all("Retry-After" in each for each in answers if each.status_code == 429)


def test_the_coordinator_says_by_a_tick_that_a_key_answers(hala: Actor, sign_in: SignIn) -> None:
    client = sign_in(hala.person)
    form = {"agency": "ewa", "name": "Cables"}
    for ticked in ({}, {"may-answer": "yes"}):
        assert client.post(reverse("desk:make-agency-key"), form | ticked).status_code == 200
    assert list(RelyingKey.objects.values_list("may_answer", flat=True)) == [False, True]
    page = client.get(reverse("desk:agency"), headers={"accept-language": "en"}).text
    assert page.count("answers questions") == 1

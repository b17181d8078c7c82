"""The desk's pages for what a step records, for two officers, and for a committee with its sittings."""

from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.audit.models import JournalEntry
from rukhsa.review import queue
from rukhsa.review.inspection import Inspection
from rukhsa.review.recording import Recording
from rukhsa.review.referral import Referral
from rukhsa.review.sitting import Minutes, Sitting, Vote
from tests.rooms.review import works
from tests.rooms.review.works import CHECK, EWA, SUNDAY, VISIT
from tests.web.desk.conftest import SignIn, person, picture

pytestmark = pytest.mark.django_db
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY

RECORDS = [
    {"id": "depth", "type": "decimal", "unit": "m", "ask": {"ar": "العمق المقيس", "en": "Depth as measured"}},
    {"id": "lit", "type": "yes-no", "ask": {"ar": "هل الموقع مضاء؟", "en": "Is the place lit?"}},
]
SAID = [{"id": "cable", "type": "text", "ask": {"ar": "رقم الكابل", "en": "Number of the cable"}}]
SEEN = [{"id": "width", "type": "integer", "ask": {"ar": "العرض", "en": "Width in centimetres"}}]
BY_TWO = {"decide": "two officers", "mandate": "roads", "within": "1 working day"}
BY_COMMITTEE = {"decide": "committee", "committee": "building", "within": "5 working days"}
MEMBERS = ("khalid", "fatima", "ahmed", "aisha")


def at(route: str, *arguments: object) -> str:
    return reverse(f"desk:{route}", args=arguments)


def submitted(*review: object) -> Application:
    works.agency()
    made = works.submitted(works.publish(works.works(*review)))
    queue.refresh(made, SUNDAY)
    return made


def test_what_is_found_out_is_recorded_in_the_form_of_its_step_and_shown(
    salem: Client, noor: Client, yusuf: Client
) -> None:
    steps = ({**CHECK, "records": RECORDS}, {**EWA, "records": SAID}, {**VISIT, "records": SEEN}, BY_TWO)
    application = submitted(*steps)
    where = at("check", application.pk, "completeness")
    page = salem.get(at("application", application.pk)).content.decode()
    assert "Depth as measured" in page
    wrong = salem.post(where, {"depth": "deep", "lit": "yes"})
    assert wrong.status_code == UNPROCESSABLE
    told = wrong.content.decode()
    assert "Enter a number, like 12.5." in told
    assert 'value="deep"' in told
    assert salem.post(where, {"depth": "١٫٥", "lit": "yes"}).status_code == HTTPStatus.FOUND
    page = salem.get(at("application", application.pk)).content.decode()
    assert "What the review found out" in page
    assert "Salem Hasan" in page
    asked = application.referrals.get() if application.referrals.exists() else ask(salem, application)
    refused = noor.post(at("referral", asked.pk), {"answer": "no-objection", "cable": ""})
    assert refused.status_code == UNPROCESSABLE
    assert "Enter your answer in a few words." in refused.content.decode()
    assert noor.post(at("referral", asked.pk), {"answer": "no-objection", "cable": "C-17"}).status_code == 302
    visit = order(application)
    marks = {"point-marked": "yes", "point-clear": "yes", "passed": "yes", "text": ""}
    assert yusuf.post(at("inspection", visit.pk), {**marks, "width": "wide"}).status_code == UNPROCESSABLE
    assert yusuf.post(at("inspection", visit.pk), {**marks, "width": "60"}).status_code == HTTPStatus.FOUND
    application.refresh_from_db()
    recorded = dict(Recording.objects.values_list("question", "value"))
    assert recorded == {"depth": "1.5", "lit": "yes", "cable": "C-17", "width": 60}
    assert {key: application.answers[key] for key in recorded} == recorded
    entry = JournalEntry.objects.filter(act="record-answers").first()
    assert entry


def ask(salem: Client, application: Application) -> Referral:
    """The agency, asked by hand."""
    salem.post(at("refer", application.pk, "ewa"))
    return application.referrals.get()


def order(application: Application) -> Inspection:
    """The visit, ordered as the journey does."""
    (visit,) = works.ordered(application, SUNDAY)
    return visit


def test_one_officer_proposes_and_another_disagrees_or_confirms(salem: Client, mariam: Client) -> None:
    application = submitted(BY_TWO)
    page = at("application", application.pk)
    assert "Propose a decision" in salem.get(page).content.decode()
    bare = salem.post(at("propose", application.pk), {"outcome": "granted", "reasons": ""})
    assert bare.status_code == UNPROCESSABLE
    typed = {"outcome": "granted", "reasons": "All is in order.", "legal_basis": ""}
    assert salem.post(at("propose", application.pk), typed).status_code == HTTPStatus.FOUND
    first = application.proposals.get()
    assert "Another officer confirms it" in salem.get(page).content.decode()
    assert salem.post(at("confirm", application.pk, first.pk)).status_code == UNPROCESSABLE
    assert "Confirm approval" in mariam.get(page).content.decode()
    assert mariam.post(at("disagree", application.pk, first.pk), {"reasons": ""}).status_code == UNPROCESSABLE
    reasons = {"reasons": "Say why the lane may close."}
    assert mariam.post(at("disagree", application.pk, first.pk), reasons).status_code == HTTPStatus.FOUND
    assert "Say why the lane may close." in salem.get(page).content.decode()
    salem.post(at("propose", application.pk), typed | {"reasons": "The lane closes at night only."})
    second = application.proposals.last()
    assert mariam.post(at("confirm", application.pk, second.pk)).status_code == HTTPStatus.FOUND
    application.refresh_from_db()
    assert application.stage == Stage.GRANTED
    assert "Mariam Ali" in salem.get(page).content.decode()


def test_a_committee_sits_votes_and_decides_with_minutes(salem: Client, sign_in: SignIn) -> None:
    application = submitted(BY_COMMITTEE)
    people = {name: member(name) for name in MEMBERS}
    browsers = {name: sign_in(each) for name, each in people.items()}
    khalid = browsers["khalid"]
    assert application.reference in khalid.get(at("matters")).content.decode()
    early = khalid.post(at("matter", application.pk), {"choice": "grant"})
    assert early.status_code == UNPROCESSABLE  # no sitting yet
    listed = salem.get(at("sittings")).content.decode()
    assert "Building permits committee" in listed
    assert "1 application waiting" in listed
    few = {"seat": "CAP/building", "held_on": "2026-11-01", "present": [people["khalid"].pk]}
    lost = salem.post(at("sittings"), few)
    assert lost.status_code == UNPROCESSABLE
    assert "The quorum is 3." in lost.content.decode()
    bad = {"seat": "CAP/nothing", "held_on": "31.12.", "present": ["x"]}
    assert salem.post(at("sittings"), bad).status_code == UNPROCESSABLE
    salem.post(at("sittings"), few | {"present": [each.pk for each in people.values()]})
    sitting = Sitting.objects.get()
    assert khalid.post(at("matter", application.pk), {"choice": "step-out"}).status_code == UNPROCESSABLE
    for name, choice in zip(MEMBERS, ("step-out", "refuse", "refuse", "grant"), strict=True):
        page = browsers[name].get(at("matter", application.pk)).content.decode()
        assert "Your vote at the sitting" in page
        vote = {"choice": choice, "reason": "He is my brother." if choice == "step-out" else ""}
        assert browsers[name].post(at("matter", application.pk), vote).status_code == HTTPStatus.FOUND
    assert Vote.objects.count() == 4
    assert "Stepped out" in salem.get(at("sitting", sitting.pk)).content.decode()
    where = at("conclude", sitting.pk, application.pk)
    assert "The majority refuses the application." in salem.get(where).content.decode()
    assert salem.post(where, {"text": "", "reasons": "Too high."}).status_code == UNPROCESSABLE
    again = salem.post(where, {"text": "Discussed.", "reasons": ""})
    assert again.status_code == UNPROCESSABLE
    assert "Discussed." in again.content.decode()
    file = SimpleUploadedFile("minutes.png", picture(), content_type="image/png")
    written = {"text": "Discussed.", "reasons": "Too high.", "file": file}
    assert salem.post(where, written).status_code == HTTPStatus.FOUND
    application.refresh_from_db()
    assert application.stage == Stage.REFUSED
    assert "by the committee" in salem.get(at("application", application.pk)).content.decode()
    assert salem.get(where).status_code == HTTPStatus.OK
    assert khalid.get(at("minutes", Minutes.objects.get().pk)).status_code == HTTPStatus.OK
    assert khalid.get(at("matter", application.pk)).status_code == HTTPStatus.OK  # he voted on it
    assert khalid.get(at("matters")).status_code == HTTPStatus.OK


def member(name: str) -> Person:
    """A member of the building committee of the Capital."""
    if name == "khalid":
        return person("khalid", works.authority())
    made = works.staff(f"{name}@town.example", "", name.title(), Role.COMMITTEE_MEMBER, at=works.authority())
    Authenticator.objects.get_or_create(user=made, type=Authenticator.Type.TOTP, defaults={"data": {}})
    return made

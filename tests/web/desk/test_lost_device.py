"""A security officer signs an applicant out of everywhere: in the log with a reason, and told to the person."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.audit.journal import JournalEntry
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.delivery.notice import Notice
from rukhsa.delivery.push_subscription import PushSubscription
from rukhsa.personal.lost_device import NoSuchApplicant, Why, sign_out_applicant
from tests import applicants
from tests.rooms.review import works
from tests.web.desk.conftest import SignIn

pytestmark = pytest.mark.django_db
# The one that may, and posts that are not held in an authority.
ELSEWHERE = {
    Role.SECURITY_OFFICER,
    Role.AGENCY_OFFICER,
    Role.AGENCY_COORDINATOR,
    Role.OPERATOR,
    Role.COMMITTEE_MEMBER,
}


@pytest.fixture
def owner(db: None) -> Person:
    applicants.open_town()
    return applicants.layla()


def of(role: Role) -> Actor:
    return works.act_as(works.staff("s@town.example", "أمن", "Safe", role, at=works.authority()))


def is_in(browser: Client) -> bool:
    return browser.get("/applications/").status_code == 200


def test_every_session_of_the_person_ends_and_no_one_elses(owner: Person) -> None:
    phone, home = (applicants.signed_in(owner) for _ in range(2))
    neighbour = applicants.signed_in(applicants.neighbour())
    officer, at = of(Role.SECURITY_OFFICER), timezone.now()
    assert sign_out_applicant(owner.personal_number or "", Why.LOST, actor=officer, at=at) == 2
    assert [is_in(each) for each in (phone, home, neighbour)] == [False, False, True]
    entries = JournalEntry.objects.filter(actor=officer.person.pk, subject=str(owner.pk), is_security=True)
    assert sorted(each.act for each in entries) == ["end-session", "end-session", "end-sessions"]
    assert {each.detail["why"] for each in entries} == {"lost-device"}


def test_the_person_is_told_each_time_and_the_lost_device_shows_nothing_more(owner: Person) -> None:
    PushSubscription.objects.create(
        person=owner, endpoint="https://push.example/1", p256dh="a", auth="b", at=timezone.now()
    )
    officer = of(Role.SECURITY_OFFICER)
    for minutes in (0, 1):
        at = timezone.now() + timedelta(minutes=minutes)
        sign_out_applicant(owner.personal_number or "", Why.MISUSED, actor=officer, at=at)
    assert not PushSubscription.objects.exists()
    assert sorted(Notice.objects.values_list("channel", flat=True)) == ["mail", "mail", "sms", "sms"]
    assert {each.event.partition(":")[0] for each in Notice.objects.all()} == {"signed-out"}


@pytest.mark.parametrize("role", sorted(set(Role) - ELSEWHERE))
def test_no_other_role_signs_an_applicant_out(owner: Person, role: Role) -> None:
    browser, actor = applicants.signed_in(owner), of(role)
    with pytest.raises(NotPermitted):
        sign_out_applicant(owner.personal_number or "", Why.LOST, actor=actor, at=timezone.now())
    assert is_in(browser)


@pytest.mark.parametrize("number", ["", "000000000"])
def test_a_number_of_no_applicant_ends_nothing(owner: Person, number: str) -> None:
    Person.objects.create_user("b@people.example", kind="citizen", personal_number=None)
    with pytest.raises(NoSuchApplicant):
        sign_out_applicant(number, Why.LOST, actor=of(Role.SECURITY_OFFICER), at=timezone.now())
    assert not JournalEntry.objects.filter(act="end-sessions").exists()


def test_a_member_of_staff_is_not_signed_out_this_way(owner: Person) -> None:
    officer = of(Role.SECURITY_OFFICER)
    Person.objects.filter(pk=officer.person.pk).update(personal_number="800101010")
    with pytest.raises(NoSuchApplicant):
        sign_out_applicant("800101010", Why.LOST, actor=officer, at=timezone.now())


def test_the_security_officer_does_it_on_a_page(owner: Person, sign_in: SignIn) -> None:
    phone = applicants.signed_in(owner)
    officer = of(Role.SECURITY_OFFICER).person
    Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={})
    desk = sign_in(officer)
    page = reverse("desk:sign-out-applicant")
    assert f'href="{page}"' in desk.get(reverse("desk:security-log")).content.decode()
    unknown = desk.post(page, {"number": "000000000", "why": "lost-device"})
    assert unknown.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "No applicant has this personal number" in unknown.content.decode()
    assert desk.post(page, {"number": owner.personal_number, "why": ""}).status_code == 422
    assert is_in(phone)
    done = desk.post(page, {"number": owner.personal_number, "why": "lost-device"}, follow=True)
    assert "1 session was ended. The person is told by message." in done.content.decode()
    assert not is_in(phone)
    log = desk.get(reverse("desk:security-log"), {"kind": "end-sessions"}).content.decode()
    assert "Signed an applicant out everywhere</td>" in log

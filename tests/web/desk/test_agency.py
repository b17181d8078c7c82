"""The pages of an agency's coordinator: people, standard conditions, and the agency's own figures."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import NotPermitted
from rukhsa.authorities.models import Post
from rukhsa.review.agency_figures import figures_of
from rukhsa.review.check import check
from rukhsa.review.condition import StandardCondition
from rukhsa.review.referral import answer
from rukhsa.staff.agency_staff import welcome_to_agency
from rukhsa.staff.change import HeldElsewhere, MailTaken, Newcomer
from rukhsa.staff.models import Invitation
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, person

BADR = {
    "email": "badr@ewa.example",
    "name_ar": "بدر",
    "name_en": "Badr",
    "agency": "ewa",
    "role": "agency-officer",
}
DAY = timedelta(days=1)


@pytest.fixture
def hala(db: None, sign_in: SignIn) -> Client:
    """The browser of EWA's coordinator."""
    return sign_in(person("hala", works.agency()))


def test_a_coordinator_invites_a_person_who_can_then_answer(hala: Client) -> None:
    assert hala.post(reverse("desk:invite-to-agency"), BADR).status_code == 302
    badr = Person.objects.get(email="badr@ewa.example")
    assert Post.objects.get(person=badr).agency_id == "ewa"
    assert Invitation.objects.get().person == badr
    page = hala.get(reverse("desk:agency")).content.decode()
    assert "badr@ewa.example" in page
    assert "has not set up the account yet" in page


def test_a_coordinator_acts_in_the_own_agency_alone(hala: Client, salem: Client) -> None:
    works.agency("gas")
    assert hala.post(reverse("desk:invite-to-agency"), BADR | {"agency": "gas"}).status_code == 422
    actor = works.act_as(person("hala", works.agency()))
    said = {"name_ar": "", "name_en": "", "language": "ar"}
    new = Newcomer(email="x@gas.example", **said)
    with pytest.raises(NotPermitted):
        welcome_to_agency(new, works.agency("gas"), Role.AGENCY_OFFICER, actor=actor, at=SUNDAY)
    officer, layla = person("salem", works.authority()), works.layla()
    for email, refusal in ((officer.email, HeldElsewhere), (layla.email, MailTaken)):
        with pytest.raises(refusal):
            welcome_to_agency(
                Newcomer(email=email, **said), works.agency(), Role.AGENCY_OFFICER, actor=actor, at=SUNDAY
            )


def test_a_coordinator_ends_a_post_and_sends_a_link_again(hala: Client) -> None:
    hala.post(reverse("desk:invite-to-agency"), BADR)
    post = Post.objects.get(person__email="badr@ewa.example")
    hala.post(reverse("desk:act-on-agency-post", args=[post.pk, "link"]))
    assert Invitation.objects.filter(person=post.person).count() == 2
    hala.post(reverse("desk:act-on-agency-post", args=[post.pk, "end"]))
    assert "badr@ewa.example" not in hala.get(reverse("desk:agency")).content.decode()


def test_a_standard_condition_is_offered_with_the_answer(hala: Client, referred: Application) -> None:
    said = {"agency": "ewa", "ar": "متران عن الكيبل", "en": "Two metres from the cable"}
    assert hala.post(reverse("desk:add-standard-condition"), said | {"ar": ""}).status_code == 422
    hala.post(reverse("desk:add-standard-condition"), said)
    row = StandardCondition.objects.get()
    address = reverse("desk:referral", args=[referred.referrals.get(agency="ewa").pk])
    assert f'name="standard" value="{row.pk}"' in hala.get(address).content.decode()
    hala.post(address, {"answer": "conditions", "standard": str(row.pk)})
    assert referred.referrals.get(agency="ewa").opinion.conditions.get().text == row.text
    hala.post(reverse("desk:end-standard-condition", args=[row.pk]))
    assert "No standard conditions yet" in hala.get(reverse("desk:agency")).content.decode()


def test_an_agency_sees_its_own_figures_in_one_statement(noor: Client, salem: Client) -> None:
    now = timezone.now()
    officer, noor_there = (
        works.act_as(person("salem", works.authority())),
        works.act_as(person("noor", works.agency())),
    )
    version = works.publish(works.works(works.CHECK, works.EWA, works.BY_OFFICER))
    for number, days in enumerate((1, 2, 3, 10, None, None), start=1):
        asked_at = now - 12 * DAY
        application = works.submitted(version, reference=f"CAP-2026-00000{number}", at=asked_at)
        check(application, "completeness", actor=officer, at=asked_at)
        [question] = works.asked(application, asked_at)
        if days:
            answer(question, "no-objection", "", actor=noor_there, at=asked_at + days * DAY)
    with CaptureQueriesContext(
        connection,
    ) as counted:
        figures = figures_of({"ewa"}, at=now)
    assert len(counted) == 1
    assert (figures.open, figures.late, figures.answered) == (2, 2, 4)
    assert (figures.median, figures.ninetieth) == (pytest.approx(2.5), pytest.approx(7.9))
    assert figures_of({"traffic"}, at=now).answered == 0
    page = noor.get(reverse("desk:referrals")).content.decode()
    assert "<dd>2.5</dd>" in page

"""Offices and committees come, change and end at the desk, by two people, and no case is left without an office."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa import journey
from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import actor_for
from rukhsa.authorities.models import Office, Post
from rukhsa.catalogue.load import load
from rukhsa.catalogue.models import TerritoryChange
from rukhsa.catalogue.office import open_committees, open_offices
from rukhsa.catalogue.territory import territory, territory_folder
from rukhsa.review.check import check
from rukhsa.review.participant import OtherOffice
from rukhsa.review.queue import QueueEntry
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn
from tests.web.desk.test_territory_settings import administrator, approve, proposed

pytestmark = pytest.mark.django_db
TRENCHES = {"code": "trenches", "ar": "قسم الحفريات", "en": "Trenches section"}


@pytest.fixture
def two(sign_in: SignIn) -> tuple[Client, Client]:
    """Two administrators."""
    return administrator("fatima", sign_in)[1], administrator("ahmed", sign_in)[1]


def opened(two: tuple[Client, Client]) -> None:
    fatima, ahmed = two
    approve(ahmed, proposed(fatima, "office", "new", **TRENCHES))


def page_of(client: Client, kind: str, key: str) -> str:
    return client.get(reverse("desk:change-setting", args=[kind, key])).text


def test_an_office_that_two_people_open_takes_posts_in_every_authority(two: tuple[Client, Client]) -> None:
    fatima, ahmed = two
    change = proposed(fatima, "office", "new", **TRENCHES)
    assert "trenches" not in open_offices()
    assert approve(fatima, change) == HTTPStatus.UNPROCESSABLE_ENTITY  # by its proposer
    approve(ahmed, change)
    assert open_offices()["trenches"].en == "Trenches section"
    assert set(Office.objects.filter(code="trenches").values_list("authority", flat=True)) == {"CAP", "MUH"} & {
        *Office.objects.values_list("authority", flat=True)
    }  # fmt: skip
    assert "Trenches section" in fatima.get(reverse("desk:invite-staff")).text
    assert JournalEntry.objects.filter(detail__kind="office", detail__key="trenches").count() >= 2


def test_a_renamed_office_keeps_its_name_when_the_territory_is_loaded_again(
    two: tuple[Client, Client],
) -> None:
    fatima, ahmed = two
    opened(two)
    named = {"ar": "قسم الطرق", "en": "Roads section"}
    approve(ahmed, proposed(fatima, "office", "roads", **named))
    load(territory_folder())
    assert set(Office.objects.filter(code="roads").values_list("name_en", flat=True)) == {"Roads section"}
    assert Office.objects.filter(code="trenches").exists()
    assert territory().offices["roads"].en == "Roads section"


def test_an_office_with_open_cases_ends_only_with_a_successor_that_gets_cases_and_posts(
    two: tuple[Client, Client], application: Application
) -> None:
    fatima, ahmed = two
    opened(two)
    journey.advance(application.pk, at=SUNDAY)
    entry = QueueEntry.objects.get(application=application)
    before = entry.office
    officer = works.staff("saeed@town.example", "سعيد", "Saeed", Role.OFFICER, at=works.authority())
    Office.objects.get_or_create(authority=works.authority(), code=before)
    post = Post.objects.get(person=officer)
    post.office = Office.objects.get(authority="CAP", code=before)
    post.save()
    names = {"ar": "قسم الطرق والحفريات", "en": "Roads and excavations section"}
    page = page_of(fatima, "office", before)
    assert "What this office has now" in page
    assert "Road works licence" in page
    refused = fatima.post(
        reverse("desk:change-setting", args=["office", before]),
        names | {"reason": "merged", "act": "remove", "effective_on": str(timezone.localdate())},
    )
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose the office to which its work goes." in refused.text
    approve(ahmed, proposed(fatima, "office", before, **names, to="trenches"))
    assert before not in open_offices()
    assert before in territory().offices  # by its name what it did is told
    journey.advance(application.pk, at=SUNDAY)
    entry.refresh_from_db()
    assert entry.office == "trenches"
    actor = actor_for(officer, at=SUNDAY)
    assert actor.offices_at("CAP") == {"trenches"}
    check(application, "completeness", actor=actor, at=SUNDAY)


def test_without_the_change_the_officer_of_the_new_office_is_refused(
    two: tuple[Client, Client], application: Application
) -> None:
    opened(two)
    journey.advance(application.pk, at=SUNDAY)
    officer = works.staff("saeed@town.example", "سعيد", "Saeed", Role.OFFICER, at=works.authority())
    Post.objects.filter(person=officer).update(office=Office.objects.get(authority="CAP", code="trenches"))
    with pytest.raises(OtherOffice):
        check(application, "completeness", actor=actor_for(officer, at=SUNDAY), at=SUNDAY)


def test_an_end_that_was_possible_when_it_was_proposed_is_looked_at_again(two: tuple[Client, Client]) -> None:
    fatima, ahmed = two
    opened(two)
    end = proposed(fatima, "office", "trenches", **TRENCHES, act="remove")
    officer = works.staff("saeed@town.example", "سعيد", "Saeed", Role.OFFICER, at=works.authority())
    Post.objects.filter(person=officer).update(office=Office.objects.get(authority="CAP", code="trenches"))
    assert approve(ahmed, end) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "trenches" in open_offices()
    assert TerritoryChange.objects.get(pk=end.pk).waits
    Post.objects.filter(person=officer).update(office=None)
    approve(ahmed, end)
    assert "trenches" not in open_offices()


def test_two_offices_do_not_end_into_each_other(two: tuple[Client, Client]) -> None:
    fatima, ahmed = two
    opened(two)
    approve(ahmed, proposed(fatima, "office", "new", **TRENCHES | {"code": "pipes", "en": "Pipes section"}))
    there = proposed(fatima, "office", "trenches", **TRENCHES, to="pipes")
    back = proposed(fatima, "office", "pipes", **TRENCHES | {"en": "Pipes section"}, to="trenches")
    approve(ahmed, there)
    assert approve(ahmed, back) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "pipes" in open_offices()


COMMITTEE = {
    "code": "heritage", "ar": "لجنة التراث", "en": "Heritage committee", "quorum": "3",
    "sits_on": ["sunday", "tuesday"], "source": "Decision 12 of 2026",
}  # fmt: skip


def test_a_committee_that_two_people_form_has_a_quorum_days_and_members(two: tuple[Client, Client]) -> None:
    fatima, ahmed = two
    change = proposed(fatima, "committee", "new", **COMMITTEE)
    assert "Sunday, Tuesday" in ahmed.get(reverse("desk:territory-change", args=[change.pk])).text
    approve(ahmed, change)
    rule = territory().committees["heritage"]
    assert (rule.quorum, rule.sits_on) == (3, ("sunday", "tuesday"))
    assert "Heritage committee" in fatima.get(reverse("desk:invite-staff")).text
    approve(ahmed, proposed(fatima, "committee", "heritage", **COMMITTEE | {"quorum": "5"}))
    assert territory().committees["heritage"].quorum == 5
    approve(ahmed, proposed(fatima, "committee", "heritage", **COMMITTEE, act="remove"))
    assert "heritage" not in open_committees()
    assert territory().committees["heritage"].name.en == "Heritage committee"


@pytest.mark.parametrize("wrong", [{"quorum": "0"}, {"en": " "}, {"source": ""}, {"code": "Heritage!"}])
def test_a_committee_that_lacks_something_is_refused(
    two: tuple[Client, Client], wrong: dict[str, str]
) -> None:
    said = COMMITTEE | wrong | {"reason": "x", "effective_on": str(timezone.localdate()), "act": "propose"}
    answer = two[0].post(reverse("desk:change-setting", args=["committee", "new"]), said)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not TerritoryChange.objects.exists()


def test_a_committee_with_members_or_a_service_cannot_end(two: tuple[Client, Client]) -> None:
    fatima, ahmed = two
    approve(ahmed, proposed(fatima, "committee", "new", **COMMITTEE))
    member = works.staff("khalid@town.example", "خالد", "Khalid", Role.COMMITTEE_MEMBER, at=works.authority())
    Post.objects.filter(person=member).update(committee="heritage")
    answer = fatima.post(
        reverse("desk:change-setting", args=["committee", "heritage"]),
        COMMITTEE | {"reason": "over", "effective_on": str(timezone.localdate()), "act": "remove"},
    )
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "This committee cannot end yet" in answer.text
    Post.objects.filter(person=member).update(ends_on=SUNDAY.date())
    approve(ahmed, proposed(fatima, "committee", "heritage", **COMMITTEE, act="remove"))
    assert "heritage" not in open_committees()

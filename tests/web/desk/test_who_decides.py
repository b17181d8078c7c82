"""The page of who may decide what: by pages, with what committees and rules decide."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.authorities.models import Post
from rukhsa.catalogue.models import ServiceVersion
from tests.rooms.review import works
from tests.rooms.review.works import BY_RULE, CHECK, SUNDAY
from tests.web.desk.conftest import SignIn, person
from tests.web.desk.test_deciders import BY_COMMITTEE

pytestmark = pytest.mark.django_db


def officers(count: int, *, named: str) -> None:
    """So many officers of the Capital, in the order of their names."""
    people = Person.objects.bulk_create(
        Person(email=f"{named}{n}@many.example", name_ar="موظف", name_en=f"{named} {n:03}", kind="staff")
        for n in range(count)
    )
    Post.objects.bulk_create(
        Post(person=each, role=Role.OFFICER, authority=works.authority(), starts_on=SUNDAY.date())
        for each in people
    )


def page(client: Client, **asked: Any) -> Any:
    return client.get(reverse("desk:mandates"), {"day": SUNDAY.date().isoformat(), **asked})


def names(answer: Any) -> list[str]:
    return [holder.post.person.name_en for _place, held in answer.context["groups"] for holder in held]


def test_the_posts_come_in_pages_and_each_post_once(mariam: Client) -> None:
    officers(110, named="Officer")
    seen: list[str] = []
    for number, count in ((1, 50), (2, 50), (3, 11)):
        answer = page(mariam, page=number)
        assert len(names(answer)) == count
        assert (f"page={number + 1}" in answer.text) is (number < 3)
        assert (f'page={number - 1}"' in answer.text) is (number > 1)
        seen += names(answer)
    assert sorted(seen) == sorted([*(f"Officer {n:03}" for n in range(110)), "Mariam Ali"])
    assert [len(names(page(mariam, page=odd))) for odd in ("0", "x", "٣", "-1")] == [50] * 4
    assert names(page(mariam, page="9" * 40)) == []


def test_the_page_asks_the_same_number_of_questions_whatever_there_is(
    mariam: Client, django_assert_num_queries: Callable[[int], Any], django_assert_max_num_queries: Any
) -> None:
    officers(60, named="Officer")
    page(mariam)
    with django_assert_max_num_queries(40) as asked:
        page(mariam)
    officers(240, named="Clerk")
    with django_assert_num_queries(len(asked)):
        page(mariam)


def test_what_a_committee_decides_stands_there_with_its_members_and_what_it_lacks(
    mariam: Client, sign_in: SignIn
) -> None:
    assert "No committee decides a service on that day." in page(mariam).text
    works.publish(works.works(CHECK, BY_COMMITTEE))
    for name in ("khalid", "fatima"):
        member = person(name, works.authority())
        Post.objects.filter(person=member).update(committee="building")
    answer = page(mariam)
    [seat] = answer.context["seats"]
    assert [each.en for each in seat.services] == [ServiceVersion.objects.get().definition.name.en]
    assert [each.name_en for each in seat.members] == ["Fatima", "Khalid"]
    assert seat.lacks == 1
    for words in ("Building permits committee", "quorum: 3 members", "1 member too few to vote", "Khalid"):
        assert words in answer.text
    assert "Building permits committee" not in page(mariam, page=2).text


def test_what_a_rule_decides_stands_there_with_its_law(mariam: Client) -> None:
    assert "No rule decides a service on that day." in page(mariam).text
    works.publish(works.works(CHECK, BY_RULE))
    shown = page(mariam).text
    assert "Rule of the municipality" in shown

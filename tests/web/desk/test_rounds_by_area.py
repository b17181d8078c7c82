"""Visits of an area that was drawn: what lies inside is decided here, and the area stays in the address."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rukhsa.places.models import Block
from rukhsa.rounds.round import Round, visits_of_round
from tests.rooms.review import works
from tests.rooms.rounds.conftest import made
from tests.web.desk.conftest import person
from tests.web.desk.visits_in_town import around, waiting_at
from tests.web.map import invented

pytestmark = pytest.mark.django_db
ROUNDS = reverse("desk:rounds")
WEST = {"rows": range(1, 4), "columns": range(2)}


@pytest.fixture(autouse=True)
def town(db: None) -> None:
    """The invented town in the surveys."""
    Block.objects.get_or_create(number=317, defaults={"authority": works.authority()})
    invented.survey_plots()


def chosen(client: Client, **query: str) -> tuple[int, str]:
    """The status of the page of rounds, and its list."""
    answer = client.get(ROUNDS, query)
    return answer.status_code, answer.content.decode().partition('id="planning"')[2]


def test_only_visits_in_the_area_are_chosen(mariam: Client) -> None:
    inside, outside, placeless = waiting_at((1, 0), (2, 1)), waiting_at((1, 4), (4, 0)), made(1, block=320)
    status, listed = chosen(mariam, area=around(**WEST))
    assert status == 200
    assert all(str(each.pk) in listed for each in inside)
    assert all(str(each.pk) not in listed for each in [*outside, *placeless])
    assert listed.count(" checked") == len(inside)
    assert "2 visits lie in the area" in listed
    assert "The place of 1 visit is not known" in listed
    status, listed = chosen(mariam)
    assert all(str(each.pk) in listed for each in [*inside, *outside, *placeless])
    assert " checked" not in listed


def test_visits_of_another_authority_are_in_no_area(mariam: Client) -> None:
    [here] = waiting_at((1, 0))
    elsewhere = made(1, block=317, town="MUH", ordinal=2)
    _status, listed = chosen(mariam, area=around(rows=range(0, 5), columns=range(0, 6)))
    assert str(here.pk) in listed
    assert str(elsewhere[0].pk) not in listed


def test_the_area_stays_in_the_address_and_a_refused_plan_comes_back_to_it(mariam: Client) -> None:
    visits = waiting_at((1, 0), (2, 1))
    area = around(**WEST)
    page = mariam.get(ROUNDS, {"area": area}).content.decode()
    assert page.count('name="area" value=') == 2  # for the day, and for the plan
    yusuf, yesterday = person("yusuf", works.authority()), timezone.localdate() - timedelta(days=1)
    sent = {"visit": [each.pk for each in visits], "inspector": yusuf.pk, "day": yesterday, "area": area}
    answer = mariam.post(reverse("desk:plan-round"), sent, follow=True)
    assert answer.redirect_chain[-1][0].startswith(ROUNDS)
    assert "2 visits lie in the area" in answer.content.decode()
    sent["day"] = timezone.localdate()
    mariam.post(reverse("desk:plan-round"), sent)
    assert set(visits_of_round(Round.objects.get())) == set(visits)


@pytest.mark.parametrize(
    ("area", "sentence"),
    [
        ("26.2220, 50.5860\n26.2230, 50.5870\n26.2220, 50.5870\n26.2230, 50.5860", "cross each other"),
        ("26.2220, 50.5860\n26.2230, 50.5870", "no more than a hundred"),
        ("\n".join(f"{26 + n / 1000}, {50 + n * n / 1e6}" for n in range(101)), "no more than a hundred"),
        ("here and there", "latitude, longitude"),
        ("99, 50\n26, 50\n26, 51", "latitude, longitude"),
    ],
)
def test_an_area_that_cannot_be_read_is_told_and_chooses_nothing(
    mariam: Client, area: str, sentence: str
) -> None:
    [visit] = waiting_at((1, 0))
    answer = mariam.get(ROUNDS, {"area": area})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page.partition('id="area-problem"')[2].partition("</p>")[0]
    assert str(visit.pk) in page
    assert " checked" not in page.partition('id="planning"')[2]
    answer = mariam.get(ROUNDS, {"area": around(**WEST)})
    assert answer.status_code == 200


def test_statements_do_not_grow_with_the_visits_of_an_area(mariam: Client) -> None:
    area = around(rows=range(0, 5), columns=range(0, 6))
    waiting_at((1, 0), (1, 1))
    chosen(mariam, area=area)  # what is read once by the process
    with CaptureQueriesContext(connection) as few:
        chosen(mariam, area=area)
    waiting_at(*((row, column) for row in (2, 3, 4) for column in range(6)))
    with CaptureQueriesContext(connection) as many:
        _status, listed = chosen(mariam, area=area)
    assert "20 visits lie in the area" in listed
    assert len(many) == len(few) <= 30


def test_more_than_a_round_holds_is_said_before_it_is_sent(mariam: Client) -> None:
    waiting_at(*((row, column) for row in (1, 2, 3, 4) for column in range(6)))
    made(17, block=317)  # at addresses that are not known: the middle of the block
    _status, listed = chosen(mariam, area=around(rows=range(0, 5), columns=range(0, 6)))
    assert "41 visits lie in the area" in listed
    assert "A round holds 40: leave some out." in listed

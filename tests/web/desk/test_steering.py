"""The director's pages: the figures of a month as a page and as CSV, their definitions, and what is spent."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.catalogue.territory import territory
from rukhsa.figures import upkeep
from rukhsa.figures.aggregate import MonthRow
from rukhsa.figures.cost import CostInput, Item, costs
from tests.rooms.figures import small_world
from tests.rooms.figures.small_world import moment
from tests.rooms.review import works
from tests.web.desk.conftest import SignIn, person

NOVEMBER = "?month=2026-11"
ROW = ("begins", "authority_id", "figure", "key", "count", "total")


@pytest.fixture
def jasim(db: None, sign_in: SignIn) -> Client:
    """The director of the Capital, in the small world."""
    small_world.build()
    upkeep.rebuild(at=moment(30, 12))
    return sign_in(person("jasim", works.authority()))


def at(name: str, query: str = NOVEMBER) -> str:
    return reverse(f"desk:{name}") + query


def test_the_page_tells_the_small_world(jasim: Client) -> None:
    page = jasim.get(at("figures"), headers={"accept-language": "en"}).content.decode()
    assert "<dd>1</dd>" in page  # a document
    assert '<bdi dir="ltr">50 %</bdi>' in page  # in time
    assert "25.500" in page  # income of the service


def test_cost_of_the_one_document_is_worked_out_by_hand(jasim: Client) -> None:
    # 22 minutes at 0.060 are 1.320, and 300.000 for the system in a month with one document: 301.320.
    # On paper: 1.320, paper and postage 0.500, and 6 visits of the Capital at 1.500: 10.820.
    page = jasim.get(at("figures")).content.decode()
    assert "301.320" in page
    assert "10.820" in page


def test_each_chart_has_a_title_and_a_description(jasim: Client) -> None:
    page = jasim.get(at("figures")).content.decode()
    charts = [
        f"<svg{part.partition('</svg>')[0]}</svg>" for part in page.split("<svg")[1:] if "chart" in part
    ]
    assert len(charts) == 2
    for chart in charts:
        tree = ElementTree.fromstring(chart)
        named = tree.attrib["aria-labelledby"].split()
        assert [child.attrib.get("id") for child in tree][:2] == named
        assert all(child.text for child in list(tree)[:2])


def test_the_days_of_each_party_and_the_standard_findings_stand_on_the_page(jasim: Client) -> None:
    page = jasim.get(at("figures"))
    assert page.context["days_of_parties"] == [
        ("The authority", 3, 1, 12),
        ("The applicant", 3, 1, 3),
        (territory().agencies["ewa"].en, 1, 2, 2),
    ]
    assert "12 days" in page.text
    assert [line[:2] for line in page.context["return_reasons"]] == [
        ("المخطط غير واضح", 1),
        ("In the officer's own words", 1),
    ]


def test_the_csv_has_the_rows_of_the_month_and_of_no_other_authority(jasim: Client) -> None:
    answer = jasim.get(at("figures") + "&as=csv")
    lines = answer.content.decode().splitlines()
    assert lines[0] == "month,authority,service,figure,key,count,total"
    assert "2026-11,CAP,road-works,documents,first,1,0" in lines
    assert "2026-11,,,verifications,altered,1,0" in lines
    assert not [line for line in lines if "MUH" in line]


def test_the_page_asks_the_same_number_of_questions_whatever_there_is(
    jasim: Client,
    django_assert_max_num_queries: Callable[[int], Any],
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    jasim.get(at("figures"))
    with django_assert_max_num_queries(16) as asked:
        jasim.get(at("figures"))
    few = list(MonthRow.objects.all())
    MonthRow.objects.bulk_create(
        MonthRow(**{name: getattr(row, name) for name in ROW}, service=f"service-{number}")
        for row in few
        for number in range(20)
    )
    assert MonthRow.objects.count() == 21 * len(few)
    with django_assert_num_queries(len(asked)):
        jasim.get(at("figures"))


def test_a_director_without_rows_is_told_so(db: None, sign_in: SignIn) -> None:
    page = sign_in(person("jasim", works.authority())).get(at("figures", ""))
    assert page.status_code == HTTPStatus.OK
    assert "empty" in page.content.decode()


def test_what_is_spent_is_assumed_until_it_is_said(jasim: Client) -> None:
    form = {
        "authority": "CAP",
        "item": Item.WAGE,
        "amount": "0.080",
        "source": "كتاب المالية",
        "said-on": "2026-11-02",
    }
    assert jasim.post(at("costs", ""), form | {"source": " "}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert jasim.post(at("costs", ""), form | {"amount": "x"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert jasim.post(at("costs", ""), form | {"said-on": "x"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not CostInput.objects.exists()
    assert jasim.post(at("costs", ""), form).status_code == HTTPStatus.FOUND
    said = CostInput.objects.get()
    assert (said.amount, said.said_on, said.counts_from.day) == (80, date(2026, 11, 2), 1)
    assert "كتاب المالية" in jasim.get(at("costs", "")).content.decode()
    later = costs(["CAP"], month=said.counts_from)["CAP"][Item.WAGE]
    assert later.said == said
    earlier = costs(["CAP"], month=said.counts_from.replace(year=2025))["CAP"][Item.WAGE]
    assert earlier.said is None


def test_every_figure_is_defined_on_one_page(jasim: Client) -> None:
    page = jasim.get(at("figure-definitions", "")).content.decode()
    assert page.count('<section class="card">') == 16

"""What was drawn stands as a picture on the case, before the agency and at the visit; no map is fetched."""

import pytest
from django.test import Client
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.catalogue.definition import Definition
from rukhsa.places.geometry import parse_line
from rukhsa.review import referral
from rukhsa.review.check import check
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import person

ROUTE = "26.2235, 50.5876\n26.2240, 50.5880"


def with_route(definition: Definition) -> Definition:
    """The road works, which ask for their route as well."""
    told = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    route = {"id": "route", "type": "line", "ask": {"ar": "ارسم المسار", "en": "Draw the route"}}
    told["sections"][0]["questions"].append(route)
    return Definition.model_validate(told)


@pytest.fixture
def drawn(db: None) -> Application:
    """Road works with their route, referred to two agencies, who answered, and a visit ordered."""
    works.agency()
    works.agency("traffic")
    version = works.publish(with_route(works.works()))
    made = works.submitted(version, route=parse_line(ROUTE))
    check(made, "completeness", actor=works.act_as(person("salem", works.authority())), at=SUNDAY)
    for question in works.asked(made, SUNDAY):
        referral.answer(
            question, "no-objection", "", actor=works.act_as(person("noor", question.agency)), at=SUNDAY
        )
    works.ordered(made, SUNDAY)
    return made


def test_what_was_drawn_is_seen_on_the_case_by_the_agency_and_at_the_visit(
    drawn: Application, mariam: Client, noor: Client, yusuf: Client
) -> None:
    visit, question = drawn.inspections.get(), drawn.referrals.get(agency="ewa")
    pages = {
        mariam: reverse("desk:application", args=[drawn.pk]),
        noor: reverse("desk:referral", args=[question.pk]),
        yusuf: reverse("desk:inspection", args=[visit.pk]),
    }
    for browser, address in pages.items():
        page = browser.get(address).content.decode()
        assert page.count('class="ground-picture"') == 1, address
        assert page.count('id="map-setting"') == 1, address
        assert "maplibre-gl.css" not in page.partition('id="map-setting"')[0], address


def test_a_case_without_a_drawing_has_no_map(db: None, mariam: Client) -> None:
    plain = works.submitted(works.publish(works.works()))
    page = mariam.get(reverse("desk:application", args=[plain.pk])).content.decode()
    assert "ground-picture" not in page
    assert "map-setting" not in page

"""The drawing on the pages of officer, agency and committee, in Chromium: the picture, and the map on a press."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from rukhsa.applications.models import Application
from rukhsa.places.geometry import parse_line
from rukhsa.review.check import check
from rukhsa.review.referral import answer
from tests.browser import axe
from tests.rooms.review import works
from tests.rooms.review.works import CHECK, EWA, SUNDAY
from tests.web.desk.conftest import SignIn, person
from tests.web.desk.test_agendas import BY_COMMITTEE
from tests.web.desk.test_drawn import ROUTE, with_route
from tests.web.desk.test_talk_browser import browser as browser
from tests.web.desk.test_talk_browser import signed_in
from tests.web.map import invented

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ground(tmp_path: Path, settings: Settings) -> Path:
    """The invented town under the maps."""
    settings.RUKHSA_GROUND = tmp_path / "ground"
    invented.ground(tmp_path)
    return tmp_path


def before(*steps: object) -> Application:
    """Road works with their route, checked by Salem."""
    works.agency()
    made = works.submitted(works.publish(with_route(works.works(*steps))), route=parse_line(ROUTE))
    check(made, "completeness", actor=works.act_as(person("salem", works.authority())), at=SUNDAY)
    return made


def large(frame: Locator, width: int) -> bool:
    """Whether one can read it: it has the width of its column, and the height that goes with it."""
    box = frame.bounding_box()
    return box is not None and box["width"] > min(0.85 * width, 300) and box["height"] > 180


def look(page: Page, width: int) -> None:
    """Look at the picture, open the map in its place, and measure both."""
    picture, frame = page.locator("svg.ground-picture"), page.locator(".map-frame")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    assert large(frame, width)
    assert axe.faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("[data-open]").click()
    expect(page.locator("[data-map]")).to_have_attribute("data-state", "open")
    expect(picture).to_be_hidden()
    assert large(frame, width)
    assert axe.faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_officer_agency_and_committee_see_the_picture_and_open_the_map(
    browser: Browser, live_server: LiveServer, sign_in: SignIn, ground: Path, language: str, width: int
) -> None:
    application = before(CHECK, [EWA], BY_COMMITTEE)
    (question,) = works.asked(application, SUNDAY)
    noor, mariam = person("noor", works.agency()), person("mariam", works.authority())
    khalid = person("khalid", works.authority())
    for name, who, address in (
        ("agency", noor, reverse("desk:referral", args=[question.pk])),
        ("case", mariam, reverse("desk:application", args=[application.pk])),
        ("committee", khalid, reverse("desk:matter", args=[application.pk])),
    ):
        if name == "committee":
            answer(question, "no-objection", "", actor=works.act_as(noor), at=SUNDAY)
        page = signed_in(browser, live_server, sign_in(who), language, width)
        page.goto(live_server.url + address)
        look(page, width)
        page.context.close()

"""Points whose latitude and longitude are swapped are told, and mended by one press, with scripts or without."""

import pytest
from django.test import Client

from rukhsa.applications.models import Application

pytestmark = pytest.mark.django_db
SWAPPED, RIGHT = "50.5876, 26.2235\n50.588, 26.224", "26.2235, 50.5876\n26.224, 50.588"
IN_QATAR = "25.2850, 51.5310\n25.2860, 51.5310"


@pytest.fixture
def page(browser: Client) -> str:
    """The page of road works on which the route is drawn."""
    browser.post("/services/road-works-licence/start")
    application = Application.objects.get()
    section = next(
        section.id
        for section in application.definition.sections
        if any(question.id == "route" for question in section.questions)
    )
    return f"/applications/{application.pk}/questions/{section}"


def test_one_press_swaps_them_and_nothing_else_is_lost(browser: Client, page: str) -> None:
    sent = {"route": SWAPPED, "page": "a"}
    told = browser.post(page, sent | {"on": "1"}).content.decode()
    assert "latitude and longitude are swapped" in told
    assert 'name="swap" value="route"' in told
    mended = browser.post(page, sent | {"swap": "route"}).content.decode()
    assert RIGHT in mended
    assert 'name="swap"' not in mended
    assert Application.objects.get().typed["route"] == RIGHT
    assert Application.objects.get().answers["route"]["geometry"]["coordinates"][0] == [50.5876, 26.2235]


@pytest.mark.parametrize("points", [IN_QATAR, RIGHT, "nowhere"])
def test_what_is_not_swapped_has_no_such_button(browser: Client, page: str, points: str) -> None:
    told = browser.post(page, {"route": points, "page": "a", "on": "1"}).content.decode()
    assert 'name="swap"' not in told


def test_what_cannot_be_read_stays_as_it_was_typed(browser: Client, page: str) -> None:
    browser.post(page, {"route": "nowhere", "page": "a", "swap": "route"})
    assert Application.objects.get().typed["route"] == "nowhere"

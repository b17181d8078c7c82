"""A season of 300 applications handed out and approved by keyboard in Chromium: a preview, and a report row by row."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.applications.models import Application
from rukhsa.review.queue import QueueEntry
from tests.browser import axe
from tests.browser.chromium import PATIENCE, chromium
from tests.web.desk.test_many import waiting
from tests.web.desk.test_rounds_browser import reached
from tests.web.desk.test_talk_browser import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SEASON = 300
OF_ALL = 5 * PATIENCE  # each row is an act of its own
LEFT_OUT = 2


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; Playwright runs an event loop in this thread, in which Django refuses database queries."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


def test_three_hundred_are_handed_out_in_turn(
    browser: Browser, live_server: LiveServer, mariam: Client
) -> None:
    waiting(SEASON)
    page = signed_in(browser, live_server, mariam, "ar", 360)
    page.set_default_timeout(OF_ALL)
    page.goto(live_server.url + reverse("desk:workload"))
    boxes = page.locator("[name=to]")
    for box in boxes.all():
        reached(page, box)
        page.keyboard.press("Space")
    reached(page, page.locator("#count"))
    expect(page.locator("#count")).to_have_value(str(SEASON))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("[name=row]:checked")).to_have_count(SEASON)
    assert not QueueEntry.objects.exclude(officer=None).exists()
    assert axe.faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    reached(page, page.locator("[name=row]").first)
    with page.expect_navigation():
        page.keyboard.press("Enter")  # in a box it only shows the preview again
    expect(page.locator("[name=row]:checked")).to_have_count(SEASON)
    assert not QueueEntry.objects.exclude(officer=None).exists()
    with page.expect_navigation():
        page.keyboard.press("y")
    expect(page.locator("form.many [role=status]")).to_contain_text(str(SEASON))
    expect(page.locator("[data-rows] .good")).to_have_count(SEASON)
    given = Counter(QueueEntry.objects.values_list("officer", flat=True))
    assert None not in given
    assert sorted(given.values()) == [SEASON // 2, SEASON // 2]
    page.context.close()


def test_three_hundred_are_approved_and_what_was_left_out_waits(
    browser: Browser, live_server: LiveServer, mariam: Client
) -> None:
    waiting(SEASON, is_checked=True)
    page = signed_in(browser, live_server, mariam, "en", 1280)
    page.set_default_timeout(OF_ALL)
    page.goto(live_server.url + reverse("desk:queue") + "?show=decide")
    reached(page, page.get_by_role("link", name="Approve several"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("[name=row]:checked")).to_have_count(SEASON)
    reached(page, page.locator("[name=row]").first)
    page.keyboard.press("Space")
    reached(page, page.locator("[name=row]").nth(1))
    page.keyboard.press("Space")
    expect(page.locator("[name=row]:checked")).to_have_count(SEASON - LEFT_OUT)
    assert axe.faults(page) == []
    with page.expect_navigation():
        page.keyboard.press("y")
    expect(page.locator("[data-rows] .good")).to_have_count(SEASON - LEFT_OUT)
    assert axe.faults(page) == []
    assert Application.objects.filter(stage="granted").count() == SEASON - LEFT_OUT
    page.context.close()

"""An ordinary decision takes at most four clicks or eight keys, counted in Chromium from the queue to decided."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.applications.models import Application
from tests.browser.chromium import chromium
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_CLICKS, MOST_KEYS = 4, 8


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


@pytest.fixture
def ordinary() -> Application:
    """An application that one check and one decision end."""
    made = works.submitted(works.publish(works.works(CHECK, BY_OFFICER)))
    works.asked(made, SUNDAY)
    return made


@pytest.fixture
def window(browser: Browser, live_server: LiveServer, salem: Client, ordinary: Application) -> Iterator[Page]:
    """Salem's window on the queue, in which the application waits."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    session = salem.cookies["rukhsa-session"].value
    for name, value in (("rukhsa-session", session), ("rukhsa-language", "en")):
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(8_000)
    page.goto(f"{live_server.url}{reverse('desk:queue')}")
    yield page
    page.goto("about:blank")
    context.close()


def test_an_ordinary_decision_takes_at_most_four_clicks(window: Page, ordinary: Application) -> None:
    wanted = (
        f"main a[href*='{ordinary.pk}']",  # the line of the queue
        "form[action*='/check/'] button",
        "form[action*='/decide'] button",
        "button[name=confirmed]",  # beside the amount and the document
    )
    for clicks, button in enumerate(wanted, 1):
        if button == "button[name=confirmed]":
            expect(window.locator(".document-foreseen")).to_contain_text("ليلى أحمد")
        with window.expect_navigation():
            window.locator(button).first.click()
        assert clicks <= MOST_CLICKS
    expect(window.locator(".case-acts .good")).to_be_visible()


def test_an_ordinary_decision_takes_at_most_eight_keys(window: Page, ordinary: Application) -> None:
    keys = ("j", "Enter", "c", "g", "Enter")
    assert len(keys) <= MOST_KEYS
    for key in keys:
        if key == "j":
            window.keyboard.press(key)
            continue
        with window.expect_navigation():
            window.keyboard.press(key)
    expect(window.locator(".case-acts .good")).to_be_visible()
    ordinary.refresh_from_db()
    assert ordinary.stage == "granted"


def test_keys_that_are_turned_off_do_nothing(window: Page, ordinary: Application) -> None:
    window.evaluate("localStorage['desk-keys-off'] = 'yes'")
    with window.expect_navigation():
        window.locator(f"main a[href*='{ordinary.pk}']").click()
    window.keyboard.press("c")
    expect(window.locator("form[action*='/check/'] button")).to_be_visible()
    assert not ordinary.checks.exists()


def test_typed_reasons_come_back_after_the_page_was_left(
    window: Page, ordinary: Application, live_server: LiveServer
) -> None:
    case = f"{live_server.url}{reverse('desk:application', args=[ordinary.pk])}"
    window.goto(case)
    window.keyboard.press("x")
    window.locator("textarea[name=reasons]").fill("The trench crosses a main.")
    window.goto(f"{live_server.url}{reverse('desk:queue')}")
    window.goto(case)
    expect(window.locator("textarea[name=reasons]")).to_have_value("The trench crosses a main.")
    expect(window.locator("[data-kept-told]")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 1024])
def test_the_acts_never_cover_the_case(window: Page, ordinary: Application, width: int) -> None:
    window.set_viewport_size({"width": width, "height": 800})
    with window.expect_navigation():
        window.locator(f"main a[href*='{ordinary.pk}']").click()
    window.keyboard.press("r")  # the longest form
    case, acts = (window.locator(each).bounding_box() for each in (".case-main", ".case-acts"))
    assert case
    assert acts
    assert case["x"] + case["width"] <= acts["x"]
    assert acts["height"] <= 800

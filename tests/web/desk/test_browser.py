"""The desk in Chromium: no serious fault by axe, nothing wider than a telephone, and working shortcuts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.applications.models import Application
from rukhsa.issuance.issuing_stop import stop_issuing
from rukhsa.issuance.models import Instrument
from rukhsa.places.occupation import occupy
from rukhsa.places.register import change_register
from rukhsa.values.periods import Period
from tests.browser import axe
from tests.browser.chromium import chromium
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import SignIn, differing, made_up_parcel, person, proposed_text
from tests.web.desk.test_running import operator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    # Playwright runs an event loop in this thread, in which Django refuses database queries.
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """The one window of these tests: what it has loaded it need not load again."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@contextmanager
def opened(
    window: Page, live_server: LiveServer, client: Client, language: str, width: int
) -> Iterator[Page]:
    """The window of a person who signed in; it forgets them afterwards."""
    window.set_viewport_size({"width": width, "height": 800})
    session = client.cookies["rukhsa-session"].value
    window.context.add_cookies(
        [
            {"name": "rukhsa-session", "value": session, "url": live_server.url},
            {"name": "rukhsa-language", "value": language, "url": live_server.url},
        ]
    )
    try:
        yield window
    finally:
        window.goto("about:blank")  # so that nothing writes any more
        kept = {"origin": live_server.url, "storageTypes": "cookies,local_storage"}
        window.context.new_cdp_session(window).send("Storage.clearDataForOrigin", kept)


def places(instrument: Instrument) -> list[str]:
    """The pages of places, with a moved address, works under way and a parcel."""
    made_up_parcel()
    home: dict[str, Any] = {"building": "12", "road": 1705, "block": 317}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE places_registerchange DISABLE TRIGGER places_register_by_instrument")
    moved = {**home, "flat": "3"}
    change_register("amend", old=home, new=moved, instrument=instrument.number, actor=None, at=SUNDAY)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE places_registerchange ENABLE TRIGGER places_register_by_instrument")
    today = timezone.localdate()
    line = {"type": "LineString", "coordinates": [[50.5876, 26.2235], [50.588, 26.2235]]}
    occupy("CAP-2026-000123-K", line, Period(start=today, end=today + timedelta(days=6)), address=home)
    return [
        reverse("desk:places"),
        reverse("desk:block", args=[317]),
        reverse("desk:building", args=[317, 1705, "12"]),
    ]


def looks_right(page: Page, address: str, width: int) -> None:
    """Open an address, and find no serious fault and nothing too wide."""
    page.goto(address)
    assert axe.faults(page) == [], address
    assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_every_page_of_the_desk_is_accessible_and_fits(
    window: Page,
    live_server: LiveServer,
    mariam: Client,
    yusuf: Client,
    noor: Client,
    visited: Application,
    instrument: Instrument,
    sign_in: SignIn,
    language: str,
    width: int,
) -> None:
    works.asked(visited, SUNDAY)
    question, visit = visited.referrals.get(agency="ewa"), visited.inspections.get()
    pages = {
        mariam: [
            reverse("desk:queue"),
            reverse("desk:application", args=[visited.pk]),
            reverse("desk:instruments"),
            reverse("desk:instrument", args=[instrument.pk]),
            reverse("desk:journal"),
            *places(instrument),
            reverse("desk:keys"),
            reverse("desk:catalogue"),
            reverse("desk:definition", args=["road-works-licence"]),
            reverse("desk:service-proposal", args=[proposed_text().pk]),
        ],
        sign_in(person("huda", works.authority())): [
            reverse("desk:statements"),
            reverse("desk:differences"),
            reverse("desk:difference", args=[differing(visited).pk]),
            reverse("desk:cash"),
        ],
        yusuf: [reverse("desk:inspections"), reverse("desk:inspection", args=[visit.pk])],
        noor: [reverse("desk:referrals"), reverse("desk:referral", args=[question.pk])],
    }
    for client, addresses in pages.items():
        with opened(window, live_server, client, language, width) as page:
            for address in addresses:
                looks_right(page, live_server.url + address, width)


def test_what_runs_fits_a_telephone(window: Page, live_server: LiveServer, sign_in: SignIn) -> None:
    _, khalid = operator("khalid", sign_in)
    with opened(window, live_server, khalid, "ar", 360) as page:
        looks_right(page, live_server.url + reverse("desk:running"), 360)
        looks_right(page, live_server.url + reverse("desk:planned-work"), 360)


def test_keys_move_through_the_queue_and_open_a_line(
    window: Page, live_server: LiveServer, salem: Client, visited: Application
) -> None:
    works.asked(visited, SUNDAY)
    with opened(window, live_server, salem, "en", 1280) as page:
        page.goto(live_server.url + reverse("desk:queue"))
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{reverse('desk:application', args=[visited.pk])}*")
        page.goto(live_server.url + reverse("desk:queue"))
        page.get_by_role("button", name="Turn shortcuts off").click()
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.tagName") != "A"


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_stop_of_issuing_is_told_accessibly_and_fits(
    window: Page, live_server: LiveServer, mariam: Client, language: str, width: int
) -> None:
    stop_issuing(reason="a-key-with-a-name-without-any-space-" * 4, operator="root", at=SUNDAY)
    with opened(window, live_server, mariam, language, width) as page:
        looks_right(page, live_server.url + reverse("desk:queue"), width)


def test_a_definition_is_written_with_words_errors_and_views(
    window: Page, live_server: LiveServer, salem: Client
) -> None:
    address = live_server.url + reverse("desk:definition", args=["road-works-licence"])
    with opened(window, live_server, salem, "en", 1280) as page:
        looks_right(page, address, 1280)
        expect(page.locator("#state")).to_have_text("No problems found.")
        page.get_by_role("button", name="What changes").click()
        expect(page.locator("#view")).to_contain_text("Not published yet")
        page.get_by_role("button", name="Form").click()
        expect(page.locator("[data-telephone=ar]").get_by_text("ما نوع الأشغال؟")).to_be_visible()
        expect(
            page.locator("[data-telephone=en]").get_by_text("What kind of works are they?")
        ).to_be_visible()

        line = page.locator(".cm-line", has_text="authority: {")
        line.click()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        page.keyboard.type("elig")
        expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("eligible")
        page.keyboard.press("Escape")
        expect(page.locator("#problems")).to_contain_text("not YAML")
        expect(page.locator(".cm-lintRange-error").first).to_be_visible()
        expect(page.locator("#view")).to_contain_text("There is a problem")

        page.goto(address)
        page.get_by_role("button", name="Take").click()
        expect(page.locator(".cm-content")).to_contain_text("elig")

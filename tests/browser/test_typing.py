"""Nothing that is typed is lost: late answers, an ended session, a link pressed at once, no network, two pages."""

from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from rukhsa.web.first_visit import COOKIE
from tests.browser import people
from tests.browser.conftest import Opened
from tests.browser.window import DESK, PHONE, Window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]


def saved(request: Request) -> tuple[str, str]:
    """The numbers of building and road that a page saves by itself."""
    typed = dict(parse_qsl(request.post_data or ""))
    return typed.get("home.building", ""), typed.get("home.road", "")


def test_an_answer_that_comes_late_takes_back_nothing_that_was_typed_meanwhile(
    opened: Opened, portal: str
) -> None:
    held: list[Route] = []
    with opened("en", DESK) as window:
        people.sign_in_by_ekey(window, portal)
        people.start(window, portal, "proof-of-residence")
        page = window.page
        building, road = (page.locator(f"[name='home.{part}']") for part in ("building", "road"))
        page.route(
            "**/questions/*",
            lambda route: held.append(route) if saved(route.request) == ("1", "") else route.continue_(),
        )
        with page.expect_request(lambda asked: saved(asked) == ("1", "")):
            building.fill("1")
        with page.expect_response(lambda told: saved(told.request) == ("12", "3402")):
            building.fill("12")
            road.fill("3402")
            road.blur()
            held.pop().continue_()
        expect(page.locator(".htmx-request")).to_have_count(0)
        expect(building).to_have_value("12")
        expect(road).to_have_value("3402")


def test_the_styles_of_the_next_page_are_fetched_once_one_begins_to_answer(
    opened: Opened, portal: str
) -> None:
    """A first visit carries them in the page: the slow line is for the fonts and the scripts until then."""
    with opened("en", DESK) as window:
        people.sign_in_by_ekey(window, portal)
        people.start(window, portal, "proof-of-residence")
        page = window.page
        page.context.clear_cookies(name=COOKIE)
        fetched: list[str] = []
        page.on("request", lambda asked: fetched.append(asked.url) if ".css" in asked.url else None)
        page.reload(wait_until="networkidle")
        assert fetched == []
        with page.expect_request(lambda asked: "/look/pages." in asked.url):
            page.locator("[name='home.building']").focus()


def test_what_is_typed_while_an_answer_is_being_shown_stays(opened: Opened, portal: str) -> None:
    with opened("en", DESK) as window:
        page, building, road = home(window, portal)
        page.evaluate("""() => {
            const [live, road] = [document.getElementById("live"), document.getElementsByName("home.road")[0]];
            const type = () => {
                road.value = "3402";
                road.dispatchEvent(new Event("input", { bubbles: true }));
            };
            live.addEventListener("htmx:before:swap", type, { once: true });
        }""")
        with page.expect_response(lambda told: saved(told.request) == ("12", "3402")):
            building.fill("12")
            road.fill("3401")
            road.blur()
        expect(page.locator(".htmx-request")).to_have_count(0)
        expect(road).to_have_value("3402")
        expect(building).to_have_value("12")


def home(window: Window, portal: str) -> tuple[Page, Locator, Locator]:
    """The first page of questions of a new draft, with its fields for building and road."""
    people.sign_in_by_ekey(window, portal)
    people.start(window, portal, "proof-of-residence")
    return window.page, *fields(window.page)


def fields(page: Page) -> tuple[Locator, Locator]:
    return page.locator("[name='home.building']"), page.locator("[name='home.road']")


def go(page: Page, selector: str) -> None:
    """Press what leads to another page, and wait until that page is there; htmx rewrites the history meanwhile."""
    with page.expect_event("load"):
        page.locator(selector).click()


def sign_in_again(window: Window) -> None:
    """From the page for signing in back to where one was."""
    with window.page.expect_navigation():
        window.page.locator("form[action*='begin'] button").first.click()
    with window.page.expect_navigation():
        window.page.locator(f"button[name=person][value='{people.LAYLA}']").click()


def sign_out_elsewhere(window: Window) -> None:
    """The session is over, and the page does not know."""
    window.context.clear_cookies(name="rukhsa-session")


def forgive(window: Window, *expected: str) -> None:
    """Forget the faults that the test itself brought about."""
    window.faults[:] = [fault for fault in window.faults if not any(each in fault for each in expected)]


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_typed_after_the_session_ended_is_there_after_signing_in(
    opened: Opened, portal: str, scripts: bool
) -> None:
    with opened("en", PHONE, scripts=scripts) as window:
        page, building, road = home(window, portal)
        sign_out_elsewhere(window)
        building.fill("77")
        road.fill("3402")
        if scripts:
            road.blur()
            expect(page.locator("#over")).to_be_visible()
            expect(building).to_have_value("77")
            go(page, "#over button")
        else:
            go(page, "button[name=on]:not([aria-hidden])")
        assert "/sign-in" in page.url
        sign_in_again(window)
        expect(page.locator("main")).to_contain_text("You are signed in again")
        building, road = fields(page)
        expect(building).to_have_value("77")
        expect(road).to_have_value("3402")
        forgive(window, "401")


def test_a_link_pressed_right_after_a_key_waits_until_it_is_saved(opened: Opened, portal: str) -> None:
    with opened("en", DESK) as window:
        page, building, _road = home(window, portal)
        address = page.url
        for leave in (".head-sizes button[value=larger]", "button[name=language]", "a.back"):
            building, _road = fields(page)
            building.fill(leave[-4:])
            go(page, leave)
            window.open(address)
            expect(fields(page)[0]).to_have_value(leave[-4:])


def test_without_the_script_a_link_pressed_right_after_a_key_loses_it(opened: Opened, portal: str) -> None:
    """The negative control."""
    with opened("en", DESK) as window:
        page, _building, _road = home(window, portal)
        address = page.url
        page.route("**/typing.*js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        window.open(address)
        with page.expect_event("load"):  # in one step: a second later htmx saves it by itself
            fields(page)[0].evaluate("""field => {
                field.value = "77";
                field.dispatchEvent(new Event("input", { bubbles: true }));
                document.querySelector("a.back").click();
            }""")
        window.open(address)
        expect(fields(page)[0]).to_have_value("")


def test_the_back_button_pressed_right_after_a_key_loses_nothing(opened: Opened, portal: str) -> None:
    with opened("en", DESK) as window:
        page, building, _road = home(window, portal)
        address = page.url
        building.fill("77")
        page.go_back()
        page.wait_for_url("**/services/*")  # htmx rewrites the history meanwhile
        window.open(address)
        expect(fields(page)[0]).to_have_value("77")


def test_what_is_typed_offline_is_said_and_saved_later(opened: Opened, portal: str) -> None:
    with opened("en", PHONE) as window:
        page, building, road = home(window, portal)
        window.context.set_offline(True)
        building.fill("77")
        road.fill("3402")
        road.blur()
        expect(page.locator("#unsaved")).to_have_text(
            "You are offline. Not saved yet: it is kept on this device."
        )
        page.locator("button[name=on]:not([aria-hidden])").click()
        expect(page.locator("#unsaved")).to_contain_text("so it was not sent")
        with page.expect_response("**/questions/*"):
            window.context.set_offline(False)
        expect(page.locator("#saved")).to_contain_text("Saved at")
        expect(page.locator("#unsaved")).to_have_text("")
        page.reload()
        expect(fields(page)[0]).to_have_value("77")
        forgive(window, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


def test_what_the_server_never_got_is_kept_on_the_device_for_this_person_alone(
    opened: Opened, portal: str
) -> None:
    with opened("en", DESK) as window:
        page, building, _road = home(window, portal)
        address = page.url
        window.context.set_offline(True)
        building.fill("77")
        # The device goes off at once: what a page sends as it closes could reach a server that is there again by then.
        page.evaluate(
            "addEventListener('pagehide', (event) => event.stopImmediatePropagation(), { capture: true })"
        )
        page.close()
        window.context.set_offline(False)
        page = window.page = window.context.new_page()
        window.open(address)
        expect(page.locator("#unsaved")).to_contain_text("It is back")
        expect(fields(page)[0]).to_have_value("77")
        expect(page.locator("#saved")).to_contain_text("Saved at")
        page.evaluate("localStorage['typed/another/1'] = JSON.stringify({at: Date.now(), fields: []})")
        fields(page)[0].fill("78")
        assert page.evaluate("'typed/another/1' in localStorage") is False
        page.locator(".head-account summary").click()
        go(page, "form[action$='/sign-out'] button")
        assert page.evaluate("localStorage.length") == 0
        forgive(window, "ERR_INTERNET_DISCONNECTED", "Failed to fetch")


def test_two_pages_of_one_draft_are_put_together_and_the_later_is_told(opened: Opened, portal: str) -> None:
    with opened("en", DESK) as window:
        page, building, _road = home(window, portal)
        other = window.context.new_page()
        other.goto(page.url)
        with other.expect_response("**/questions/*"):
            fields(other)[0].fill("77")
            fields(other)[0].blur()
        with page.expect_response("**/questions/*"):
            fields(page)[1].fill("3402")
            fields(page)[1].blur()
        expect(page.locator("main")).to_contain_text("You changed this on another page")
        expect(building).to_have_value("77")
        with other.expect_response("**/questions/*"):
            fields(other)[1].fill("1")
            fields(other)[1].blur()
        expect(other.locator(".clash")).to_contain_text("3402")
        expect(fields(other)[1]).to_have_value("1")
        go(other, "button[name=theirs]")
        expect(fields(other)[1]).to_have_value("3402")
        other.close()


def test_after_another_page_signed_in_the_old_one_still_saves(opened: Opened, portal: str) -> None:
    """A sign-in renews the proof against forged forms, so that those of open pages are too old."""
    with opened("en", DESK) as window:
        page, building, _road = home(window, portal)
        window.context.clear_cookies(name="rukhsa-csrf")
        with page.expect_response(lambda told: told.request.method == "POST" and told.status == 200):
            building.fill("77")
            building.blur()
        expect(page.locator("#saved")).to_contain_text("Saved at")
        forgive(window, "403")

"""The desk as Salem and Mariam see it: by mouse, and one whole case by keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from rukhsa_rehearsal.story.applicant import Applicant, Applied
from rukhsa_rehearsal.story.plots import Plot
from rukhsa_rehearsal.story.staff_member import Staff
from tests.browser import keyboard, people
from tests.browser.conftest import Opened
from tests.browser.people import LAYLA
from tests.browser.plots import answers_of
from tests.browser.window import DESK, PHONE, Window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]
SERVICE = "proof-of-residence"


@pytest.fixture
def layla(portal: str) -> Iterator[Applicant]:
    """Layla, signed in by HTTP."""
    layla = Applicant(portal, LAYLA)
    layla.sign_in()
    yield layla
    layla.visitor.close()


@pytest.fixture
def applied(layla: Applicant) -> Applied:
    """A submitted application of hers."""
    plot = Plot(service=SERVICE, answers=answers_of(SERVICE), gateway="national")
    return layla.apply(plot, plot.answers)


@pytest.mark.parametrize(("language", "width"), [("ar", PHONE), ("en", DESK)])
def test_salem_opens_returns_and_grants(
    opened: Opened,
    portal: str,
    salem: Staff,
    mariam: Staff,
    layla: Applicant,
    applied: Applied,
    language: str,
    width: int,
) -> None:
    with opened(language, width) as window:
        people.be(window, salem)
        open_from_the_queue(window, portal, applied)
        unfold_the_menu(window)
        window.press("form[action$='/take'] button")
        window.page.locator("details:has(form[action$='/return']) > summary").click()
        window.page.locator("[name=about]").first.select_option("lease")
        window.page.locator("textarea[name=text]").first.fill("صورة الوثيقة غير واضحة.")
        window.press("form[action$='/return'] .act-buttons button")
        layla.submit(applied.application)
        open_from_the_queue(window, portal, applied)
        while window.page.locator("form[action*='/check/']").count():
            window.press("form[action*='/check/'] button")
        expect(window.page.locator("form[action*='/decide']")).to_have_count(0)  # who checked does not decide
        people.be(window, mariam)
        open_from_the_queue(window, portal, applied, show="decide")
        window.press("form[action*='/decide']:not(.act-form) button")
        window.press("button[name=confirmed]")
        expect(window.page.locator(".case-acts .good")).to_be_visible()


def test_mariam_signs_in_and_grants_with_the_keyboard_alone(
    opened: Opened, portal: str, salem: Staff, applied: Applied
) -> None:
    salem.check_all(applied.reference)
    with opened("en", DESK) as window:
        people.sign_in_at_the_desk(window, portal, "mariam")
        wait_in_the_queue(window, portal, applied)  # an empty one has no keys
        window.look()
        find_by_keyboard(window, applied)
        keyboard.press(window, "form[action*='/decide']:not(.act-form) button")
        keyboard.press(window, "button[name=confirmed]")
        expect(window.page.locator(".case-acts .good")).to_be_visible()


def open_from_the_queue(window: Window, portal: str, applied: Applied, show: str = "all") -> None:
    """Open this application from a list of the queue."""
    window.press(wait_in_the_queue(window, portal, applied, show))


def wait_in_the_queue(window: Window, portal: str, applied: Applied, show: str = "all") -> str:
    """Wait until a worker has put it into the queue; return its line."""
    line = f"main a[href*='{applied.application}']"
    people.wait_for(window, f"{portal}/desk/queue/?show={show}", line)
    return line


def unfold_the_menu(window: Window) -> None:
    """The menu and its groups open and close by the keyboard; on a screen what is at hand is in sight."""
    at_hand = window.page.locator(".desk-menu a[href$='/desk/queue/']")
    link = window.page.locator(".desk-menu a[href$='/desk/instruments/']")
    group = window.page.locator(".desk-group:has(a[href$='/desk/instruments/']) > summary")
    summary = group
    if window.width == PHONE:
        summary = window.page.locator(".desk-menu > summary")
        expect(at_hand).to_be_hidden()
        summary.press("Enter")
    expect(at_hand).to_be_visible()
    expect(link).to_be_hidden()
    group.press("Enter")
    expect(link).to_be_visible()
    window.look()
    link.press("Escape")
    expect(link).to_be_hidden()
    expect(summary).to_be_focused()


def find_by_keyboard(window: Window, applied: Applied) -> None:
    """The slash moves the focus to the search."""
    window.page.keyboard.press("/")
    assert window.page.evaluate("document.activeElement.id") == "wanted"
    window.page.keyboard.type(applied.reference)
    with window.page.expect_navigation(url=f"**/desk/applications/{applied.application}/**"):
        window.page.keyboard.press("Enter")
    window.look()

"""Layla and the staff in a Chromium window."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import FilePayload, Page, expect

from rukhsa_rehearsal.cast import CAST
from rukhsa_rehearsal.known_secrets import code_of, wait_for_the_next_code
from rukhsa_rehearsal.story import samples
from rukhsa_rehearsal.story.applicant import Applicant
from rukhsa_rehearsal.story.staff_member import Staff
from tests.browser.chromium import PATIENCE
from tests.browser.window import Window

LAYLA = "ekey-layla"


def sign_in_by_ekey(window: Window, portal: str, person: str = LAYLA) -> None:
    """From the portal to the page of eKey and back."""
    window.open(f"{portal}/sign-in")
    with window.page.expect_navigation():
        window.page.locator("form[action*='begin'] button").first.click()
    with window.page.expect_navigation():
        window.page.locator(f"button[name=person][value='{person}']").click()
    window.look()
    assert window.page.url.startswith(portal), window.page.url


def be(window: Window, person: Applicant | Staff) -> None:
    """Continue as a person who has signed in already: a one-time code opens the desk only once."""
    window.keep(person.visitor.cookies, person.portal)


def sign_in_at_the_desk(window: Window, portal: str, name: str) -> None:
    """Sign in by password and one-time code, with the keyboard alone."""
    member = next(each for each in CAST if each.email.startswith(f"{name}@"))
    window.open(f"{portal}/desk/sign-in")
    window.fill({"login": member.email, "password": member.password})
    _enter(window, "main [name=password]")
    _enter_code(window, member.email)
    if window.page.url.endswith("/sign-in/proof"):  # it expired while it was typed, or was used a moment ago
        wait_for_the_next_code()
        _enter_code(window, member.email)


def _enter_code(window: Window, email: str) -> None:
    window.fill({"code": code_of(email, at=datetime.now(UTC))})
    _enter(window, "main [name=code]")


def start(window: Window, portal: str, service: str) -> None:
    """From the page of a service to the first page of questions."""
    window.open(f"{portal}/services/{service}")
    window.press("form[action$='/start'] button")


def answer_all(
    window: Window,
    answers: Mapping[str, Any],
    *,
    press: Callable[[Window, str], object] = Window.press,
) -> None:
    """Answer page after page, each question once, until none is left; `press` presses the button to go on."""
    page = window.page
    for _ in range(40):
        if page.locator("#section-form").count() == 0:
            return
        answer_page(window, answers)
        press(window, "button[name=on]:not([aria-hidden])")
    raise AssertionError(f"the questions do not end: {page.url}: {page.locator('main').inner_text()}")


def answer_page(window: Window, answers: Mapping[str, Any]) -> None:
    """Answer what the page asks; an answer may open the next question."""
    written = dict(_fields(answers))
    given: set[str] = set()
    while waiting := [name for name in _names(window.page) if name in written and name not in given]:
        window.fill({waiting[0]: written[waiting[0]]})
        given.add(waiting[0])


def attach_all(window: Window) -> None:
    """Attach a file to each empty slot."""
    page = window.page
    empty = page.locator(".slot:not(:has(.files))")
    while remaining := empty.count():
        slot = empty.first
        field = slot.locator("input[name=file]")
        name, content, media_type = samples.upload(field.get_attribute("accept") or "")["file"]
        field.set_input_files(FilePayload(name=name, mimeType=media_type, buffer=content))
        if not window.scripts:
            slot.locator("form.upload > button").click()
        expect(empty).to_have_count(remaining - 1)
    window.look()


def submit(window: Window) -> tuple[str, str]:
    """Check and submit; return the address of the application and its reference."""
    window.press("main form button")
    address, reference = window.page.url, window.page.locator(".reference").inner_text().strip()
    return f"{address.partition('?')[0]}", reference


def wait_for(window: Window, address: str, selector: str) -> Page:
    """Reload until something is on the page, as a waiting person would."""
    window.open(address)
    for _ in range(2 * PATIENCE // 500):
        if window.page.locator(selector).count():
            return window.page
        window.page.wait_for_timeout(500)
        window.page.goto(address)
    raise AssertionError(f"{selector} did not appear on {address}")


def pay(window: Window, address: str) -> None:
    """Pay on the hosted page of the national gateway, and come back."""
    wait_for(window, address, "a[href$='/pay']")
    window.press("a[href$='/pay']")
    window.page.locator("[name=gateway][value=national]").check()
    with window.page.expect_navigation():
        window.page.locator("main form button.ds-button").click()
    with window.page.expect_navigation(url=f"{address.partition('/applications')[0]}/**"):
        window.page.locator("button[value=CAPTURED]").click()
    window.look()


def _fields(answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for question, answer in answers.items():
        if isinstance(answer, Mapping):
            fields += [(f"{question}.{part}", text) for part, text in answer.items()]
        else:
            fields.append((question, answer))
    return fields


def _names(page: Page) -> list[str]:
    names: list[str] = page.locator("#section-form [name]").evaluate_all("all => all.map(each => each.name)")
    return names


def _enter(window: Window, selector: str) -> None:
    with window.page.expect_navigation():
        window.page.locator(selector).press("Enter")
    window.look()

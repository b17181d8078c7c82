"""How many screens and answers a certificate of residence takes, for a tenant who is new and for one who comes back."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Frame, Page

from tests.browser import people
from tests.browser.conftest import Opened
from tests.browser.plots import answers_of
from tests.browser.window import PHONE, Window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]
SERVICE = "proof-of-residence"
MOST_NEW, MOST_RETURNING, MOST_ANSWERS = 8, 5, 4
TENANT = {
    "tenure": "tenant", "lease-number": "L-2026-77", "lease-start": "2026-01-01", "lease-end": "2036-01-01",
}  # fmt: skip


@dataclass(kw_only=True)
class Counted:
    """What one person saw and did from the first page to the submission."""

    screens: list[str] = field(default_factory=list)
    answers: set[str] = field(default_factory=set)  # what was typed, chosen or ticked, by question


# Tells each field that a person changed, on every page; a file is not an answer.
HEARD = """for (const kind of ["input", "change"])
    addEventListener(kind, ({ target }) => target.name && target.type !== "file" && answered(target.name), true);
"""


@contextmanager
def counting(page: Page) -> Iterator[Counted]:
    """Count each page that the person sees, where a redirect shows none, and each question that they answer."""
    counted = Counted()
    page.expose_function("answered", lambda name: counted.answers.add(name.partition(".")[0]))
    page.add_init_script(HEARD)

    def seen(frame: Frame) -> None:
        address = frame.url.partition("?")[0]
        # A page that notes its place in the history, or takes a file, is the same screen.
        if frame == page.main_frame and counted.screens[-1:] != [address]:
            counted.screens.append(address)

    page.on("framenavigated", seen)
    yield counted
    page.remove_listener("framenavigated", seen)


def test_a_tenant_applies_on_few_screens_and_comes_back_on_fewer(
    opened: Opened, portal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened("ar", PHONE) as window, counting(window.page) as new:
        find_the_service(window, portal)
        window.page.locator("main form[action*='begin'] button").first.click()
        window.page.locator("button[name=person][value='ekey-resident']").click()
        window.page.locator("form[action$='/start'] button").first.click()
        window.page.locator("#section-form").wait_for()
        answer(window, {**answers_of(SERVICE), **TENANT})
        people.attach_all(window)
        window.press(".actions a.ds-button")
        people.submit(window)
        cookies = window.context.cookies()
    with opened("ar", PHONE) as window, counting(window.page) as returning:
        window.context.add_cookies(cookies)  # type: ignore[arg-type]
        find_the_service(window, portal)
        window.press("form.like button")
        people.submit(window)
    told = "; ".join(
        f"{name}: {len(one.screens)} screens, {len(one.answers)} answers"
        for name, one in {"new": new, "returning": returning}.items()
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{told}\n")
    assert len(new.screens) <= MOST_NEW, "\n".join(new.screens)
    assert len(returning.screens) <= MOST_RETURNING, returning.screens
    assert {"tenure", "lease-number"} <= new.answers  # what is answered is counted
    assert len(returning.answers) <= MOST_ANSWERS, returning.answers


def find_the_service(window: Window, portal: str) -> None:
    """From the first page to the page of the service, through its group."""
    window.open(f"{portal}/")
    link = window.page.locator(f"a[href$='/services/{SERVICE}']").first
    group = window.page.locator("details.group", has=link)
    group.locator("summary").click()
    window.press(link)


def answer(window: Window, answers: Mapping[str, Any]) -> None:
    """Answer page after page."""
    window.fill({"tenure": answers["tenure"]})
    # The answer opens more questions on the same page.
    window.page.locator("[name='lease-number']").wait_for()
    while window.page.locator("#section-form").count():
        people.answer_page(window, answers)
        window.press("button[name=on]:not([aria-hidden])")

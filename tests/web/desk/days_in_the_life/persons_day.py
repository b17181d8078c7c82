"""A person's day: sign in, home, an act, a look round and sign out, in Arabic, by the keyboard, each page with axe."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, Page

from rukhsa.accounts.models import Person
from rukhsa_rehearsal.known_secrets import code_of, give_fixed_secret
from tests.browser import axe

PASSWORD: Final = "a quiet harbour at seven"
TABS: Final = 200  # no page asks for more
WIDTH: Final = 1280


@dataclass(kw_only=True)
class Day:
    """One person's window, and what went wrong in it."""

    page: Page
    server: str
    faults: list[str] = field(default_factory=list)

    def sign_in(self, person: Person) -> None:
        """By work email, password and one-time code."""
        person.email = person.email.lower()  # as accounts are kept; the cast's have the code of an authority
        person.set_password(PASSWORD)
        person.save()
        Authenticator.objects.filter(user=person).delete()
        give_fixed_secret(person)
        self.open("/desk/sign-in")
        self.write("[name=login]", person.email)
        self.write("[name=password]", PASSWORD)
        self.enter()
        self._enter_code(person)
        if self.page.url.endswith("/sign-in/proof"):  # it expired while it was typed
            self._enter_code(person)
        assert "/desk/" in self.page.url, self.page.url
        assert "sign-in" not in self.page.url, self.page.inner_text("main")

    def _enter_code(self, person: Person) -> None:
        self.write("[name=code]", code_of(person.email, at=datetime.now(UTC)))
        self.enter()

    def sign_out(self) -> None:
        """By the menu of one's account."""
        self.tab_to(".head-account > summary")
        self.page.keyboard.press("Enter")
        self.go(".head-account form button")

    def open(self, address: str) -> None:
        """An address of one's own, such as a bookmark."""
        self.page.goto(self.server + address)
        self.look()

    def go(self, selector: str) -> None:
        """Tab to a link or a button, and press it."""
        self.tab_to(selector)
        self.enter()

    def menu(self, page: str) -> None:
        """Open a page of the desk's menu, and its group before it."""
        link = f".desk-nav a[href='/desk/{page}/']"
        group = f".desk-group:has(a[href='/desk/{page}/']) > summary"
        if self.page.locator(group).count():
            self.tab_to(group)
            self.page.keyboard.press("Enter")
        self.go(link)

    def choose(self, selector: str) -> None:
        """Tab to a box, a button that opens something or one of several choices, and choose it."""
        self.tab_to(selector)
        self.page.keyboard.press("Space")

    def write(self, selector: str, text: str) -> None:
        """Tab to a field, and write into it."""
        self.tab_to(selector)
        self.page.keyboard.type(text)

    def enter(self) -> None:
        """Press the key, and examine the page that follows."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def says(self, text: str) -> None:
        """The page says a text."""
        assert text in self.page.inner_text("body"), f"{self.page.url} does not say {text}"

    def tab_to(self, selector: str) -> None:
        """Press the tabulator until the element has the focus, visibly."""
        assert self.page.locator(selector).count(), f"{self.page.url} has no {selector}"
        for _ in range(TABS):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(
                "wanted => document.activeElement.matches(wanted)"
                " && getComputedStyle(document.activeElement).outlineStyle",
                selector,
            )
            if found:
                assert found != "none", f"no one sees that {selector} has the focus"
                return
        raise AssertionError(f"the keyboard does not reach {selector} on {self.page.url}")

    def look(self) -> None:
        """Find no serious fault of accessibility, nothing too wide, and a page in Arabic."""
        self.page.wait_for_load_state("load")
        self.faults += [f"{self.page.url}: {fault}" for fault in axe.faults(self.page)]
        if self.page.evaluate("document.documentElement.scrollWidth") > WIDTH:
            self.faults.append(f"{self.page.url} is too wide")
        assert self.page.evaluate("document.documentElement.dir") == "rtl", self.page.url


def begun(browser: Browser, server: str) -> Iterator[Day]:
    """A day in a window of its own; it ends with no fault."""
    context = browser.new_context(viewport={"width": WIDTH, "height": 800}, reduced_motion="reduce")
    context.add_cookies([{"name": "rukhsa-language", "value": "ar", "url": server}])
    day = Day(page=context.new_page(), server=server)
    day.page.set_default_timeout(60_000)
    yield day
    context.close()
    assert day.faults == []

"""Pages in the dark, at 400 %, with wide spacing, in the system's colours, and as a screen reader speaks them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from rukhsa_rehearsal.story.staff_member import Staff
from tests.browser import axe, people
from tests.browser.conftest import Opened
from tests.browser.plots import answers_of
from tests.browser.window import DESK, Window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]
SERVICE: Final = "proof-of-residence"
LARGE: Final = 320  # 1280 px at 400 % (WCAG 2.2, 1.4.10)
SMALLEST_TARGET: Final = 24  # px (WCAG 2.2, 2.5.8)
# WCAG 2.2, 1.4.12.
SPACED: Final = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important }"
        + " * { word-spacing: .16em !important; } p { margin-block-end: 2em !important; }");
    document.adoptedStyleSheets = [sheet];
}"""
CUT: Final = """() => [...document.querySelectorAll("main *, header *, footer *")].filter(each => {
    const style = getComputedStyle(each);
    return each.clientWidth > 2 && style.overflowX === "hidden" && each.scrollWidth > each.clientWidth + 1
        && style.textOverflow !== "ellipsis";
}).map(each => each.outerHTML.slice(0, 120))"""
# A link within a sentence is as high as its line.
SMALL: Final = """least => [...document.querySelectorAll("a[href], button, input, select, summary")].filter(each => {
    const box = each.getBoundingClientRect(), style = getComputedStyle(each);
    const within = each.matches("label *, p a, li a, dd a, td a, [role=status] a") || each.closest("label");
    const seen = box.width > 1 && box.height > 1 && style.visibility === "visible" && style.clipPath === "none";
    return seen && !within && (box.width < least || box.height < least);
}).map(each => each.outerHTML.slice(0, 120))"""
# What moves where one asked that nothing does (WCAG 2.2, 2.3.3), and colours that fade are no exception.
MOVING: Final = """() => [...document.querySelectorAll("*")].filter(each => {
    const style = getComputedStyle(each);
    const lasts = style.transitionDuration.split(", ").some(time => time !== "0s");
    return style.transitionProperty !== "none" && lasts || style.animationName !== "none";
}).map(each => each.outerHTML.slice(0, 120))"""
# What the browser says of a network that the test took away.
OFFLINE: Final = ("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
# Pages that lie beside the way of an application.
ASIDE: Final = (
    "status", "help", "accessibility", "privacy", "feedback", "service-status", "details", "consents/", "violations/",
    "own/sessions", "own/looks", "own/data", "money/", "documents/", "applications/",
)  # fmt: skip
READER: Final = (
    Path(__file__).parents[2] / "node_modules/@guidepup/virtual-screen-reader/lib/esm/index.browser.js"
)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_page_of_an_application_holds_for_each_pair_of_eyes(
    opened: Opened, portal: str, salem: Staff, mariam: Staff, language: str
) -> None:
    """In its states too: an error, the menu, offline, approved, paid, issued."""
    with opened(language, DESK) as window:
        people.sign_in_by_ekey(window, portal)
        seen = []
        for name in states(window, portal, salem, mariam):
            assert faults(window.page) == [], name
            seen.append(name)
        assert len(seen) == len(set(seen)) > 30
        window.faults = [each for each in window.faults if not any(own in each for own in OFFLINE)]


def test_the_desk_holds_for_each_pair_of_eyes(opened: Opened, portal: str, salem: Staff) -> None:
    with opened("en", DESK) as window:
        people.be(window, salem)
        for path in ("/desk/", "/desk/queue/?show=all"):
            window.open(f"{portal}{path}")
            assert faults(window.page) == [], path


def test_what_is_too_small_cut_off_or_too_pale_is_found(opened: Opened, portal: str) -> None:
    with opened("en", DESK) as window:
        window.open(portal)
        window.page.evaluate(
            """() => {
                const main = document.querySelector("main");
                const add = (html, style) => { main.insertAdjacentHTML("beforeend", html);
                    Object.assign(main.lastElementChild.style, style); };
                add("<button>x</button>", { width: "10px", height: "10px", padding: 0, minHeight: 0 });
                add("<div>A long word that is cut</div>", { width: "40px", overflow: "hidden", whiteSpace: "nowrap" });
                add("<p>Pale</p>", { color: "#333333", background: "#0d161c" });
            }"""
        )
        found = " ".join(faults(window.page))
        assert all(kind in found for kind in ("small: ", "cut: ", "color-contrast"))
        assert "moves: " not in found
        window.page.emulate_media(reduced_motion="no-preference")
        assert "moves: " in " ".join(faults(window.page))


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_screen_reader_is_told_of_an_attached_file(opened: Opened, portal: str, language: str) -> None:
    with opened(language, DESK, csp=False) as window:
        people.sign_in_by_ekey(window, portal)
        people.start(window, portal, SERVICE)
        people.answer_all(window, answers_of(SERVICE))
        with heard(window.page) as spoken:
            people.attach_all(window)
        told = {"en": "was checked and attached", "ar": "وإرفاقه"}[language]
        assert [phrase for phrase in spoken if "polite" in phrase and told in phrase], spoken
        # The reader's own fault, where a part of the page that it watches is replaced.
        window.faults = [each for each in window.faults if "getElementById is not a function" not in each]
        assert window.page.evaluate("document.activeElement !== document.body")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_screen_reader_begins_at_the_summary_of_what_is_wrong(
    opened: Opened, portal: str, language: str
) -> None:
    with opened(language, DESK, csp=False) as window:
        people.sign_in_by_ekey(window, portal)
        people.start(window, portal, SERVICE)
        window.page.locator("button[name=on]:not([aria-hidden])").first.click()
        window.page.locator(".ds-error-summary").wait_for()
        assert window.page.evaluate(
            "document.activeElement.matches('.ds-error-summary, .ds-error-summary *')"
        )
        with heard(window.page) as spoken:
            window.page.locator(".ds-error-summary a").first.press("Enter")
        assert window.page.evaluate("document.activeElement.matches('input, select, textarea')")
        assert any("invalid" in phrase for phrase in spoken), spoken


def states(window: Window, portal: str, salem: Staff, mariam: Staff) -> Iterator[str]:
    """The pages that an applicant meets, one after the other, in the states that they come in."""
    window.open(portal)
    yield "first page"
    window.page.locator(".head-account summary").click()
    yield "the menu"
    window.open(f"{portal}/?q=zzzz")
    yield "nothing found"
    window.open(f"{portal}/services/{SERVICE}")
    yield "service"
    people.start(window, portal, SERVICE)
    yield "questions"
    yield from _faulty_and_offline(window)
    people.answer_all(window, answers_of(SERVICE))
    yield "documents"
    people.attach_all(window)
    yield "documents attached"
    window.press(".actions a.ds-button")
    yield "review"
    address, reference = people.submit(window)
    yield "submitted"
    window.open(address)
    yield "application"
    salem.take(reference)
    salem.check_all(reference)
    mariam.decide(reference, "granted")
    people.wait_for(window, address, "a[href$='/pay']")
    yield "approved"
    window.open(f"{address}pay")
    yield "pay"
    people.pay(window, address)
    yield "paid"
    people.wait_for(window, address, "a[href$='/document']")
    yield "issued"
    window.open(f"{address}document")
    yield "document"
    for each in ASIDE:
        window.open(f"{portal}/{each}")
        yield each


def _faulty_and_offline(window: Window) -> Iterator[str]:
    """A page of questions with errors, and without a network."""
    page = window.page
    page.locator("button[name=on]:not([aria-hidden])").first.click()
    page.locator(".ds-error-summary").wait_for()
    yield "errors"
    window.context.set_offline(True)
    page.locator("[name='home.building']").fill("77")
    page.locator("[name='home.building']").blur()
    expect(page.locator("#unsaved")).not_to_have_text("")
    yield "offline"
    with page.expect_response("**/questions/*"):
        window.context.set_offline(False)
    expect(page.locator("#unsaved")).to_have_text("")


def faults(page: Page) -> list[str]:
    """What moves or is too small, what axe finds in the dark, what is too wide at 400 %, or cut off when spaced."""
    found = [f"small: {each}" for each in page.evaluate(SMALL, SMALLEST_TARGET)]
    found += [f"moves: {each}" for each in page.evaluate(MOVING)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in axe.faults(page)]
    page.emulate_media(color_scheme="light", forced_colors="active")
    found += [f"forced colours: {each}" for each in axe.faults(page)]
    page.emulate_media(forced_colors="none")
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": LARGE, "height": 256})
    page.evaluate(SPACED)
    wide = page.evaluate("document.documentElement.scrollWidth")
    found += [f"{wide} px wide at 400 %"] if wide > LARGE else []
    found += [f"cut: {each}" for each in page.evaluate(CUT)]
    page.evaluate("document.adoptedStyleSheets = []")
    page.set_viewport_size(size)
    return found


@contextmanager
def heard(page: Page) -> Iterator[list[str]]:
    """What a screen reader speaks meanwhile, in order."""
    page.evaluate(
        f"""async () => {{
            const text = {READER.read_text("utf-8")!r};
            const address = URL.createObjectURL(new Blob([text], {{ type: "text/javascript" }}));
            window.reader = (await import(address)).virtual;
            await window.reader.start({{ container: document.body }});
        }}"""
    )
    spoken: list[str] = []
    yield spoken
    page.wait_for_timeout(500)
    spoken += page.evaluate("window.reader.spokenPhraseLog()")
    page.evaluate("window.reader.stop()")

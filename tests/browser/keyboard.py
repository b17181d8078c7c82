"""A person who uses the keyboard alone."""

from typing import Final

from tests.browser.window import Window

TABS: Final = 150  # no page asks for more


def tab_to(window: Window, selector: str) -> None:
    """Press the tabulator until the element has the focus, visibly."""
    for _ in range(TABS):
        window.page.keyboard.press("Tab")
        if window.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            outline = window.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"nobody sees that {selector} has the focus"
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def press(window: Window, selector: str) -> None:
    """Tab to a button and press it."""
    tab_to(window, selector)
    with window.page.expect_event("load"):  # a page that notes its place in the history navigates too
        window.page.keyboard.press("Enter")
    window.look()

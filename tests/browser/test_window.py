"""The checks of every window find the faults that they look for."""

import pytest

from tests.browser.conftest import Opened
from tests.browser.window import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("town")]
BROKEN = """document.body.innerHTML = `
    <img src="/nothing-is-here.png"><div style="width: 900px">too wide</div>`;
console.error("said aloud"); setTimeout(() => { throw new Error("thrown") }, 0);"""


def test_a_window_notices_every_kind_of_fault(opened: Opened, portal: str) -> None:
    window = opened("en", PHONE)
    window.open(f"{portal}/")
    assert window.wrong == []
    with (
        window.page.expect_response(lambda told: told.status == 404),
        window.page.expect_event("pageerror"),
        window.page.expect_console_message(lambda told: "Content Security Policy" in told.text),
    ):
        window.page.evaluate(BROKEN)
    window.look()
    found = "\n".join(window.wrong)
    # A style attribute would breach the policy, so an allowed sheet makes the page too wide.
    for fault in ("image-alt", "status 404", "said aloud", "thrown", "Content Security Policy"):
        assert fault in found, found
    with pytest.raises(AssertionError, match="said aloud"):
        window.close()


def test_a_window_notices_a_page_that_is_wider_than_the_telephone(opened: Opened, portal: str) -> None:
    window = opened("en", PHONE)
    window.open(f"{portal}/")
    window.page.evaluate("document.querySelector('main').style.minWidth = '900px'")
    window.look()
    assert any("900 px wide" in fault for fault in window.wrong), window.wrong
    window.context.close()


def test_a_window_notices_a_button_that_breaks_its_word_or_lets_it_hang_over(
    opened: Opened, portal: str
) -> None:
    for style in ("width: 3rem; overflow-wrap: anywhere", "width: 3rem; white-space: nowrap; overflow: clip"):
        window = opened("en", PHONE)
        window.open(f"{portal}/")
        window.page.evaluate("style => document.querySelector('.ds-button').style.cssText = style", style)
        window.look()
        assert any("too narrow a button" in fault for fault in window.wrong), window.wrong
        window.context.close()

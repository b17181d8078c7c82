"""What a person does on a page before its picture is taken."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.window import Window

WRONG_IBAN = "BH67 BMAG 0000 1299 1234 57"


def change_days(window: Window) -> None:
    """Type a number of days, and see the works that conflict with it."""
    days = window.page.locator("main [name=days]")
    with window.page.expect_response(lambda told: "days=20" in (told.request.post_data or "")):
        days.fill("20")
        days.blur()


def open_the_map(window: Window) -> None:
    """Scroll to the map, which is fetched once it is in sight."""
    drawn = window.page.locator("[data-map]")
    drawn.scroll_into_view_if_needed()
    expect(drawn).to_have_attribute("data-state", "open")


def mistype_the_iban(window: Window) -> None:
    """Type an IBAN with a wrong last digit."""
    window.page.locator("#iban").fill(WRONG_IBAN)
    window.press("main form button")


def open_the_menu(window: Window) -> None:
    """Open the folded menu, as on a telephone."""
    window.page.locator(".desk-menu > summary").click()


def seek_money(window: Window) -> None:
    """Search by an amount."""
    window.page.locator("#amount").fill("227.250")
    window.press("main form button")


def ask_a_gateway(window: Window) -> None:
    """Ask whether the first gateway answers."""
    window.press("main form[action$='/ask'] button")


def write_wrong(window: Window) -> None:
    """Write a word that does not exist in the language."""
    _write_at(window, "kind: licence", "e")
    window.page.locator("#problems li").first.wait_for()
    window.page.locator(".cm-lint-marker-error").first.wait_for()


def complete(window: Window) -> None:
    """Write the beginning of a word, and see the completions."""
    _write_at(window, "group: roads", "\ne")
    window.page.locator(".cm-tooltip-autocomplete").wait_for()


def _write_at(window: Window, line: str, text: str) -> None:
    window.page.locator(".cm-line", has_text=line).first.click()
    window.page.keyboard.press("End")
    window.page.keyboard.type(text)


def _see(number: int) -> Callable[[Window], None]:
    def see(window: Window) -> None:
        window.page.locator("[data-view]").nth(number).click()
        window.page.locator("#view h2").wait_for()
        expect(window.page.locator(".htmx-request")).to_have_count(0)
        window.page.locator("#view").scroll_into_view_if_needed()

    return see


def reckon(window: Window) -> None:
    """Try answers, and see what they cost."""
    _see(1)(window)
    view = window.page.locator("#view")
    view.locator("[name=route]").fill("26.2235, 50.5876\n26.2245, 50.5876")
    view.locator("[name='on-behalf'][value=no]").check()
    view.locator("form button:not([type=button])").click()
    expect(view.locator("table")).to_contain_text("27.750")


IN_THE_EDITOR = {
    "error": write_wrong,
    "completion": complete,
    "form": _see(0),
    "fees": reckon,
    "course": _see(2),
    "changes": _see(3),
}

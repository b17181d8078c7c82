"""Ten applications from a spreadsheet, two rows faulty: told by row, mended, submitted, paid as one, by keyboard."""

import re
from typing import Final

import pytest
from playwright.sync_api import FilePayload, expect

from rukhsa_rehearsal.story import samples
from rukhsa_rehearsal.story.staff_member import Staff
from tests.browser import people
from tests.browser.conftest import Opened
from tests.browser.window import DESK, PHONE, Window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]
SERVICE: Final = "proof-of-residence"
HEAD: Final = "home.flat;home.building;home.road;home.block;tenure;living-since;purpose;deed"
RECEIPT: Final = re.compile(r"[0-9]{4}-[0-9]{7}")
CHECK, CONFIRM = "form.spaced .actions button", "button[name=confirm]"


def sheet(**wrong: str) -> FilePayload:
    """Ten rows as a spreadsheet of the Gulf writes them: semicolons, Arabic digits, day before month."""
    digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    rows = [
        f";{str(200 + row).translate(digits)};١٧٠٥;٣١٧;{wrong.get(f'tenure_{row}', 'مالك')};"
        f"{wrong.get(f'since_{row}', '٠١/٠٥/٢٠٢٠')};bank;card.png"
        for row in range(10)
    ]
    text = "\ufeff" + "\r\n".join((HEAD, *rows)) + "\r\n"
    return {"name": "طلبات.csv", "mimeType": "text/csv", "buffer": text.encode()}


def by_enter(window: Window, selector: str) -> None:
    """Reach a button by keyboard, and press it."""
    button = window.page.locator(selector).first
    button.focus()
    expect(button).to_be_focused()
    with window.page.expect_navigation():
        window.page.keyboard.press("Enter")
    window.look()


@pytest.mark.parametrize(("language", "width"), [("ar", PHONE), ("en", DESK)])
def test_ten_rows_are_checked_mended_submitted_and_paid_as_one(
    opened: Opened, portal: str, salem: Staff, mariam: Staff, language: str, width: int
) -> None:
    with opened(language, width) as window:
        page = window.page
        people.sign_in_by_ekey(window, portal)
        window.open(f"{portal}/services/{SERVICE}/many")
        page.locator("#sheet").set_input_files(sheet(tenure_3="جار", since_7="أمس"))
        card = samples.upload("image")["file"]
        page.locator("#files").set_input_files({"name": "card.png", "mimeType": card[2], "buffer": card[1]})
        by_enter(window, CHECK)
        rows = page.locator(".batch-rows tbody tr")
        expect(rows).to_have_count(2)
        # The heading is the first row, and a row is called by the number that its person sees.
        expect(rows.locator("th")).to_contain_text(["5", "9"])
        page.locator("#sheet").set_input_files(sheet())
        by_enter(window, CHECK)
        expect(rows).to_have_count(0)
        batch = page.url
        by_enter(window, CONFIRM)
        links = page.locator(".batch-rows a[href*='/applications/']")
        expect(links).to_have_count(10)
        for reference in links.all_inner_texts():
            salem.take(reference.strip())
            salem.check_all(reference.strip())
            mariam.decide(reference.strip(), "granted")
        people.wait_for(window, batch, "a[href*='/money/together']")
        expect(page.locator("a[href*='/money/together']")).to_contain_text("10")
        by_enter(window, "a[href*='/money/together']")
        by_enter(window, "main form .actions button")  # the only authority
        expect(page.locator("table.amounts tbody tr")).to_have_count(10)
        page.locator("[name=gateway][value=national]").check()
        with page.expect_navigation():
            page.locator("main form button.ds-button").first.click()
        with page.expect_navigation(url=f"{portal}/**"):
            page.locator("button[value=CAPTURED]").click()
        people.wait_for(window, page.url, "#outcome:not([hx-get])")
        expect(page.locator("table.amounts tbody .quiet", has_text=RECEIPT)).to_have_count(10)

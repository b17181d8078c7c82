"""The whole course as Layla sees it: apply, pay, download, and verification by anyone in the browser itself."""

from pathlib import Path

import pytest

from rukhsa_rehearsal.story.staff_member import Staff
from tests.browser import people
from tests.browser.conftest import Opened
from tests.browser.gallery import altered, fragment_of
from tests.browser.plots import answers_of
from tests.browser.window import DESK, PHONE, Window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]
SERVICE = "proof-of-residence"


@pytest.mark.parametrize(("language", "width"), [("ar", PHONE), ("en", DESK)])
def test_layla_applies_pays_and_downloads_and_anyone_verifies(
    opened: Opened,
    portal: str,
    verifier: str,
    salem: Staff,
    mariam: Staff,
    tmp_path: Path,
    language: str,
    width: int,
) -> None:
    with opened(language, width) as window:
        pdf = proof_of_residence(window, portal, salem, mariam)
        prefix = "" if language == "ar" else "en/"
        assert verdict_on_the_code(window, f"{verifier}/{prefix}", fragment_of(pdf)) == "valid"
        assert verdict_on_the_code(window, f"{verifier}/{prefix}", altered(fragment_of(pdf))) == "altered"
        assert verdict_on_the_file(window, f"{verifier}/{prefix}", pdf, tmp_path) == "valid"


def test_the_whole_line_works_without_javascript(
    opened: Opened, portal: str, verifier: str, salem: Staff, mariam: Staff, tmp_path: Path
) -> None:
    with opened("en", PHONE, scripts=False) as window:
        pdf = proof_of_residence(window, portal, salem, mariam)
        assert verdict_on_the_file(window, f"{verifier}/en/", pdf, tmp_path) == "valid"


def test_back_after_paying_shows_what_was_paid_and_charges_nothing_again(
    opened: Opened, portal: str, salem: Staff, mariam: Staff
) -> None:
    with opened("en", PHONE) as window:
        address = granted(window, portal, salem, mariam)
        people.pay(window, address)
        page = window.page
        for _ in range(
            4
        ):  # the gateway's page, the choice of a way to pay, the application before it was paid
            page.go_back()
            assert page.locator("main h1").inner_text().strip()
            if page.locator("button[value=CAPTURED]").count():  # paid once more at the gateway's own page
                with page.expect_navigation(url=f"{portal}/**"):
                    page.locator("button[value=CAPTURED]").click()
            if page.url.startswith(portal):
                assert page.locator("main form [name=gateway]").count() == 0
        window.open(f"{portal}/money/")
        assert page.locator("main").get_by_text("You paid twice").count() == 0


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_the_language_and_the_size_of_the_text_change_on_the_page_where_one_is(
    opened: Opened, portal: str, scripts: bool
) -> None:
    with opened("ar", PHONE, scripts=scripts) as window:
        address = window.open(f"{portal}/services/{SERVICE}").url
        size = _size_of_text(window)
        window.press("button[name=language]")
        assert (window.page.url, _language(window)) == (address, "en")
        window.press("button[name=text][value=larger]")
        assert window.page.url == address
        assert _size_of_text(window) > size
        window.press("button[name=text][value=smaller]")
        assert (window.page.url, _size_of_text(window)) == (address, size)


def proof_of_residence(window: Window, portal: str, salem: Staff, mariam: Staff) -> bytes:
    """From the sign-in to the downloaded file."""
    address = granted(window, portal, salem, mariam)
    people.pay(window, address)
    people.wait_for(window, address, "a[href$='/document']")
    window.open(f"{portal}/applications/")
    window.open(f"{address}document")
    return window.downloaded("a[href$='/document/file']")


def granted(window: Window, portal: str, salem: Staff, mariam: Staff) -> str:
    """From the sign-in to the grant; the address of the application."""
    people.sign_in_by_ekey(window, portal)
    people.start(window, portal, SERVICE)
    people.answer_all(window, answers_of(SERVICE))
    people.attach_all(window)
    window.press(".actions a.ds-button")
    address, reference = people.submit(window)
    salem.take(reference)
    salem.check_all(reference)
    mariam.decide(reference, "granted")
    return address


def verdict_on_the_code(window: Window, address: str, fragment: str) -> str | None:
    """The page's own verdict on the code: the server does not learn of it."""
    window.page.goto("about:blank")
    window.page.goto(f"{address}#{fragment}")
    window.page.locator("#verdict article").wait_for()
    window.look()
    return window.page.locator("#verdict article").get_attribute("data-word")


def verdict_on_the_file(window: Window, address: str, pdf: bytes, folder: Path) -> str | None:
    """The server's verdict on the file."""
    file = folder / "document.pdf"
    file.write_bytes(pdf)
    window.page.goto("about:blank")
    window.open(address)
    window.page.locator("#file").set_input_files(file)
    if not window.scripts:
        window.page.locator("#file-form button").click()
    article = window.page.locator("article[data-word]")
    article.wait_for()
    window.look()
    return article.get_attribute("data-word")


def _size_of_text(window: Window) -> float:
    size: float = window.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    return size


def _language(window: Window) -> str | None:
    return window.page.locator("html").get_attribute("lang")

"""What people see when they scan a document: in Chromium, from the text of the QR to the verdict."""

from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page, Request, expect

from rukhsa.trust import qr
from tests.browser import axe
from tests.web.public.conftest import PublicSite

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
WORDS = {
    "valid": ("good", "سارية", "Valid"),
    "expired": ("caution", "منتهية", "Expired"),
    "suspended": ("bad", "معلقة", "Suspended"),
    "revoked": ("bad", "ملغاة", "Revoked"),
    "superseded": ("caution", "مستبدلة", "Superseded"),
    "not-registered": ("bad", "غير مسجلة", "Not registered"),
    "altered": ("bad", "معدّلة أو مزوّرة", "Altered or forged"),
    "specimen": ("bad", "نموذج", "Specimen"),
    "cannot-tell": ("caution", "تعذّر الجزم", "Cannot tell"),
}


def opened(browser: Browser, viewport: dict[str, int] = PHONE, **options: object) -> Page:
    page = browser.new_context(viewport=viewport, **options).new_page()  # type: ignore[arg-type]
    page.on("pageerror", lambda error: pytest.fail(f"the page broke: {error}"))
    return page


def verdict_of(page: Page, url: str) -> tuple[str | None, str | None, str]:
    page.goto("about:blank")
    page.goto(url)
    article = page.locator("#verdict article")
    article.wait_for()
    return (
        article.get_attribute("data-word"),
        article.get_attribute("data-tone"),
        page.locator(".word").inner_text(),
    )


@pytest.mark.parametrize("language", ["", "en/"], ids=["ar", "en"])
def test_every_verdict_has_its_word_tone_and_shape_shuts_nobody_out_and_fits(
    browser: Browser, address: str, public_site: PublicSite, language: str
) -> None:
    page = opened(browser)
    page.goto(f"{address}{language}")
    page.locator("#ask h1").wait_for()
    fits(page)
    for word, (tone, arabic, english) in WORDS.items():
        page.evaluate("hash => { location.hash = hash }", public_site.fragment(word))
        article = page.locator(f"#verdict article[data-word={word}]")
        article.wait_for()
        assert article.get_attribute("data-tone") == tone
        assert page.locator(".word").inner_text() == (english if language else arabic)
        assert page.locator(".shape:visible").get_attribute("data-shape") == tone
        page.locator(".how summary").click()
        fits(page)


def fits(page: Page) -> None:
    """Nothing on the page shuts anybody out, and nothing is wider than a telephone or a desk."""
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert axe.faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_what_stands_behind_the_hash_reaches_no_server(
    browser: Browser, address: str, public_site: PublicSite
) -> None:
    page, asked = opened(browser), list[Request]()
    page.on("request", lambda request: asked.append(request))
    fragment = public_site.fragment("valid")
    verdict_of(page, f"{address}#{fragment}")
    assert len(asked) > 10
    for request in asked:
        assert request.url.partition("#")[0].startswith(address)
        assert fragment[:40] not in request.url.partition("#")[0] + (request.post_data or "")
        assert fragment[:40] not in (request.header_value("referer") or "")
        assert request.header_value("cookie") is None
    assert page.context.cookies() == []


def test_the_holder_stands_first_and_large_with_the_facts_in_the_language_of_the_page(
    browser: Browser, address: str, public_site: PublicSite
) -> None:
    page = opened(browser, DESK)
    page.clock.set_fixed_time(public_site.now)
    verdict_of(page, f"{address}en/#{public_site.fragment('valid')}")
    facts = page.locator(".facts dl > div")
    assert facts.first.inner_text().split("\n")[-1] == "ليلى بنت أحمد الدوسري"
    assert "first" in (facts.first.get_attribute("class") or "")
    assert "Building 12, Road 3402, Block 334" in page.locator(".facts").inner_text()
    assert "4 minutes ago" in page.locator(".fresh").inner_text()


def test_before_the_signature_holds_no_fact_of_it_is_shown(
    browser: Browser, address: str, public_site: PublicSite
) -> None:
    page = opened(browser)
    verdict_of(page, f"{address}#{public_site.fragment('altered')}")
    assert page.locator(".facts").is_hidden()
    assert "سلمى" not in page.content()


def test_another_hash_gives_another_verdict_and_english_keeps_it(
    browser: Browser, address: str, public_site: PublicSite
) -> None:
    page = opened(browser)
    verdict_of(page, f"{address}#{public_site.fragment('valid')}")
    page.evaluate("hash => { location.hash = hash }", public_site.fragment("revoked"))
    expect(page.locator(".word")).to_have_text("ملغاة")
    page.get_by_role("link", name="English").click()
    expect(page.locator(".word")).to_have_text("Revoked")


def test_check_another_leads_back_to_the_question(
    browser: Browser, address: str, public_site: PublicSite
) -> None:
    page = opened(browser)
    verdict_of(page, f"{address}en/#{public_site.fragment('valid')}")
    page.get_by_role("link", name="Check another").click()
    expect(page.get_by_role("heading", name="Check a licence or a certificate")).to_be_visible()
    assert "#" not in page.url


def test_yesterday_s_lists_cannot_be_replayed_to_a_browser_that_saw_today_s(
    browser: Browser, address: str, public_site: PublicSite
) -> None:
    page, status = opened(browser), public_site.folder / "status/capital/0.cwt"
    older = status.read_bytes()
    url = f"{address}en/#{public_site.fragment('valid')}"
    assert verdict_of(page, url)[0] == "valid"
    # It remembers what it saw once more when it looks after the device: only then is there nothing left to write.
    expect(page.locator("#device-state")).to_contain_text("Status lists as of")
    page.evaluate(
        """() => {
            const seen = JSON.parse(localStorage.getItem("rukhsa-seen"));
            for (const uri in seen.status) seen.status[uri] += 60;
            localStorage.setItem("rukhsa-seen", JSON.stringify(seen));
        }"""
    )
    status.write_bytes(older)
    assert verdict_of(page, url)[0] == "cannot-tell"
    assert page.locator("#verdict article").get_attribute("data-reason") == "status-rolled-back"


@pytest.mark.parametrize(("file", "reason"), [("status", "status-unavailable"), ("log", "log-unavailable")])
def test_when_a_server_is_dead_the_page_cannot_tell_and_never_says_valid(
    browser: Browser, address: str, public_site: PublicSite, file: str, reason: str
) -> None:
    page = opened(browser)
    page.route(f"**/{file}/**", lambda route: route.abort())
    assert verdict_of(page, f"{address}#{public_site.fragment('valid')}")[0] == "cannot-tell"
    assert page.locator("#verdict article").get_attribute("data-reason") == reason


def test_a_trust_list_that_another_root_signed_is_not_believed(
    browser: Browser, address: str, public_site: PublicSite
) -> None:
    listed = public_site.folder / "trust-list.jws"
    head, payload, signature = listed.read_text().split(".")
    listed.write_text(f"{head}.{payload}.{signature[:-4]}AAAA")
    page = opened(browser)
    page.goto(f"{address}en/#{public_site.fragment('valid')}")
    expect(page.locator("#trouble")).to_contain_text("issuing authorities")
    assert page.locator("#verdict").is_hidden()


def test_a_picture_of_the_code_is_read_in_the_browser(
    browser: Browser, address: str, public_site: PublicSite, tmp_path: Path
) -> None:
    picture = tmp_path / "code.png"
    symbol = segno.make(
        qr.segments(public_site.texts["suspended"]), error="M", micro=False, boost_error=False
    )
    symbol.save(str(picture), scale=5, border=4)
    page, posted = opened(browser), list[str]()
    page.on("request", lambda request: posted.append(request.method))
    page.goto(f"{address}en/")
    page.locator("#file").set_input_files(picture)
    expect(page.locator(".word")).to_have_text("Suspended")
    assert "POST" not in posted


def test_a_picture_without_a_code_is_told_apart_from_a_forgery(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    picture = tmp_path / "empty.png"
    segno.make("no code of ours").save(str(picture), scale=1, border=40)
    page = opened(browser)
    page.goto(f"{address}en/")
    page.locator("#file").set_input_files(picture)
    expect(page.locator("#trouble, .word").first).to_be_visible()


def test_a_code_that_points_to_a_look_alike_address_is_refused(
    browser: Browser, address: str, public_site: PublicSite, tmp_path: Path
) -> None:
    picture = tmp_path / "code.png"
    text = public_site.texts["valid"].replace("v.mun.example", "v.rnun.example")
    segno.make(text, error="M", micro=False).save(str(picture), scale=5, border=4)
    page = opened(browser)
    page.goto(f"{address}en/")
    page.locator("#file").set_input_files(picture)
    expect(page.locator(".word")).to_have_text("Altered or forged")
    expect(page.locator(".next")).to_contain_text("not official")


def test_without_javascript_the_number_and_the_file_are_still_asked_for(
    browser: Browser, address: str
) -> None:
    page = opened(browser, java_script_enabled=False)
    page.goto(f"{address}en/")
    expect(page.get_by_label("Document number")).to_be_visible()
    expect(page.get_by_label("The document as PDF, or a picture of its code")).to_be_visible()
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_hidden()


def test_the_first_visit_fetches_no_scanner(browser: Browser, address: str, public_site: PublicSite) -> None:
    """How many bytes it costs is measured by `make bench`, over a connection as it is served."""
    page, asked = opened(browser), list[str]()
    page.context.on("request", lambda request: asked.append(request.url))
    verdict_of(page, f"{address}#{public_site.fragment('valid')}")
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if "page.js" in url]
    assert not [url for url in asked if "zxing" in url or "scanner" in url]

"""What people see when they scan a document: in Chromium, from the text of the QR to the verdict."""

from pathlib import Path
from typing import Literal

import pytest
import segno
from playwright.sync_api import Browser, Page, expect

from rukhsa.trust import qr
from tests.browser import axe
from tests.browser.verifier.conftest import (
    DESK,
    PHONE,
    Opened,
    Standing,
    Telephone,
    telephones,
    verdict_of,
)
from tests.web.public.conftest import PublicSite

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("verifier")]

WORDS = {
    "valid": ("good", "سارية", "Valid"),
    "expired": ("caution", "منتهية", "Expired"),
    "suspended": ("bad", "معلّقة", "Suspended"),
    "revoked": ("bad", "ملغاة", "Revoked"),
    "superseded": ("caution", "مستبدلة", "Superseded"),
    "not-registered": ("bad", "غير مسجّلة", "Not registered"),
    "altered": ("bad", "معدّلة أو مزوّرة", "Altered or forged"),
    "specimen": ("bad", "نموذج", "Specimen"),
    "cannot-tell": ("caution", "تعذّر الجزم", "Cannot tell"),
}


@pytest.mark.parametrize("language", ["", "en/"], ids=["ar", "en"])
def test_every_verdict_has_its_word_tone_and_shape_shuts_nobody_out_and_fits(
    page: Page, standing: Standing, language: str
) -> None:
    page.goto(f"{standing.address}{language}")
    page.locator("#ask h1").wait_for()
    fits(page)
    for word, (tone, arabic, english) in WORDS.items():
        page.evaluate("hash => { location.hash = hash }", standing.site.fragment(word))
        article = page.locator(f"#verdict article[data-word={word}]")
        article.wait_for()
        assert article.get_attribute("data-tone") == tone
        assert page.locator(".word").inner_text() == (english if language else arabic)
        assert page.locator(".shape:visible").get_attribute("data-shape") == tone
        page.locator(".how summary").click()
        fits(page)


@pytest.mark.parametrize("language", ["", "en/"], ids=["ar", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_not_ours_has_a_word_a_tone_and_a_shape_of_its_own(
    page: Page, standing: Standing, language: str, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{standing.address}{language}")
    for text in ("HC1:6BFNX1:HM*I0PS3TLU.NGMU5AG8JKM", "https://licences.elsewhere.example/#01017"):
        page.locator("#paste").fill(text)
        page.locator("#paste-form button").click()
        article = page.locator("#verdict article[data-word=not-ours]")
        article.wait_for()
        assert article.get_attribute("data-tone") == "neutral"
        assert page.locator(".word").inner_text() == ("Not one of ours" if language else "ليست من وثائقنا")
        assert page.locator(".shape:visible").get_attribute("data-shape") == "neutral"
        assert page.locator(".facts").is_hidden()
        fits(page)
        page.locator("[data-another]").click()


def fits(page: Page) -> None:
    """The page has no accessibility fault, and nothing is wider than a telephone or a desk."""
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert axe.faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_what_stands_behind_the_hash_reaches_no_server(telephone: Telephone, standing: Standing) -> None:
    fragment = standing.site.fragment("valid")
    assert len(telephone.asked) > 10
    for request in telephone.asked:
        assert request.url.partition("#")[0].startswith(standing.address)
        assert fragment[:40] not in request.url.partition("#")[0] + (request.post_data or "")
        assert fragment[:40] not in (request.header_value("referer") or "")
        assert request.header_value("cookie") is None
    assert telephone.context.cookies() == []


def test_the_first_visit_fetches_no_scanner(telephone: Telephone) -> None:
    """`make bench` measures how many bytes a first visit costs."""
    asked = [request.url for request in telephone.asked]
    assert [url for url in asked if "page.js" in url]
    assert not [url for url in asked if "zxing" in url or "scanner" in url]


def test_the_holder_stands_first_and_large_with_the_facts_in_the_language_of_the_page(
    opened: Opened, standing: Standing
) -> None:
    page = opened(viewport=DESK)
    page.clock.set_fixed_time(standing.site.now)
    verdict_of(page, standing.of("valid"))
    facts = page.locator(".facts dl > div")
    assert facts.first.inner_text().split("\n")[-1] == "ليلى بنت أحمد الدوسري"
    assert "first" in (facts.first.get_attribute("class") or "")
    assert "Building 12, Road 3402, Block 334" in page.locator(".facts").inner_text()
    assert "4 minutes ago" in page.locator(".fresh").inner_text()


def test_before_the_signature_holds_no_fact_of_it_is_shown(page: Page, standing: Standing) -> None:
    verdict_of(page, standing.of("altered", ""))
    assert page.locator(".facts").is_hidden()
    assert "سلمى" not in page.content()


def test_another_hash_gives_another_verdict_and_english_keeps_it(page: Page, standing: Standing) -> None:
    verdict_of(page, standing.of("valid", ""))
    page.evaluate("hash => { location.hash = hash }", standing.site.fragment("revoked"))
    expect(page.locator(".word")).to_have_text("ملغاة")
    page.get_by_role("link", name="English").click()
    expect(page.locator(".word")).to_have_text("Revoked")


def test_check_another_leads_back_to_the_question(page: Page, standing: Standing) -> None:
    verdict_of(page, standing.of("valid"))
    page.get_by_role("link", name="Check another document").click()
    expect(page.get_by_role("heading", name="Check a licence or certificate")).to_be_visible()
    assert "#" not in page.url


def test_yesterday_s_lists_cannot_be_replayed_to_a_browser_that_saw_today_s(
    opened: Opened, address: str, public_site: PublicSite
) -> None:
    page, status = opened(), public_site.folder / "status/capital/0.cwt"
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
    opened: Opened, standing: Standing, file: str, reason: str
) -> None:
    page = opened(service_workers="block")  # which fetches neither of them
    page.route(f"**/{file}/**", lambda route: route.abort())
    assert verdict_of(page, standing.of("valid", ""))[0] == "cannot-tell"
    assert page.locator("#verdict article").get_attribute("data-reason") == reason


def test_a_trust_list_that_another_root_signed_is_not_believed(
    opened: Opened, address: str, public_site: PublicSite
) -> None:
    listed = public_site.folder / "trust-list.jws"
    head, payload, signature = listed.read_text().split(".")
    listed.write_text(f"{head}.{payload}.{signature[:-4]}AAAA")
    page = opened()
    page.goto(f"{address}en/#{public_site.fragment('valid')}")
    expect(page.locator("#trouble")).to_contain_text("list of authorities")
    assert page.locator("#verdict").is_hidden()


def test_a_picture_of_the_code_is_read_in_the_browser(page: Page, standing: Standing, tmp_path: Path) -> None:
    picture, posted = tmp_path / "code.png", list[str]()
    text = standing.site.texts["suspended"]
    symbol = segno.make(qr.segments(text), error="M", micro=False, boost_error=False)
    symbol.save(str(picture), scale=5, border=4)
    page.on("request", lambda request: posted.append(request.method))
    page.goto(f"{standing.address}en/")
    page.locator("#file").set_input_files(picture)
    expect(page.locator(".word")).to_have_text("Suspended")
    assert "GET" in posted
    assert "POST" not in posted


def test_a_picture_without_a_code_is_told_apart_from_a_forgery(
    page: Page, standing: Standing, tmp_path: Path
) -> None:
    picture = tmp_path / "empty.png"
    segno.make("no code of ours").save(str(picture), scale=1, border=40)
    page.goto(f"{standing.address}en/")
    page.locator("#file").set_input_files(picture)
    expect(page.locator("#trouble, .word").first).to_be_visible()


def test_a_code_that_points_to_a_look_alike_address_is_refused(
    page: Page, standing: Standing, tmp_path: Path
) -> None:
    picture = tmp_path / "code.png"
    text = standing.site.texts["valid"].replace("v.mun.example", "v.rnun.example")
    segno.make(text, error="M", micro=False).save(str(picture), scale=5, border=4)
    page.goto(f"{standing.address}en/")
    page.locator("#file").set_input_files(picture)
    expect(page.locator(".word")).to_have_text("Altered or forged")
    expect(page.locator(".next")).to_contain_text("not official")


def test_without_javascript_the_number_and_the_file_are_still_asked_for(
    opened: Opened, standing: Standing
) -> None:
    page = opened(java_script_enabled=False)
    page.goto(f"{standing.address}en/")
    expect(page.get_by_label("Document number")).to_be_visible()
    expect(page.get_by_label("The document as PDF, or a picture of its QR code")).to_be_visible()
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_hidden()


def test_a_test_in_which_a_script_breaks_fails_by_its_words(browser: Browser) -> None:
    """The negative control of every test here."""
    with pytest.raises(AssertionError, match="broken on purpose"):
        break_a_script(browser)


def break_a_script(browser: Browser) -> None:
    """Break a script, as a fault in a page would."""
    with telephones(browser) as opened:
        page = opened()
        with page.expect_event("pageerror"):
            page.evaluate("setTimeout(() => { throw new Error('broken on purpose') })")

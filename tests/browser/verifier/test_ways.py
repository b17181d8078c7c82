"""The ways to give a document to the page: camera, file, text; and the choice of audience."""

import io
import re
from collections.abc import Callable, Iterator

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Page, Request, expect

from tests import opinions
from tests.browser import chromium
from tests.browser.verifier import film
from tests.browser.verifier.conftest import Opened, Standing, telephones, verdict_of
from tests.browser.verifier.test_verifier import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("verifier")]

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
COUNTS_LOOKS = """
    const ask = Worker.prototype.postMessage;
    window.looked = 0;
    Worker.prototype.postMessage = function (...all) { window.looked += 1; return ask.apply(this, all); };
"""

# Chromium's false cameras have no lamp: here the first of them has one.
LAMP = """
const own = MediaStreamTrack.prototype.getCapabilities;
MediaStreamTrack.prototype.getCapabilities = function () {
  return { ...own.call(this), torch: this.label.endsWith("0") };
};
MediaStreamTrack.prototype.applyConstraints = async ({ advanced: [{ torch }] }) => { window.lamp = torch; };
"""


def a_browser_with_cameras() -> None:
    """The shell that npm has opens none, not even a false one."""
    opinions.program("chromium", package="chromium")


type WithCamera = Callable[[Image.Image], Page]


@pytest.fixture(scope="module")
def sheet(standing: Standing) -> Image.Image:
    """A real document, as an image."""
    return film.page_with(standing.site.texts["expired"])


@pytest.fixture(scope="module")
def with_camera(
    browser: Browser, standing: Standing, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WithCamera]:
    """Open the page in a browser whose camera shows a page."""
    a_browser_with_cameras()
    shown = tmp_path_factory.mktemp("camera") / "film.mjpeg"
    arguments = [*chromium.ARGUMENTS, f"--use-file-for-fake-video-capture={shown}"]
    another = chromium.launched(browser.browser_type, arguments)

    def hold(page: Image.Image) -> Page:
        film.write(shown, page)
        window = opened(permissions=["camera"], service_workers="block")
        window.add_init_script(COUNTS_LOOKS)
        window.goto(f"{standing.address}en/")
        return window

    with telephones(another) as opened:
        yield hold
    another.close()


def test_a_real_document_held_before_the_camera_becomes_a_verdict(
    with_camera: WithCamera, sheet: Image.Image
) -> None:
    page = with_camera(sheet)
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator(".word")).to_have_text("Expired")
    assert page.evaluate("document.getElementById('camera-picture').srcObject") is None


def test_the_same_page_without_its_code_gives_no_verdict(with_camera: WithCamera, sheet: Image.Image) -> None:
    """The negative control: the camera runs and the scanner looks, but there is no code."""
    sheet = sheet.copy()
    width, height = sheet.size
    box = (width * 0.28, height * 0.62, width * 0.72, height * 0.95)
    ImageDraw.Draw(sheet).rectangle(box, fill=255)
    page = with_camera(sheet)
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("#camera-hint")).to_contain_text("Hold the QR code")
    page.wait_for_function("() => window.looked > 5")
    assert page.locator("#verdict").is_hidden()
    page.get_by_role("button", name="Stop the camera").click()
    expect(page.get_by_role("button", name="Scan with the camera")).to_be_focused()
    assert page.evaluate("document.getElementById('camera-picture').srcObject") is None


def test_another_camera_is_chosen_and_the_light_is_offered_where_there_is_one(
    page: Page, standing: Standing
) -> None:
    a_browser_with_cameras()
    page.add_init_script(LAMP)
    page.goto(f"{standing.address}en/")
    page.get_by_role("button", name="Scan with the camera").click()
    light, which = page.get_by_role("button", name="Light"), page.locator("#camera-which")
    for state in ("true", "false", "true"):
        light.click()
        expect(light).to_have_attribute("aria-pressed", state)
        assert page.evaluate("String(window.lamp)") == state
    which.select_option("fake_device_1")
    expect(light).to_be_hidden()
    looks = "document.getElementById('camera-picture').srcObject?.getVideoTracks()[0]"
    page.wait_for_function(f"() => {looks}?.label === 'fake_device_1'")
    expect(which.locator("option:checked")).to_have_text("fake_device_1")


def test_a_camera_that_is_refused_is_told_with_the_other_ways(opened: Opened, standing: Standing) -> None:
    a_browser_with_cameras()
    page = opened(service_workers="block")
    page.goto(f"{standing.address}en/")
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("#trouble")).to_contain_text("This page cannot use the camera")
    expect(page.locator("#trouble")).to_contain_text("choose a picture")


@pytest.mark.parametrize("language", ["", "en/"], ids=["ar", "en"])
def test_a_picture_that_was_given_is_shown_beside_the_facts_and_sent_nowhere(
    page: Page, standing: Standing, sheet: Image.Image, language: str
) -> None:
    posted, out = list[Request](), io.BytesIO()
    page.on("request", lambda request: request.method == "POST" and posted.append(request))
    sheet.save(out, "PNG")
    page.goto(f"{standing.address}{language}")
    page.locator("#file").set_input_files(
        FilePayload(name="photo.png", mimeType="image/png", buffer=out.getvalue())
    )
    picture = page.locator(".submitted img")
    expect(picture).to_be_visible()
    expect(picture).to_have_attribute("alt", re.compile("picture to check|المقدمة للتحقق"))
    page.wait_for_function("document.querySelector('#verdict .submitted img').naturalWidth > 300")
    fits(page)
    # A code that was given without a picture is shown without one.
    page.evaluate("hash => { location.hash = hash }", standing.site.fragment("valid"))
    page.locator("#verdict article[data-word=valid]").wait_for()
    expect(page.locator(".submitted")).to_be_hidden()
    assert posted == []


@pytest.fixture(scope="module")
def released(standing: Standing) -> bytes:
    """A document that was released after the others."""
    return standing.site.released_file()


def test_a_released_file_is_read_on_the_device_and_goes_to_the_site_only_when_asked(
    page: Page, standing: Standing, released: bytes
) -> None:
    posted = list[Request]()
    page.on("request", lambda request: request.method == "POST" and posted.append(request))
    page.goto(f"{standing.address}en/")
    page.locator("#file").set_input_files(
        FilePayload(name="permit.pdf", mimeType="application/pdf", buffer=released)
    )
    expect(page.locator(".word")).to_have_text("Valid")
    expect(page.locator(".fresh")).to_contain_text("We checked the signature")
    assert posted == []
    page.get_by_role("button", name="Check with this site too").click()
    page.wait_for_url("**/file")
    assert len(posted) == 1


def test_a_released_file_with_a_byte_changed_is_altered(
    page: Page, standing: Standing, released: bytes
) -> None:
    changed = released.replace(b"/Title", b"/Titlf", 1)
    assert changed != released
    page.goto(f"{standing.address}en/")
    page.locator("#file").set_input_files(
        FilePayload(name="permit.pdf", mimeType="application/pdf", buffer=changed)
    )
    expect(page.locator(".word")).to_have_text("Altered or forged")
    expect(page.locator(".facts")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("empty.pdf", b"", "not empty"), ("letter.txt", b"Dear all", "neither a PDF nor a picture")],
)
def test_a_file_that_is_nothing_of_ours_is_told_in_plain_words(
    page: Page, standing: Standing, name: str, content: bytes, said: str
) -> None:
    page.goto(f"{standing.address}en/")
    page.locator("#file").set_input_files(FilePayload(name=name, mimeType="text/plain", buffer=content))
    expect(page.locator("#trouble")).to_contain_text(said)
    expect(page.locator("#trouble")).to_be_focused()


def test_the_text_of_a_code_is_checked_however_it_was_pasted(page: Page, standing: Standing) -> None:
    text, digits = standing.site.texts["suspended"], standing.site.fragment("suspended")
    as_arabic, of_a_language = digits.translate(ARABIC_DIGITS), text.replace("/#", "/en/#")
    assert of_a_language != text
    page.goto(f"{standing.address}en/")
    for pasted in (f" {text}\n", digits, as_arabic, of_a_language):
        page.get_by_label("Link or digits").fill(pasted)
        page.get_by_role("button", name="Check the text").click()
        expect(page.locator(".word:visible")).to_have_text("Suspended")
        page.get_by_role("link", name="Check another document").click()
        expect(page.locator(".word:visible")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en/", "points to v.rnun.example; the official address is v.mun.example"), ("", "v.rnun.example")],
)
def test_a_seal_from_the_link_of_another_host_is_refused_and_the_host_is_named(
    page: Page, standing: Standing, language: str, said: str
) -> None:
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{standing.address}{language}")
    page.locator("#paste").fill(standing.site.texts["valid"].replace("v.mun.example", "v.rnun.example"))
    page.locator("#paste-form button").click()
    article = page.locator("#verdict article")
    article.wait_for()
    assert article.get_attribute("data-word") == "altered"
    assert article.get_attribute("data-reason") == "foreign-host"
    expect(page.locator(".next")).to_contain_text(said)
    assert asked
    assert not [url for url in asked if "rnun" in url]


def test_who_asks_chooses_the_next_step_and_the_choice_is_remembered(page: Page, standing: Standing) -> None:
    verdict_of(page, standing.of("revoked"))
    steps = page.locator(".step:visible")
    expect(steps).to_have_count(1)
    for_anyone = steps.inner_text()
    page.get_by_label("An inspector").check()
    expect(steps).to_contain_text("Stop the work")
    assert steps.inner_text() != for_anyone
    verdict_of(page, standing.of("superseded"))
    expect(page.get_by_label("An inspector")).to_be_checked()
    expect(steps).to_contain_text("site")


def test_the_verdict_is_announced_and_reached_by_the_keyboard(page: Page, standing: Standing) -> None:
    verdict_of(page, standing.of("revoked"))
    expect(page.locator("#announcement[aria-live=polite]")).to_contain_text("Revoked")
    expect(page.locator(".band")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Is it for this place, hour and work?")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[name=audience]:focus")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("An inspector")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check a licence or certificate")).to_be_focused()

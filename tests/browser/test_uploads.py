"""Files on the documents page in Chromium: in pieces, after a cut, cancelled, refused; focus and announcements."""

import base64
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from rukhsa.applications.file_check import LARGEST_FILE
from tests.browser import people
from tests.browser.conftest import Opened
from tests.browser.test_typing import forgive
from tests.browser.window import PHONE, Window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("town")]
HOME = {
    "home": {"building": "123", "road": "1705", "block": "317"},
    "tenure": "owner",
    "living-since": "2020-05-01",
    "purpose": "bank",
}


def picture(name: str, colour: str = "white", side: int = 60) -> FilePayload:
    out = BytesIO()
    Image.effect_noise((side, side), 90).save(out, "PNG") if side > 60 else Image.new(
        "RGB", (side, side), colour
    ).save(out, "PNG")
    return FilePayload(name=name, mimeType="image/png", buffer=out.getvalue())


@pytest.fixture
def documents(opened: Opened, portal: str) -> Iterator[tuple[Window, Page, Locator]]:
    """The documents page of a new draft on a telephone, and its first slot."""
    with opened("en", PHONE) as window:
        people.sign_in_by_ekey(window, portal)
        people.start(window, portal, "proof-of-residence")
        people.answer_all(window, HOME)
        slot = window.page.locator(".slot").first
        yield window, window.page, slot


def field(slot: Locator) -> Locator:
    return slot.locator("[data-field=file]")


def test_a_file_is_sent_in_pieces_goes_on_after_a_cut_and_keeps_the_focus(
    documents: tuple[Window, Page, Locator],
) -> None:
    window, page, slot = documents
    expect(slot.get_by_role("button", name="Choose")).to_be_visible()
    sent: list[str] = []

    def cut(route: object) -> None:
        request = route.request  # type: ignore[attr-defined]
        if request.method == "PATCH":
            sent.append(request.headers["upload-offset"])
        if len(sent) == 2 and request.method == "PATCH":
            route.abort("connectionreset")  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/uploads/*", cut)
    slot.locator("[data-press=file]").focus()
    field(slot).set_input_files(picture("card.png", side=700))
    expect(page.locator("#told")).to_have_text("\u2068card.png\u2069 was checked and attached.")
    assert sent[0] == "0"
    assert sent[1] == sent[2] != "0", "it went on where it stopped"
    expect(slot.locator(".files a").first).to_have_text("card.png")
    assert page.evaluate("document.activeElement.closest('.slot')?.id") == slot.get_attribute("id")
    slot.get_by_role("button", name="Remove").click()
    expect(slot.locator("[data-undo]")).to_be_focused()
    slot.locator("[data-undo]").click()
    expect(slot.locator(".files a").first).to_have_text("card.png")
    assert page.evaluate("document.activeElement !== document.body")
    forgive(window, "ERR_CONNECTION_RESET", "Failed to fetch")


def test_a_file_is_cancelled_and_one_that_cannot_be_read_says_why(
    documents: tuple[Window, Page, Locator],
) -> None:
    window, page, slot = documents
    page.route("**/uploads/*", lambda route: None if route.request.method == "PATCH" else route.continue_())
    field(slot).set_input_files(picture("slow.png"))
    slot.get_by_role("button", name="Cancel").click()
    expect(page.locator("#told")).to_have_text("\u2068slow.png\u2069 was not sent.")
    page.unroute("**/uploads/*")
    field(slot).set_input_files(FilePayload(name="bad.png", mimeType="image/png", buffer=b"not a picture"))
    expect(slot.locator(".sending-files .state")).to_contain_text("PDF")
    expect(page.locator("#told")).to_contain_text("was not accepted")
    assert slot.locator(".files a").count() == 0
    forgive(window, "status 422", "status of 422", "aborted")


def photo_of_a_new_telephone() -> bytes:
    """A JPEG of 48 million pixels and more than 10 MB."""
    out = BytesIO()
    Image.effect_noise((2000, 1500), 120).resize((8000, 6000), Image.Resampling.NEAREST).save(
        out, "JPEG", quality=98
    )
    return out.getvalue()


def photo_with_a_film() -> bytes:
    """A JPEG that a telephone ends with some seconds of film."""
    out = BytesIO()
    Image.effect_noise((1200, 900), 60).save(out, "JPEG")
    return out.getvalue() + b"\0\0\0\x18ftypmp42" + bytes(LARGEST_FILE)


@pytest.mark.parametrize("made", [photo_of_a_new_telephone, photo_with_a_film])
def test_a_photo_that_is_too_large_is_made_smaller_on_the_device(
    made: Callable[[], bytes], documents: tuple[Window, Page, Locator]
) -> None:
    window, page, slot = documents
    content = made()
    assert len(content) > LARGEST_FILE
    field(slot).set_input_files(FilePayload(name="IMG.2026.jpeg", mimeType="image/jpeg", buffer=content))
    expect(page.locator("#told")).to_contain_text(
        "\u2068IMG.2026.jpeg\u2069 was made smaller on your device, since it was larger than 10 MB."
        " \u2068IMG.2026.jpg\u2069 was checked and attached."
    )
    expect(slot.locator(".files a").first).to_have_text("IMG.2026.jpg")
    # The control: what is no photo goes as it is, and is refused.
    field(slot).set_input_files(FilePayload(name="large.pdf", mimeType="application/pdf", buffer=content))
    expect(slot.locator(".sending-files .state")).to_contain_text("The file is larger than 10 MB.")
    forgive(window, "status 413", "status of 413", "status 422", "status of 422")


def test_without_javascript_the_plain_form_stays(opened: Opened, portal: str) -> None:
    with opened("ar", PHONE, scripts=False) as window:
        people.sign_in_by_ekey(window, portal)
        people.start(window, portal, "proof-of-residence")
        people.answer_all(window, HOME)
        expect(window.page.locator("[data-press=file]").first).to_be_hidden()
        people.attach_all(window)
        assert window.page.locator(".slot .files a").count() >= 1


def dark(name: str) -> FilePayload:
    out = BytesIO()
    Image.effect_noise((900, 700), 80).point(lambda value: value // 6).save(out, "PNG")
    return FilePayload(name=name, mimeType="image/png", buffer=out.getvalue())


def test_a_file_is_dropped_and_a_photo_taken_with_advice_said_aloud(
    documents: tuple[Window, Page, Locator],
) -> None:
    _window, page, slot = documents
    drop = """([node, text]) => {
      const held = new DataTransfer(), bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
      held.items.add(new File([bytes], "dropped.png", { type: "image/png" }));
      for (const kind of ["dragover", "drop"])
        node.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true }));
    }"""
    content = base64.b64encode(picture("dropped.png", side=700)["buffer"]).decode()
    page.evaluate(drop, [slot.element_handle(), content])
    expect(page.locator("#told")).to_have_text("\u2068dropped.png\u2069 was checked and attached.")
    expect(slot.locator(".files a").first).to_have_text("dropped.png")
    assert page.url.endswith("/documents"), "the browser opened the file"

    camera = slot.locator("[data-field=photo]")
    assert camera.get_attribute("capture") == "environment"
    with page.expect_file_chooser() as chosen:
        slot.locator("[data-press=photo]").click()
    chosen.value.set_files(dark("photo.png"))
    expect(page.locator("#told")).to_contain_text("was checked and attached. The picture is very dark.")
    slot.get_by_role("button", name="Send it anyway").click()
    expect(page.locator("#told")).to_have_text("The file stays as it is.")
    expect(slot.locator("[data-advice]")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('.slot')?.id") == slot.get_attribute("id")

"""Takes the pictures of pages, and makes a small file of each."""

import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser
from playwright.sync_api import Error as BrowserError

from rukhsa_rehearsal.story.anyone import read_qr
from rukhsa_rehearsal.story.stage import Stage
from tests.browser import people
from tests.browser.scenery import Scenery, scenery
from tests.browser.subjects import ALL, Subject, subjects
from tests.browser.window import DESK, HEIGHTS, PHONE, Window

FOLDER = Path(__file__).parents[2] / "docs/pictures"
LANGUAGE = "ar"  # whose pages have the short addresses
ROOM_ABOVE = 120  # pixels above the start of a picture
COLOURS = 40  # enough for flat pages with anti-aliased text
LONGEST = {PHONE: 1100, DESK: 860}  # pixels of a page that are shown
DOTS_PER_INCH = 90
TO_ALTER = -40  # a place within the signature


def take_all(browser: Browser, stage: Stage) -> None:
    """Take every subject in both languages and at each of its widths, and the document."""
    scene = scenery(stage)
    FOLDER.mkdir(parents=True, exist_ok=True)
    take_pages(browser, stage, scene)
    for name, pdf in _documents(scene).items():
        keep(f"document-{name}", pypdfium2.PdfDocument(pdf)[0].render(scale=DOTS_PER_INCH / 72).to_pil())


def _documents(scene: Scenery) -> dict[str, bytes]:
    """A licence, a receipt and a refund note, as released."""
    layla = scene.people["layla"]
    papers = {
        name: layla.visitor.download(f"{scene.portal}{scene.pages[name]}/file")
        for name in ("receipt", "money-back")
    }
    return {"road-works": scene.documents["not-yet-valid"].pdf, **papers}


def take_pages(browser: Browser, stage: Stage, scene: Scenery) -> None:
    """Take the pages, person by person, so that each signs in once for each language and width.

    A page that shows nothing to take is told at the end, with all others: the story before takes minutes.
    """
    missing: list[Exception] = []
    every = [*subjects(stage.portal, scene), *_of_the_verifier(stage, scene)]
    for view in ALL:
        for person in dict.fromkeys(subject.person for subject in every):
            theirs = [each for each in every if each.person == person and view in each.views]
            if theirs:
                missing += _take(browser, scene, theirs, *view)
    if missing:
        raise ExceptionGroup("pages without a picture", missing)


def _take(
    browser: Browser, scene: Scenery, subjects: list[Subject], language: str, width: int
) -> Iterator[Exception]:
    person = subjects[0].person
    window = Window(browser=browser, language=language, width=width, sites=(scene.portal,))
    if person in scene.people:
        people.be(window, scene.people[person])
    for subject in subjects:
        name = f"{subject.name}-{language}-{width}"
        try:
            keep(name, _seen(window, subject))
        except (BrowserError, AssertionError) as error:
            error.add_note(name)
            yield error
    window.close()


def _seen(window: Window, subject: Subject) -> Image.Image:
    prefix = "" if window.language == LANGUAGE else f"{window.language}/"
    window.page.goto("about:blank")
    window.page.set_viewport_size({"width": window.width, "height": HEIGHTS[window.width]})
    window.page.emulate_media(color_scheme="dark" if subject.dark else "light")
    window.page.goto(subject.address.replace("{language}", prefix))
    # A page goes without letters that come late: opened once more, it has them at hand, on a slow machine too.
    window.page.evaluate("document.fonts.ready.then(() => null)")
    window.page.reload()
    window.look()
    if subject.act:
        subject.act(window)
        window.look()
    window.page.locator(subject.shows).first.wait_for()
    picture = _picture(window, subject)
    window.page.evaluate("localStorage.clear()")  # text kept by the browser is not offered on the next page
    return picture


def _picture(window: Window, subject: Subject) -> Image.Image:
    page, width = window.page, window.width
    top = _top(window, subject.top) if subject.top else 0
    whole = int(page.evaluate("document.documentElement.scrollHeight")) - top
    # The window grows, instead of capturing beyond it, so that the desk's foot stays at the bottom.
    height = min(whole, LONGEST[width])
    page.set_viewport_size({"width": width, "height": height})
    page.locator(subject.shows).first.scroll_into_view_if_needed()
    page.wait_for_timeout(400)  # a map is drawn
    if top:
        clip = {"x": 0, "y": top, "width": width, "height": height}
        shot = page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]
    else:
        shot = page.screenshot()
    return Image.open(io.BytesIO(shot))


def _top(window: Window, selector: str) -> int:
    box = window.page.locator(selector).first.bounding_box()
    assert box
    return max(int(box["y"] + window.page.evaluate("scrollY")) - ROOM_ABOVE, 0)


def keep(name: str, picture: Image.Image) -> None:
    """Write a picture as a small file."""
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


def _of_the_verifier(stage: Stage, scene: Scenery) -> Iterator[Subject]:
    codes = {word: fragment_of(document.pdf) for word, document in scene.documents.items()}
    codes["altered"] = altered(codes["valid"])
    for word, fragment in codes.items():
        address = f"{stage.config.addresses.public_url}/{{language}}#{fragment}"
        shows = f"#verdict article[data-word={word}]"
        yield Subject(name=f"verdict-{word}", person="anyone", address=address, shows=shows)


def fragment_of(pdf: bytes) -> str:
    """The fragment of the address in the QR of a document."""
    return read_qr(pdf).partition("#")[2]


def altered(fragment: str) -> str:
    """The fragment with one digit of the sealed content changed."""
    digit = str((int(fragment[TO_ALTER]) + 1) % 10)
    return f"{fragment[:TO_ALTER]}{digit}{fragment[TO_ALTER + 1 :]}"

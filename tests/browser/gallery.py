"""Which pages are taken, and how a page becomes a small file."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser

from rukhsa.project.story.checks import read_qr
from rukhsa.project.story.stage import Stage
from tests.browser import people
from tests.browser.scenery import Scenery, scenery
from tests.browser.window import DESK, PHONE, Window

FOLDER = Path(__file__).parents[2] / "docs/pictures"
LANGUAGES = ("ar", "en")
COLOURS = 40  # enough for flat pages with smooth letters
LONGEST = {PHONE: 1100, DESK: 860}  # pixels of a page that are shown
DOTS_PER_INCH = 90
TO_ALTER = -40  # a place within the signature


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One page to be taken: its name, who looks at it, and where it is."""

    name: str
    person: str  # layla, a member of the staff, or anyone
    address: str
    widths: tuple[int, ...] = (PHONE, DESK)
    shows: str = "main h1"  # what must be seen before the picture is taken


def take_all(browser: Browser, stage: Stage) -> None:
    """Every subject in both languages and at each of its widths, and the document."""
    scene = scenery(stage)
    FOLDER.mkdir(parents=True, exist_ok=True)
    take_pages(browser, stage, scene)
    document = pypdfium2.PdfDocument(scene.documents["not-yet-valid"].pdf)
    keep("document-road-works", document[0].render(scale=DOTS_PER_INCH / 72).to_pil())


def take_pages(browser: Browser, stage: Stage, scene: Scenery) -> None:
    """The pages, person by person, so that each signs in once for a language and a width."""
    subjects = [*_of_the_portal(stage, scene), *_of_the_desk(stage, scene), *_of_the_verifier(stage, scene)]
    for language in LANGUAGES:
        for width in (PHONE, DESK):
            for person in dict.fromkeys(subject.person for subject in subjects):
                theirs = [each for each in subjects if each.person == person and width in each.widths]
                if theirs:
                    _take(browser, scene, theirs, language, width)


def _take(browser: Browser, scene: Scenery, subjects: list[Subject], language: str, width: int) -> None:
    person = subjects[0].person
    window = Window(browser=browser, language=language, width=width, sites=(scene.portal,))
    if person in scene.people:
        people.be(window, scene.people[person])
    for subject in subjects:
        prefix = "" if language == LANGUAGES[0] else f"{language}/"
        window.page.goto("about:blank")
        window.open(subject.address.replace("{language}", prefix))
        window.page.locator(subject.shows).first.wait_for()
        keep(f"{subject.name}-{language}-{width}", _picture(window, subject.shows))
    window.close()


def _picture(window: Window, shows: str) -> Image.Image:
    whole = int(window.page.evaluate("document.documentElement.scrollHeight"))
    # The window grows instead of a picture of more than it shows: the foot of the desk stays at its foot.
    height = min(whole, LONGEST[window.width])
    window.page.set_viewport_size({"width": window.width, "height": height})
    window.page.locator(shows).first.scroll_into_view_if_needed()
    window.page.wait_for_timeout(400)  # a map is drawn
    shot = window.page.screenshot()
    return Image.open(io.BytesIO(shot))


def keep(name: str, picture: Image.Image) -> None:
    """Write a picture as a small file."""
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


def _of_the_portal(stage: Stage, scene: Scenery) -> Iterator[Subject]:
    pages = {
        "portal-first": "/",
        "portal-service": "/services/road-works-licence",
        "portal-mine": "/applications/",
        "portal-application": scene.granted,
        "portal-pay": scene.bill,
    }
    for name, address in pages.items():
        yield Subject(name=name, person="layla", address=f"{stage.portal}{address}")
    questions = f"{stage.portal}{scene.draft}"
    yield Subject(name="portal-questions", person="layla", address=questions, shows=".map canvas")


def _of_the_desk(stage: Stage, scene: Scenery) -> Iterator[Subject]:
    yield Subject(name="desk-queue", person="salem", address=f"{stage.portal}/desk/queue/")
    yield Subject(name="desk-case", person="salem", address=f"{stage.portal}{scene.case}")
    yield Subject(name="desk-referral", person="noor", address=f"{stage.portal}{scene.referral}")
    inspection = f"{stage.portal}{scene.inspection}"
    yield Subject(name="desk-inspection", person="yusuf", address=inspection, widths=(PHONE,))


def _of_the_verifier(stage: Stage, scene: Scenery) -> Iterator[Subject]:
    codes = {word: fragment_of(document.pdf) for word, document in scene.documents.items()}
    codes["altered"] = altered(codes["valid"])
    for word, fragment in codes.items():
        address = f"{stage.config.addresses.public_url}/{{language}}#{fragment}"
        shows = f"#verdict article[data-word={word}]"
        yield Subject(name=f"verdict-{word}", person="anyone", address=address, shows=shows)


def fragment_of(pdf: bytes) -> str:
    """What stands behind the # in the QR of a document."""
    return read_qr(pdf).partition("#")[2]


def altered(fragment: str) -> str:
    """The same with one digit of the sealed content changed."""
    digit = str((int(fragment[TO_ALTER]) + 1) % 10)
    return f"{fragment[:TO_ALTER]}{digit}{fragment[TO_ALTER + 1 :]}"

"""Files that an applicant attaches: what acts, what carries, what costs, and what is something else than it says."""

import io
import time
from collections.abc import Callable

import httpx
import pikepdf

from rukhsa_rehearsal.story import samples
from tests.attack.browser import Browser
from tests.attack.ground import Ground
from tests.attack.tries import Tries, Try, answered, kind
from tests.files.pdfs import attaching, holding, packed, with_catalogue, with_page
from tests.files.test_active import ACTIVE, HARMLESS
from tests.rooms.reader import bombs
from tests.web.inputs.nasty import FILES, NAMES

PDF = "application/pdf"
SPELLINGS = {
    "JavaScript": "/S/JavaScript/JS(app.alert\\(1\\))", "Launch": "/S/Launch/F(cmd.exe)",
    "ImportData": "/S/ImportData/F(x.fdf)", "GoToR": "/S/GoToR/F(\\\\\\\\host\\\\x.pdf)/D[0/Fit]",
    "SubmitForm": "/S/SubmitForm/F(https://example.com/)", "URI": "/S/URI/URI(https://example.com/)",
}  # fmt: skip


def attach(ground: Ground, browser: Browser, name: str, content: bytes, media: str = PDF) -> httpx.Response:
    """Attach a file to Layla's draft, and take it away again where it was taken, so that the next one finds room."""
    path = f"/applications/{ground.draft}/documents/{ground.slot}"
    answer = send(browser, path, (name, content, media))
    if answer.status_code == httpx.codes.FOUND:
        for attached in _attached(browser.get(answer.headers["Location"]).text):
            browser.post(attached)
    return answer


def send(browser: Browser, path: str, file: tuple[str, bytes, str]) -> httpx.Response:
    """The answer to a file itself: where the sender's files of a minute cost enough, sent in the next."""
    answer = browser.post(path, files={"file": file})
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        time.sleep(61 - time.time() % 60)
        answer = browser.post(path, files={"file": file})
    return answer


def _attached(page: str) -> list[str]:
    from lxml import html

    found = html.fromstring(page).cssselect("form[action$='/remove']")
    return [str(form.get("action")) for form in found]


def _escaped(action: str, letter: int) -> str:
    """The action with one letter of its kind written as #xx."""
    kind_of = action.split("/")[2]
    at = action.index(kind_of) + letter % len(kind_of)
    return f"{action[:at]}#{ord(action[at]):02x}{action[at + 1 :]}"


def _active() -> dict[str, bytes]:
    made = dict(ACTIVE)
    for name, action in SPELLINGS.items():
        for letter in (0, 3):
            made[f"{name} on opening, letter {letter} as #xx"] = with_catalogue(
                f"/OpenAction<<{_escaped(action, letter)}>>"
            )
        made[f"{name} when a page closes"] = with_page(f"/AA<</C<<{action}>>>>")
        made[f"{name} behind a step to a page"] = with_catalogue(
            f"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next[<<{action}>>]>>"
        )
    script = SPELLINGS["JavaScript"]
    made |= {
        "JavaScript behind 4 KB of spaces, packed": packed(zeros=4096),
        "JavaScript in an action of the document": with_catalogue(f"/AA<</WC<<{script}>>>>"),
        "JavaScript in an outline": with_catalogue(f"/Outlines<</First<</A<<{script}>>>>>>"),
        "JavaScript in a list of lists": holding(f"[[[[[[<<{script}>>]]]]]]"),
        "JavaScript of a field when it is clicked": with_page(
            f"/Annots[<</Subtype/Widget/FT/Btn/T(a)/Rect[0 0 9 9]/AA<</D<<{script}>>>>>>]"
        ),
        "JavaScript in hexadecimal": with_catalogue(
            "/OpenAction<</S/JavaScript/JS<6170702e616c65727428312900>>>"
        ),
        "an XFA form": with_catalogue("/AcroForm<</Fields[]/XFA[(form)4 0 R]>>"),
        "an XFA form, a letter as #xx": with_catalogue("/AcroForm<</Fields[]/X#46A 4 0 R>>"),
        "a collection": with_catalogue("/Collection<</View/T>>"),
    }
    return made


@kind(
    tried="PDFs that act: on opening, on a page, behind a link or a field; names in other spellings, packed,"
    " nested, XFA",
    must="refused with a sentence (422)",
    tries=len(_active()),
    controls=len(HARMLESS) + 1,
    since="security 5",
)
def pdfs_active(ground: Ground) -> Tries:
    browser = ground.browser_of(ground.layla)
    for name, content in _active().items():
        yield _refused(name, attach(ground, browser, "a.pdf", content))
    for name, content in {**HARMLESS, "a letter": samples.letter()}.items():
        answer = attach(ground, browser, "a.pdf", content)
        yield answered(
            name, answer, must="taken", holds=answer.status_code == httpx.codes.FOUND, control=True
        )


CARRIED = {
    "setup.exe": b"MZ\x90\x00" + bytes(64), "letter.pdf.exe": b"%PDF-1.4", "list.txt": b"MZ\x90\x00" + bytes(64),
    "run.js": b"WScript.Echo(1)", "page.html": b"<script>alert(1)</script>", "picture.jpg": b"MZ\x90\x00" + bytes(64),
    "x.scr": b"MZ", "x.lnk": b"L\0\0\0\x01\x14\x02\0", "x.docm": b"PK\x03\x04", "x.bat": b"@echo off", "x.ps1": b"ls",
    "x.jar": b"PK\x03\x04", "x.elf": b"\x7fELF" + bytes(64), "x.sh": b"#!/bin/sh\n", "seal.cwt": b"MZ" + bytes(64),
    "x.vbs": b"MsgBox 1", "x.svg": b"<svg><script/></svg>", "\u202efdp.exe": b"MZ" + bytes(64),
}  # fmt: skip


@kind(
    tried="programs and pages carried in a PDF, as attachments of the file and behind a pin of a page",
    must="refused (422)", tries=2 * len(CARRIED), controls=2, since="security 5",
)  # fmt: skip
def pdfs_carrying(ground: Ground) -> Tries:
    browser = ground.browser_of(ground.layla)
    for annotated in (False, True):
        for name, content in CARRIED.items():
            made = attaching(name, content, annotated=annotated)
            yield _refused(f"{name!r}, pinned: {annotated}", attach(ground, browser, "a.pdf", made))
        made = attaching("list.csv", "رقم,اسم\n1,ا\n".encode(), annotated=annotated)
        answer = attach(ground, browser, "a.pdf", made)
        yield answered(
            "a table", answer, must="taken", holds=answer.status_code == httpx.codes.FOUND, control=True
        )


BOMBS: dict[str, Callable[[], bytes]] = {
    "1 GB packed twice behind a script": lambda: bombs.packed_objects(1000),
    "60 MB packed behind a script": lambda: bombs.packed_objects(60),
    "one page 900,000 times": bombs.one_page_many_times,
    "pages 100,000 floors deep": bombs.deep_page_tree,
    "pages that double": bombs.doubling_page_tree,
    "three million brackets": bombs.brackets,
    "80 MB of spaces among objects": lambda: packed(zeros=80 << 20),
    "a workbook of 1 GB": lambda: bombs.workbook(300),
    "YAML of a billion words": lambda: bombs.aliases().encode(),
    "11 MB": lambda: b"%PDF-1.7\n" + b"x" * 11 * 1024 * 1024,
}


@kind(
    tried="files that cost far more than they weigh, as an applicant attaches them and as anyone asks about them",
    must="refused, or not valid; no process grows over the bound", tries=2 * len(BOMBS), controls=0,
    since="security 4",
)  # fmt: skip
def bombs_sent(ground: Ground) -> Tries:
    browser = ground.browser_of(ground.layla)
    for name, make in BOMBS.items():
        content = make()
        answer = attach(ground, browser, "a.pdf", content)
        if name == "three million brackets":  # they are left out of what is shown, and cost nothing
            yield answered(name, answer, must="refused or taken", holds=answer.status_code in (302, 422, 503))
        else:  # 503: to read it took all the time that there is
            yield answered(name, answer, must="refused", holds=answer.status_code in (413, 422, 503))
        answer = ground.ask_file(content)
        valid = answer.status_code == httpx.codes.OK and answer.json()["word"] == "valid"
        yield answered(f"{name}, to the verifier", answer, must="not valid", holds=not valid)


@kind(
    tried="files that are not what they say: programs, pages, archives, halves, locked, without pages",
    must="refused (422)", tries=len(FILES) + 4, controls=2, since="security 5",
)  # fmt: skip
def files_disguised(ground: Ground) -> Tries:
    browser = ground.browser_of(ground.layla)
    more = {
        "a program with a PDF in it": ("x.pdf", b"MZ\x90\0" + bytes(900) + samples.letter(), PDF),
        "an archive with a PDF in it": ("x.pdf", b"PK\x03\x04" + bytes(30) + samples.letter(), PDF),
        "a shell script": ("x.pdf", b"#!/bin/sh\nrm -rf /\n", PDF),
        "XML with an entity": (
            "x.pdf",
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
            PDF,
        ),
        "PostScript": ("x.pdf", b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n", PDF),
    }
    for name, (file, content, media) in {**FILES, **more}.items():
        if name == "odd names":  # it is harmless and taken
            continue
        yield _refused(name, attach(ground, browser, file, content, media))
    for media, content in (("a.pdf", samples.letter()), ("b.pdf", samples.letter())):
        answer = attach(ground, browser, media, content)
        yield answered(
            media, answer, must="taken", holds=answer.status_code == httpx.codes.FOUND, control=True
        )


@kind(
    tried="names of files that lead elsewhere, turn direction or end a line; what was taken is opened again",
    must="refused, or handed out as a download under a name that leads nowhere", tries=len(NAMES) + 2, controls=0,
    since="security: uploads",
)  # fmt: skip
def file_names(ground: Ground) -> Tries:
    browser = ground.browser_of(ground.layla)
    path = f"/applications/{ground.draft}/documents/{ground.slot}"
    polyglot = samples.photograph() + b"<html><script>alert(1)</script></html>"
    sent = [(name, samples.letter(), PDF) for name in NAMES]
    sent += [("x.html", b"<html>" + samples.letter(), "text/html"), ("x.html", polyglot, "text/html")]
    for name, content, media in sent:
        answer = send(browser, path, (name, content, media))
        if answer.status_code != httpx.codes.FOUND:
            yield answered(repr(name[:30]), answer, must="refused, or a download")
            continue
        taken = _attached(browser.get(answer.headers["Location"]).text)[0]
        opened = browser.get(taken.removesuffix("/remove"))
        yield _inert(name, opened)
        browser.post(taken)


def _inert(name: str, opened: httpx.Response) -> Try:
    told = opened.headers
    named = told["Content-Disposition"]
    holds = (
        named.startswith("attachment")
        and not any(part in named for part in ("/", "\\", "\r", "\n", ".html", ".exe", "\u202e"))
        and "sandbox" in told["Content-Security-Policy"]
        and told["X-Content-Type-Options"] == "nosniff"
        and told["Content-Type"] in (PDF, "image/jpeg", "image/png")
    )
    return answered(f"{name[:30]!r}: {named[:80]}", opened, must="a download", holds=holds)


def _refused(name: str, answer: httpx.Response) -> Try:
    """Only a page with the reason is a refusal of the file; a person who may not attach at all gets none."""
    return answered(name, answer, must="422", holds=answer.status_code in (413, 422))


def resaved(content: bytes) -> bytes:
    """A PDF as another program saves it."""
    with pikepdf.open(io.BytesIO(content)) as document, io.BytesIO() as out:
        document.save(out)
        return out.getvalue()

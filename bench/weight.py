"""What a first visit costs on a slow phone: bytes, the time to the largest text, and what moves, beside GOV.UK's.

Each page is opened cold, in Arabic, 360 px wide, with 400 ms to each answer, 400 kbit/s and a processor slowed four
times; GOV.UK Frontend's page of the same questions is built from npm, compressed and opened in the same way.
"""

import gzip
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copyfile, copytree
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Final

from playwright.sync_api import Browser, BrowserContext, CDPSession

from bench.figure import Figure
from bench.town import enter_town
from rukhsa.project.config import PROJECT
from rukhsa.web.first_visit import COOKIE
from tests.browser.chromium import chromium
from tests.browser.plots import answers_of
from tests.browser.window import HEIGHTS, PHONE

LATENCY: Final = 400  # ms
THROUGHPUT: Final = 400 * 1000 / 8  # bytes a second
SLOWED: Final = 4
ROUNDS: Final = 3
STILL: Final = 0.02  # CLS
SERVICE: Final = "proof-of-residence"
GOVUK: Final = PROJECT / "node_modules/govuk-frontend/dist/govuk"
# The largest text and the movements, from the moment that the page begins.
WATCH: Final = """
    window.largest = 0; window.moved = 0;
    new PerformanceObserver(seen => { for (const each of seen.getEntries()) window.largest = each.startTime; })
        .observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver(seen => {
        for (const each of seen.getEntries()) if (!each.hadRecentInput) window.moved += each.value;
    }).observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One opening of a page: kB over the network, milliseconds to the largest text, CLS."""

    kilobytes: float
    milliseconds: float
    moved: float


def figures() -> Iterator[Figure]:
    """Ours beside GOV.UK's: fewer bytes, earlier text, and nothing that moves."""
    # A deployment of its own: pages, sign-in and the outside parties, all served.
    from rukhsa_rehearsal.deployment import deployed

    enter_town()  # the codes of the staff are read from the rooms
    with (
        TemporaryDirectory() as folder,
        deployed(Path(folder, "town")) as town,
        chromium() as browser,
        peer_page(Path(folder, "govuk")) as peer,
    ):
        addresses = town.config.addresses
        theirs = measured(browser, peer)
        context = signed_in(browser, addresses.portal_url)
        for name, address in pages(context, addresses.portal_url, addresses.public_url).items():
            ours = measured(browser, address, like=context)
            yield _compared(f"{name}, first visit on a slow phone", ours, theirs, "kilobytes", "kB")
            yield _compared(f"{name}, the largest text stands", ours, theirs, "milliseconds", "ms")
            yield Figure(
                name=f"{name}, what moves while it loads (CLS)",
                ours=ours.moved or 1e-4,
                peer=STILL,
                wanted=1,
                unit="",
                less_is_better=True,
                other="limit",
                digits=4,
            )


def _compared(name: str, ours: Cost, theirs: Cost, what: str, unit: str) -> Figure:
    return Figure(
        name=name,
        ours=getattr(ours, what),
        peer=getattr(theirs, what),
        wanted=1,
        unit=unit,
        less_is_better=True,
        other="GOV.UK Frontend",
    )


def signed_in(browser: Browser, portal: str) -> BrowserContext:
    """A context in which Layla signed in by eKey, with nothing slowed."""
    context = _context(browser)
    page = context.new_page()
    page.goto(f"{portal}/sign-in")
    page.locator("form[action*='begin'] button").first.click()
    page.locator("button[name=person][value='ekey-layla']").click()
    page.wait_for_url(f"{portal}/**")
    page.close()
    return context


def pages(context: BrowserContext, portal: str, verifier: str) -> dict[str, str]:
    """The pages that a person meets: first, service, a question, paying, and the verifier."""
    application = granted(portal)
    page = context.new_page()
    page.goto(f"{portal}/services/{SERVICE}")
    page.locator("form[action$='/start'] button").first.click()
    page.locator("#section-form").wait_for()
    question = page.url
    page.close()
    return {
        "the first page": portal,
        "a service": f"{portal}/services/{SERVICE}",
        "a question": question,
        "paying": f"{portal}/applications/{application}/pay",
        "the verifier": verifier,
    }


def granted(portal: str) -> str:
    """An application of Layla's for `SERVICE` that waits for its payment."""
    from rukhsa_rehearsal.story.applicant import Applicant
    from rukhsa_rehearsal.story.staff_member import Staff

    answers = answers_of(SERVICE)
    applicant, officer = Applicant(portal, "ekey-layla"), Staff(portal, "salem")
    applicant.sign_in()
    page = applicant.start(SERVICE)
    applicant.attach_all(applicant.answer_all(page, answers))
    applied = applicant.submit(page.address.split("/applications/")[1].split("/")[0])
    officer.sign_in()
    officer.take(applied.reference)
    officer.check_all(applied.reference)
    supervisor = Staff(portal, "mariam")
    supervisor.sign_in()
    supervisor.decide(applied.reference, "granted")  # who checked does not decide
    applicant.wait_for(applied.application, "a[href$='/pay']")
    return applied.application


def measured(browser: Browser, address: str, *, like: BrowserContext | None = None) -> Cost:
    """The median of some cold openings, each in a context of its own with the cookies of `like`."""
    costs = [_opened(browser, address, like) for _ in range(ROUNDS)]
    return Cost(
        kilobytes=median(cost.kilobytes for cost in costs),
        milliseconds=median(cost.milliseconds for cost in costs),
        moved=median(cost.moved for cost in costs),
    )


def _opened(browser: Browser, address: str, like: BrowserContext | None) -> Cost:
    context = slow_phone(browser, like)
    context.add_init_script(WATCH)
    page = context.new_page()
    came: list[float] = []
    slow(context.new_cdp_session(page), came.append)
    page.goto(address, wait_until="load", timeout=120_000)
    page.wait_for_load_state("networkidle", timeout=120_000)
    cost = Cost(
        kilobytes=sum(came) / 1000,
        milliseconds=page.evaluate("window.largest"),
        moved=page.evaluate("window.moved"),
    )
    context.close()
    return cost


def slow_phone(browser: Browser, like: BrowserContext | None = None) -> BrowserContext:
    """A phone on its first visit, with the cookies of `like`; its pages are still to be made `slow`."""
    context = _context(browser)
    if like:
        # A first visit: the cookie that says that the styles are there goes with the cache.
        kept = [cookie for cookie in like.cookies() if cookie.get("name") != COOKIE]
        context.add_cookies(kept)  # type: ignore[arg-type]
    return context


def _context(browser: Browser) -> BrowserContext:
    return browser.new_context(
        viewport={"width": PHONE, "height": HEIGHTS[PHONE]},
        device_scale_factor=2,
        is_mobile=True,
        locale="ar-BH",
    )


def slow(session: CDPSession, came: Callable[[float], object]) -> None:
    """Slow network and processor of a page down; `came` is told the bytes of each answer."""
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": THROUGHPUT,
            "uploadThroughput": THROUGHPUT,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    session.on("Network.loadingFinished", lambda event: came(event["encodedDataLength"]))


@contextmanager
def peer_page(folder: Path) -> Iterator[str]:
    """GOV.UK Frontend's page of the questions of `SERVICE`, served compressed."""
    copytree(GOVUK / "assets", folder / "assets")
    for name in ("govuk-frontend.min.css", "govuk-frontend.min.js"):
        copyfile(GOVUK / name, folder / name)
    folder.joinpath("index.html").write_text(_page_of_govuk(), "utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Compressed, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


class _Compressed(SimpleHTTPRequestHandler):
    """Files of a folder, text packed as a proxy would."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        body = path.read_bytes()
        packed = path.suffix in (".html", ".css", ".js", ".svg", ".json")
        content = gzip.compress(body, 9) if packed else body
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(content)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.copyfile(io.BytesIO(content), self.wfile)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the bench prints figures alone."""


def _page_of_govuk() -> str:
    """Its documented page template with the inputs of a place and of a choice, as `SERVICE` asks them."""
    inputs = "".join(
        f'<div class="govuk-form-group"><label class="govuk-label" for="{name}">{label}</label>'
        f'<input class="govuk-input" id="{name}" name="{name}" type="text"></div>'
        for name, label in (("building", "Building"), ("road", "Road"), ("block", "Block"), ("flat", "Flat"))
    )
    radios = "".join(
        f'<div class="govuk-radios__item"><input class="govuk-radios__input" id="{name}" name="holds" type="radio">'
        f'<label class="govuk-label govuk-radios__label" for="{name}">{label}</label></div>'
        for name, label in (("owner", "I own it"), ("tenant", "I rent it"), ("family", "I live with family"))
    )
    return f"""<!DOCTYPE html><html lang="en" class="govuk-template"><head><meta charset="utf-8">
<title>Where do you live? – Proof of residence – GOV.UK</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<link rel="stylesheet" href="/govuk-frontend.min.css"></head><body class="govuk-template__body">
<script>document.body.className += " js-enabled govuk-frontend-supported";</script>
<a href="#main-content" class="govuk-skip-link" data-module="govuk-skip-link">Skip to main content</a>
<header class="govuk-header" data-module="govuk-header"><div class="govuk-header__container govuk-width-container">
<div class="govuk-header__logo"><a href="#" class="govuk-header__link govuk-header__link--homepage">GOV.UK</a></div>
</div></header><div class="govuk-width-container"><a href="#" class="govuk-back-link">Back</a>
<main class="govuk-main-wrapper" id="main-content"><form method="post"><fieldset class="govuk-fieldset">
<legend class="govuk-fieldset__legend govuk-fieldset__legend--l"><h1 class="govuk-fieldset__heading">Where do you live?
</h1></legend>{inputs}</fieldset><fieldset class="govuk-fieldset"><legend class="govuk-fieldset__legend">
How do you hold your home?</legend><div class="govuk-radios" data-module="govuk-radios">{radios}</div></fieldset>
<button type="submit" class="govuk-button" data-module="govuk-button">Continue</button></form></main></div>
<footer class="govuk-footer"><div class="govuk-width-container">Crown copyright</div></footer>
<script type="module">import {{ initAll }} from "/govuk-frontend.min.js"; initAll();</script></body></html>"""

"""The verifier page: bytes over the network at the first visit, those of the scanner, and the time to a verdict."""

import os
import shutil
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import segno
from playwright.sync_api import Browser, BrowserContext, Page

from bench.figure import Figure
from bench.town import enter_town, public_files_put_back
from rukhsa.trust import qr
from tests.browser.chromium import chromium
from tests.web.public.conftest import PublicSite, publish

FIRST_VISIT, SCANNER = 300, 500  # kB
TO_VERDICT = 500  # milliseconds
VERDICTS = 60
SECONDS_TO_SERVE = 60
# Changes what stands behind the # and waits until the verdict on it is on the page; in milliseconds.
ASK = """fragment => new Promise(resolve => {
    const place = document.getElementById("verdict"), start = performance.now();
    const watch = new MutationObserver(() => { watch.disconnect(); resolve(performance.now() - start); });
    watch.observe(place, { childList: true });
    location.hash = fragment;
})"""


def figures() -> Iterator[Figure]:
    """Through Chromium, from the process that serves the page, packed as it serves it."""
    enter_town()
    now = datetime.now(UTC).replace(microsecond=0)
    with public_files_put_back() as folder:
        shutil.rmtree(folder, ignore_errors=True)
        site = publish(folder, now=now)
        with _served() as address, chromium() as browser:
            yield from _sizes(browser, address, site)
            yield from _times(browser, address, site)


def _sizes(browser: Browser, address: str, site: PublicSite) -> Iterator[Figure]:
    with relay(address) as (counted, count), TemporaryDirectory() as folder:
        page = _visited(browser.new_context(), f"{counted}#{site.fragment('valid')}")
        yield _size(
            "the verifier page, first visit with a verdict, all that it keeps", count.bytes, FIRST_VISIT
        )
        count.bytes = 0
        picture = Path(folder, "code.png")
        text = site.texts["expired"]
        segno.make(qr.segments(text), error="M", micro=False, boost_error=False).save(str(picture), scale=5)
        page.goto(counted)
        page.locator("#file").set_input_files(picture)
        page.locator("[data-word=expired]").wait_for()
        page.wait_for_load_state("networkidle")
        yield _size("the scanner, when first asked for", count.bytes, SCANNER)


def _size(name: str, counted: int, limit: int) -> Figure:
    return Figure(
        name=name, ours=counted / 1000, peer=limit, wanted=1, unit="kB", less_is_better=True, other="limit"
    )


def _times(browser: Browser, address: str, site: PublicSite) -> Iterator[Figure]:
    context = browser.new_context()
    page = _visited(context, f"{address}#{site.fragment('valid')}")
    for name, offline in (("with the lists asked for anew", False), ("with the network off", True)):
        context.set_offline(offline)
        yield Figure(
            name=f"from the text of a code to the verdict on the page, {name}, median of {VERDICTS}",
            ours=_median(page, site),
            peer=TO_VERDICT,
            wanted=1,
            unit="ms",
            less_is_better=True,
            other="limit",
        )


def _median(page: Page, site: PublicSite) -> float:
    words = ("revoked", "valid", "expired", "suspended")
    return statistics.median(
        float(page.evaluate(ASK, site.fragment(words[number % len(words)]))) for number in range(VERDICTS)
    )


def _visited(context: BrowserContext, address: str) -> Page:
    """A page after its first visit, once there is nothing more that it fetches by itself."""
    page = context.new_page()
    page.goto(address)
    page.locator("#verdict article").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.locator("#device-state li").nth(1).wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    return page


@contextmanager
def _served() -> Iterator[str]:
    """The verifier's process by itself, as in a deployment."""
    from rukhsa.project.config import config
    from rukhsa.project.processes import processes

    # The process looks for this folder; the page takes nothing from it.
    (config().data / "static").mkdir(exist_ok=True)
    (part,) = (each for each in processes(config()) if each.name == "verifier")
    process = subprocess.Popen(
        part.command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    port = config().addresses.public_port
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def served(name: str, port: int, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One of the deployment's processes, for as long as the block lasts."""
    from rukhsa.project.config import config
    from rukhsa.project.processes import processes

    (config().data / "static").mkdir(exist_ok=True)
    (part,) = (each for each in processes(config()) if each.name == name)
    process = subprocess.Popen(
        part.command, env=os.environ | part.environment | environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    """Return once something answers on a port of this machine; raises TimeoutError."""
    until = time.monotonic() + SECONDS_TO_SERVE
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")


@dataclass
class Count:
    """What came through a relay towards the browser, heads and all."""

    bytes: int = 0


@contextmanager
def relay(address: str) -> Iterator[tuple[str, Count]]:
    """An address in front of `address` that counts every byte of every answer to the browser."""
    target, count = ("127.0.0.1", int(address.rstrip("/").rpartition(":")[2])), Count()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    asking, _ = listening.accept()
                    answering = socket.create_connection(target)
                    Thread(target=_pass_on, args=(asking, answering, Count()), daemon=True).start()
                    Thread(target=_pass_on, args=(answering, asking, count), daemon=True).start()

        Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", count


def _pass_on(one: socket.socket, other: socket.socket, count: Count) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            count.bytes += len(data)
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)

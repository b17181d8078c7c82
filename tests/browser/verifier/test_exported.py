"""The exported page, served by a plain file server in a part of a site: the right verdict, and no other server."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from pytest_django import Settings

from rukhsa.issuance.mirror import Copied, Mirror
from rukhsa.objects import store_at
from rukhsa.web.public import page_release
from tests.browser.verifier.conftest import PHONE
from tests.browser.window import CONTROLLED
from tests.web.public.conftest import PublicSite

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("verifier")]
PART = "a/part/of/a/site"


@pytest.fixture
def served(public_site: PublicSite, settings: Settings, tmp_path: Path) -> Iterator[tuple[str, bytes]]:
    """The address of the exported page, and a released file of its register."""
    settings.RUKHSA_KEYS = public_site.folder  # where the root of these public files is pinned
    released = public_site.released_file()
    there = store_at(tmp_path / "www" / PART)
    built = page_release.build("rukhsa.project.urls_public")
    made = Mirror(there=there, copied=Copied())
    for name, body in built.files.items():
        made.put(name, body)
    made.renew()
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        command, cwd=tmp_path / "www", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split("port ")[1].split()[0]
        yield f"http://127.0.0.1:{port}/{PART}/", released
        server.kill()


@pytest.mark.parametrize("language", ["", "en/"], ids=["ar", "en"])
def test_the_text_of_a_code_and_a_released_file_get_their_verdict(
    language: str, browser: Browser, served: tuple[str, bytes], public_site: PublicSite, tmp_path: Path
) -> None:
    address, released = served
    context = browser.new_context(viewport=PHONE)
    asked: list[Request] = []
    broken: list[str] = []
    context.on("request", lambda request: asked.append(request))
    context.on("weberror", lambda error: broken.append(str(error.error)))
    page = context.new_page()
    page.on(
        "console",
        lambda said: broken.append(f"{said.text} {said.location}") if said.type == "error" else None,
    )
    for word in ("valid", "revoked", "altered"):
        page.goto(f"{address}{language}#{public_site.fragment(word)}")
        page.locator(f"#verdict article[data-word={word}]").wait_for()
        page.goto("about:blank")
    give_file(page, f"{address}{language}", released, tmp_path)
    page.locator("#verdict article[data-word=valid]").wait_for()
    assert {request.url.startswith(address) for request in asked if request.url != "about:blank"} == {True}
    assert {request.method for request in asked} == {"GET"}
    # The last list of an authority is known by the next one, which is not there.
    assert [error for error in broken if "404" not in error or "/status/" not in error] == []
    context.close()


def test_the_page_opens_without_its_server_once_it_was_visited(
    browser: Browser, served: tuple[str, bytes], public_site: PublicSite
) -> None:
    address, _ = served
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(address)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.evaluate(CONTROLLED)
    page.goto(f"{address}#{public_site.fragment('valid')}")
    page.locator("#verdict article[data-word=valid]").wait_for()
    context.set_offline(True)
    page.goto("about:blank")
    page.goto(f"{address}en/#{public_site.fragment('valid')}")
    expect(page.locator("#verdict article")).to_have_attribute("data-word", "valid")
    context.close()


def test_a_number_is_asked_of_the_official_site(browser: Browser, served: tuple[str, bytes]) -> None:
    address, _ = served
    page = browser.new_page()
    page.goto(f"{address}en/")
    assert page.locator("#number-form").get_attribute("action") == "https://v.mun.example/en/number"
    assert page.locator("#file-form").get_attribute("action") == "https://v.mun.example/en/file"
    page.close()


def give_file(page: Page, address: str, released: bytes, tmp_path: Path) -> None:
    """Choose a file on the page."""
    path = tmp_path / "licence.pdf"
    path.write_bytes(released)
    page.goto(address)
    page.locator("#ask h1").wait_for()
    page.set_input_files("#file", path)

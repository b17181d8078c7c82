"""The page as an app: it answers offline, says how old its knowledge is, and accepts no older knowledge."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import BaseServer

import pytest
import segno
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rukhsa.trust import qr
from rukhsa.web.public import assets
from tests.browser.verifier.conftest import (
    KEPT,
    Opened,
    Standing,
    settled,
    telephones,
    verdict_of,
)
from tests.web.public.conftest import PublicSite, of_the_verifier, publish, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("verifier")]

NOTHING_IS_KEPT = """
    const denied = () => new DOMException("denied", "SecurityError");
    Object.defineProperty(window, "localStorage", { get() { throw denied(); } });
    if (globalThis.CacheStorage) CacheStorage.prototype.open = () => Promise.reject(denied());
"""


@pytest.fixture
def device(browser: Browser) -> Iterator[BrowserContext]:
    """A new telephone on which no script breaks."""
    with telephones(browser) as opened:
        page = opened()
        yield page.context


@dataclass(frozen=True, kw_only=True)
class LeftAlone:
    """A telephone that visited once before all servers and the network went down."""

    device: BrowserContext
    address: str
    site: PublicSite


@pytest.fixture(scope="module")
def left_alone(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeftAlone]:
    """After the one visit nothing answers any more, and no script breaks until all tests have run."""
    folder = tmp_path_factory.mktemp("left-alone") / "public"
    site = publish(folder, now=datetime.now(UTC).replace(microsecond=0))
    with telephones(browser) as opened:
        device = opened().context
        with override_settings(**of_the_verifier(folder)), serving() as server:
            address = f"http://127.0.0.1:{server.server_port}/"
            visit(device, address).close()
            kill(server, device)
        yield LeftAlone(device=device, address=address, site=site)


def visit(device: BrowserContext, address: str) -> Page:
    """The one visit with a network, until everything is cached that the page caches by itself."""
    (page,) = device.pages
    page.goto(f"{address}en/")
    return settled(page)


def kill(server: BaseServer, device: BrowserContext) -> None:
    """Stop all servers, and take the network away."""
    server.shutdown()
    server.server_close()
    device.set_offline(True)


def test_all_servers_are_dead_and_the_page_gives_a_verdict_with_its_age(left_alone: LeftAlone) -> None:
    page, address, site = left_alone.device.new_page(), left_alone.address, left_alone.site
    for word, language in (("valid", "en/"), ("revoked", "en/"), ("suspended", "")):
        assert verdict_of(page, f"{address}{language}#{site.fragment(word)}")[0] == word
        expect(page.locator("[data-slot=kept]")).to_be_visible()
    assert verdict_of(page, f"{address}en/#{site.fragment('valid')}")[2] == "Valid"
    fresh = page.locator(".fresh")
    expect(fresh).to_contain_text("There was no connection")
    expect(fresh).to_contain_text("Suspensions and revocations known as of")
    expect(fresh).to_contain_text("minutes ago")
    expect(fresh).to_contain_text("List of authorities dated")
    expect(page.locator("#announcement")).to_contain_text("There was no connection")


def test_without_a_visit_before_a_dead_server_is_a_dead_server(opened: Opened, left_alone: LeftAlone) -> None:
    """The negative control of the drill: nothing else answers instead of the server."""
    page = opened(offline=True)
    with pytest.raises(Exception, match="ERR_"):
        page.goto(left_alone.address)


def test_a_number_that_is_typed_without_a_network_is_not_lost(left_alone: LeftAlone) -> None:
    page = left_alone.device.new_page()
    page.goto(f"{left_alone.address}en/")
    page.get_by_label("Document number").fill("CAP-RW-2026-000001-7")
    page.get_by_role("button", name="Check the number").click()
    expect(page.locator("#trouble")).to_contain_text("You need a connection")
    expect(page.get_by_label("Document number")).to_have_value("CAP-RW-2026-000001-7")


def test_what_is_kept_grows_old_and_then_the_answer_is_cannot_tell(left_alone: LeftAlone) -> None:
    page = left_alone.device.new_page()
    # Not by Playwright's clock, which would stay as it is for every page of this telephone.
    later = (left_alone.site.now + timedelta(days=3)).timestamp() * 1000
    page.add_init_script(f"Date.now = () => {later}")
    assert (
        verdict_of(page, f"{left_alone.address}en/#{left_alone.site.fragment('valid')}")[0] == "cannot-tell"
    )
    assert page.locator("#verdict article").get_attribute("data-reason") == "status-expired"
    expect(page.locator(".fresh")).to_contain_text("3 days ago")
    page.get_by_role("link", name="Check another document").click()
    expect(page.locator("#device-state")).to_contain_text("out of date")


def test_everything_kept_covers_documents_never_seen_and_the_scanner_too(
    device: BrowserContext, address: str, server: BaseServer, public_site: PublicSite, tmp_path: Path
) -> None:
    page = visit(device, address)
    state = page.locator("#device-state")
    expect(state).to_contain_text("51 of 307")
    page.reload()  # the service worker answers from the second time on
    page.get_by_role("button", name="Keep everything").click()
    expect(state).to_contain_text("307 of 307")
    expect(page.get_by_role("button", name="Keep everything")).to_be_enabled()
    kill(server, device)
    picture = tmp_path / "code.png"
    segno.make(qr.segments(public_site.texts["expired"]), error="M", micro=False, boost_error=False).save(
        str(picture), scale=5, border=4
    )
    page = device.new_page()
    page.goto(f"{address}en/")
    page.locator("#file").set_input_files(picture)
    expect(page.locator(".word")).to_have_text("Expired")


def test_an_older_trust_list_is_passed_over_and_alone_it_is_not_believed(
    device: BrowserContext, address: str, public_site: PublicSite
) -> None:
    page = visit(device, address)
    public_site.list_again(version=6)
    url = f"{address}en/#{public_site.fragment('valid')}"
    assert verdict_of(page, url)[0] == "valid"  # by the newer list that the device keeps
    expect(page.locator("#device-state")).to_contain_text("Status lists as of")
    page.evaluate("caches.delete('rukhsa-kept')")
    page.goto("about:blank")
    page.goto(url)
    expect(page.locator("#trouble")).to_contain_text("list of authorities")
    # The page remembers what it saw once more when it looks after the device: only then is there nothing left to write.
    expect(page.locator("#device-state")).to_contain_text("list of authorities")
    page.evaluate("localStorage.clear()")
    assert verdict_of(page, url)[0] == "valid", "the negative control: who remembers nothing believes it"


def test_a_browser_that_keeps_nothing_checks_with_a_connection_and_says_so(
    device: BrowserContext, address: str, public_site: PublicSite
) -> None:
    (page,) = device.pages
    page.add_init_script(NOTHING_IS_KEPT)
    assert verdict_of(page, f"{address}en/#{public_site.fragment('valid')}")[0] == "valid"
    page.get_by_role("link", name="Check another document").click()
    expect(page.locator("#device-state")).to_contain_text("cannot save a copy")


def test_a_list_is_renewed_when_asked(page: Page, standing: Standing) -> None:
    page.goto(f"{standing.address}en/")
    settled(page)
    renewed = ("**/status/capital/0.cwt", "**/log/capital/checkpoint")
    with page.expect_request(renewed[0]), page.expect_request(renewed[1]):
        page.get_by_role("button", name="Update now").click()


def test_a_file_of_the_page_that_is_not_of_its_release_is_not_kept(
    device: BrowserContext, address: str, public_site: PublicSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "integrity", lambda body: f"sha256-{'A' * 43}=")
    (page,) = device.pages
    assert verdict_of(page, f"{address}en/#{public_site.fragment('valid')}")[0] == "valid"
    page.wait_for_function("async () => !(await navigator.serviceWorker.getRegistration())")
    assert page.evaluate("navigator.serviceWorker.controller") is None


def test_a_newer_release_is_offered_and_takes_the_place_of_the_old_one(
    device: BrowserContext, address: str, public_site: PublicSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit(device, address)
    page.reload()
    (older,) = page.evaluate(KEPT)
    words, content = "words.json", assets.content
    monkeypatch.setattr(assets, "content", lambda name: content(name) + (b"\n" if name == words else b""))
    page.evaluate("navigator.serviceWorker.getRegistration().then(found => found.update()).then(() => true)")
    page.get_by_role("button", name="Use the newer version").click()
    expect(page.locator("#newer")).to_be_hidden()
    page.wait_for_function(f"async () => (await {KEPT}).length === 1")
    assert page.evaluate(KEPT) != [older]


def test_a_file_that_another_app_shares_is_checked_and_forgotten(page: Page, standing: Standing) -> None:
    page.goto(f"{standing.address}en/")
    settled(page)
    form = """text => {
        const form = Object.assign(document.createElement("form"), {
            method: "POST", action: "/en/shared", enctype: "multipart/form-data" });
        form.append(Object.assign(document.createElement("input"), { name: "url", value: text }));
        document.body.append(form);
        form.submit();
    }"""
    page.evaluate(form, standing.site.texts["superseded"])
    expect(page.locator(".word")).to_have_text("Superseded")
    page.wait_for_function("async () => !(await caches.has('rukhsa-shared'))")


def test_place_hour_and_work_are_compared_without_a_network(left_alone: LeftAlone) -> None:
    device, site = left_alone.device, left_alone.site
    device.grant_permissions(["geolocation"])
    # 299 m to the south of the trench of the vectors, by a device that is right to 5 m.
    device.set_geolocation({"latitude": 26.2173, "longitude": 50.5830, "accuracy": 5})
    page = device.new_page()
    assert verdict_of(page, f"{left_alone.address}en/#{site.fragment('excavation')}")[0] == "valid"
    part = page.locator("[data-part=onsite]")
    expect(part.locator("select")).to_have_count(0)
    part.get_by_role("button", name="Is it for this place, hour and work?").click()
    expect(part.get_by_role("status")).to_contain_text("about 299 m outside the licensed ground")
    expect(part.get_by_role("status")).to_contain_text("Today is within its days")
    expect(part.locator("[data-outcome=outside]").filter(has_text="Hours: it is")).to_be_visible()
    part.get_by_label("What do you see? Works").select_option("Crossing")
    expect(part.get_by_role("status")).to_contain_text("for “Trench”, not for “Crossing”")
    # The same press at the trench: the place is now within, and the hour is not.
    device.set_geolocation({"latitude": 26.2200, "longitude": 50.5830, "accuracy": 5})
    part.get_by_role("button", name="Ask again from here").click()
    expect(part.get_by_role("status")).to_contain_text("This place is within the licensed ground")
    expect(part.get_by_role("heading", name="Outside the document")).to_be_visible()


def test_without_a_position_the_page_says_so_and_takes_one_that_is_typed(left_alone: LeftAlone) -> None:
    device, site = left_alone.device, left_alone.site
    device.clear_permissions()
    page = device.new_page()
    verdict_of(page, f"{left_alone.address}#{site.fragment('excavation')}")
    part = page.locator("[data-part=onsite]")
    part.get_by_role("button").click()
    expect(part.get_by_role("status")).to_contain_text("موقع هذا الجهاز غير معروف")
    typed = part.get_by_label("أو موقع آخر")
    typed.fill("شمال الطريق")
    typed.blur()
    expect(typed).to_have_attribute("aria-invalid", "true")
    typed.fill("26.2200, 50.5830")
    typed.blur()
    expect(part.get_by_role("status")).to_contain_text("هذا المكان ضمن الموقع المرخص")


def test_a_document_that_tells_no_ground_says_that(left_alone: LeftAlone) -> None:
    page = left_alone.device.new_page()
    verdict_of(page, f"{left_alone.address}en/#{left_alone.site.fragment('valid')}")
    part = page.locator("[data-part=onsite]")
    part.get_by_role("button").click()
    expect(part.get_by_role("status")).to_contain_text("tells no ground that a device can compare")
    expect(part.get_by_role("status")).to_contain_text("tells no hours")

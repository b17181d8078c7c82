"""Plan and licence on an inspector's telephone without a network, within a bound, and gone when the visit is over."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Playwright, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.accounts.models import Person
from rukhsa.review.inspection import Inspection
from rukhsa.web.desk import field_visit
from tests.browser import axe
from tests.web.desk.conftest import SignIn, licensed
from tests.web.desk.test_field_browser import (
    come_in,
    fill_in,
    loaded,
    planned,
    playwright,
    telephone,
    yusuf,
)
from tests.web.desk.test_file_viewer import of_pages

__all__ = ["playwright", "yusuf"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What the telephone keeps: of each visit whether it has its page and how many files, and the addresses of all files.
KEPT = """async () => {
    const asked = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
    const database = await asked(indexedDB.open("rukhsa-round"));
    const all = (store) => asked(database.transaction(store).objectStore(store).getAll());
    const visits = (await all("visits")).map(({ id, html, files }) => [id, [html.length > 0, files.length]]);
    const files = (await all("files")).map(({ id }) => id.split(" ")[1]);
    database.close();
    return { visits: Object.fromEntries(visits), files: files.sort() };
}"""
HEIGHT = "async (shown) => { await shown.decode(); return shown.naturalHeight; }"


def opened(page: Page, visit: Inspection) -> None:
    """The page of a visit with all of its parts open."""
    page.locator(f'a[href="#{visit.pk}"]').press("Enter")
    expect(page.locator("main h1")).to_be_focused()
    for summary in page.locator("details.file > summary").all():
        summary.press("Enter")


def test_plan_and_licence_are_at_hand_without_a_network(
    playwright: Playwright, live_server: LiveServer, yusuf: Person, sign_in: SignIn, tmp_path: Path
) -> None:
    [visit] = planned(yusuf, 1)
    of_pages(visit.application, 3)
    licence = licensed(visit.application)
    with telephone(playwright, tmp_path) as (context, page):
        come_in(context, live_server, sign_in(yusuf))
        loaded(page, live_server)
    with telephone(playwright, tmp_path) as (context, page):
        context.set_offline(True)
        page.goto(live_server.url + reverse("desk:field"))
        opened(page, visit)
        pictures = page.locator(".plan img")
        expect(pictures).to_have_count(3)
        assert [picture.evaluate(HEIGHT) for picture in pictures.all()] == [1600] * 3
        document = page.locator(f'a[data-file="{reverse("desk:instrument-file", args=[licence.pk])}"]')
        assert str(document.get_attribute("href")).startswith("blob:")
        expect(page.locator("main dl dd").filter(has_text="مجمع 318").last).to_be_visible()
        expect(page.locator("main")).to_contain_text("سارية")
        assert axe.faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_they_are_forgotten_when_the_visit_is_over_and_those_of_another_stay(
    playwright: Playwright, live_server: LiveServer, yusuf: Person, sign_in: SignIn, tmp_path: Path
) -> None:
    visit, other = planned(yusuf, 2)
    plans = [of_pages(each.application, 3) for each in (visit, other)]
    licensed(visit.application)
    with telephone(playwright, tmp_path) as (context, page):
        come_in(context, live_server, sign_in(yusuf))
        loaded(page, live_server)
        context.set_offline(True)
        fill_in(page, visit)
        assert page.evaluate(KEPT)["visits"][str(visit.pk)] == [True, 4]  # until the report has arrived
        context.set_offline(False)
        page.locator("[data-act=sync]").press("Enter")
        expect(page.locator('li[data-state="taken"]')).to_have_count(1)
        expect(page.locator("[data-told]")).to_contain_text("محفوظ على هذا الجهاز")
        kept = page.evaluate(KEPT)
        assert kept["visits"] == {str(visit.pk): [False, 0], str(other.pk): [True, 3]}
        assert kept["files"] == [
            reverse("desk:file-page", args=[plans[1].pk, number]) for number in (1, 2, 3)
        ]
        expect(page.locator(f'a[href="#{visit.pk}"]')).to_have_count(0)
        context.set_offline(True)
        opened(page, other)
        expect(page.locator('.plan img[src^="blob:"]')).to_have_count(3)


def test_what_is_too_large_for_the_telephone_is_said_and_opens_with_a_network(
    playwright: Playwright,
    live_server: LiveServer,
    yusuf: Person,
    sign_in: SignIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [visit] = planned(yusuf, 1)
    of_pages(visit.application, 3)
    monkeypatch.setattr(field_visit, "MOST_BYTES", 1000)
    with telephone(playwright, tmp_path) as (context, page):
        come_in(context, live_server, sign_in(yusuf))
        page.goto(live_server.url + reverse("desk:field"))
        expect(page.locator("[data-told]")).to_contain_text("عدد الملفات التي تُفتح عند توفر اتصال فقط: 3")
        assert page.evaluate(KEPT)["files"] == []
        page.locator(f'a[href="#{visit.pk}"]').press("Enter")
        page.locator("details.file > summary").last.press("Enter")
        expect(page.locator(".plan a")).to_have_count(3)
        expect(page.locator(".plan a").first).to_contain_text("ليست على هذا الجهاز")
        assert "/pages/1" in str(page.locator(".plan a").first.get_attribute("href"))

"""An inspector's round without a network: visits filled in by keyboard, a dead battery, a conflict, each sent once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from rukhsa.accounts.models import Person
from rukhsa.authorities.actor import actor_for
from rukhsa.review.inspection import Inspection, InspectionReport, report
from rukhsa.rounds.models import FieldPhoto, FieldReport
from rukhsa.rounds.round import plan_round
from tests import programs
from tests.browser import axe
from tests.browser.chromium import ARGUMENTS, PATIENCE
from tests.browser.window import CONTROLLED
from tests.rooms.review import works
from tests.rooms.rounds.conftest import made, picture
from tests.web.desk.conftest import SignIn, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VISITS = 30
BEFORE_THE_BATTERY_DIES = 12
FAULTY = {"marked": True, "clear": False}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright, which runs an event loop in this thread; Django is told so."""
    programs.chromium()
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as running:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield running


@contextmanager
def telephone(playwright: Playwright, folder: Path) -> Iterator[tuple[BrowserContext, Page]]:
    """A telephone whose storage is kept when it goes out."""
    program, asked_for, environment = programs.chromium()
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=program, args=[*ARGUMENTS, *asked_for], env=environment, timeout=PATIENCE,
        viewport={"width": 360, "height": 800}, geolocation={"longitude": 50.58, "latitude": 26.22},
        permissions=["geolocation"],
    )  # fmt: skip
    try:
        yield context, context.pages[0]
    finally:
        context.close()


def come_in(context: BrowserContext, live_server: LiveServer, client: Client) -> None:
    """Sign a person in on the telephone."""
    session = client.cookies["rukhsa-session"].value
    context.add_cookies(
        [
            {"name": "rukhsa-session", "value": session, "url": live_server.url},
            {"name": "rukhsa-language", "value": "ar", "url": live_server.url},
        ]
    )


def loaded(page: Page, live_server: LiveServer) -> None:
    """Open the round with a network until all of it is on the telephone."""
    page.goto(live_server.url + reverse("desk:field"))
    expect(page.locator("[data-told]")).to_contain_text("محفوظ على هذا الجهاز")
    page.evaluate(CONTROLLED)


def fill_in(page: Page, visit: Inspection) -> None:
    """Fill in a visit by keyboard and finish it."""
    page.locator(f'a[href="#{visit.pk}"]').press("Enter")
    expect(page.locator("main h1")).to_be_focused()
    for name in ("point-marked", "point-clear", "passed"):
        page.locator(f'[name="{name}"][value="yes"]').press("Space")
    page.locator("[name=present]").press_sequentially("علي")
    page.locator("form.visit button:not([type=button])").press("Enter")
    expect(page.locator(f'li[data-state="ready"] a[href="#{visit.pk}"]')).to_be_visible()


def take_a_photo_and_sign(page: Page, visit: Inspection) -> None:
    """Add a photo with its place and a signature to a visit, and leave it unfinished."""
    page.locator(f'a[href="#{visit.pk}"]').press("Enter")
    page.locator("[data-with-place]").check()
    photo: Any = {"name": "site.jpg", "mimeType": "image/jpeg", "buffer": picture("red")}
    page.locator("[data-photos]").set_input_files(photo)
    expect(page.locator("[data-taken] img")).to_have_count(1)
    box = page.locator("[data-signature]").bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 60)
    page.mouse.up()
    assert axe.faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("a.back").press("Enter")


@pytest.fixture
def yusuf() -> Person:
    """The inspector."""
    return person("yusuf", works.authority())


def planned(inspector: Person, count: int) -> list[Inspection]:
    """So many visits in the inspector's round of today."""
    at, visits = timezone.now(), made(count)
    plan_round(
        [each.pk for each in visits],
        inspector,
        timezone.localdate(at),
        actor=actor_for(inspector, at=at),
        at=at,
    )
    return visits


def test_a_round_without_a_network_arrives_once_after_a_dead_battery_and_a_conflict(
    playwright: Playwright, live_server: LiveServer, yusuf: Person, sign_in: SignIn, tmp_path: Path
) -> None:
    visits = planned(yusuf, VISITS)
    with telephone(playwright, tmp_path) as (context, page):
        come_in(context, live_server, sign_in(yusuf))
        loaded(page, live_server)
        assert axe.faults(page) == []
        context.set_offline(True)
        for visit in visits[:BEFORE_THE_BATTERY_DIES]:
            fill_in(page, visit)
        take_a_photo_and_sign(page, visits[BEFORE_THE_BATTERY_DIES])
    nawal = works.staff("nawal@town.example", "نوال", "Nawal", "inspector", at=works.authority())  # type: ignore[arg-type]
    at = timezone.now()
    report(visits[0], False, FAULTY, "عائق", [], actor=actor_for(nawal, at=at), at=at)
    with telephone(playwright, tmp_path) as (context, page):
        context.set_offline(True)
        page.goto(live_server.url + reverse("desk:field"))
        expect(page.locator("[data-waiting]")).to_have_attribute("data-waiting", str(BEFORE_THE_BATTERY_DIES))
        for visit in visits[BEFORE_THE_BATTERY_DIES:]:
            fill_in(page, visit)
        expect(page.locator("[data-waiting]")).to_have_attribute("data-waiting", str(VISITS))
        assert not FieldReport.objects.exists()
        come_in(context, live_server, sign_in(yusuf))
        context.set_offline(False)
        page.locator("[data-act=sync]").press("Enter")
        expect(page.locator('li[data-state="taken"]')).to_have_count(VISITS - 1)
        expect(page.locator('li[data-state="conflict"]')).to_have_count(1)
        expect(page.locator("[data-waiting]")).to_have_attribute("data-waiting", "0")
    assert FieldReport.objects.count() == VISITS
    assert InspectionReport.objects.filter(inspector=yusuf).count() == VISITS - 1
    [conflict] = FieldReport.objects.in_conflict()
    assert conflict.inspection == visits[0]
    made_ = InspectionReport.objects.get(inspection=visits[BEFORE_THE_BATTERY_DIES])
    assert made_.signature
    assert made_.taken[made_.photos[0]]["latitude"] == 26.22
    assert FieldPhoto.objects.count() == 2


def test_a_report_whose_answer_was_lost_is_sent_again_and_counts_once(
    playwright: Playwright, live_server: LiveServer, yusuf: Person, sign_in: SignIn, tmp_path: Path
) -> None:
    [visit] = planned(yusuf, 1)
    with telephone(playwright, tmp_path) as (context, page):
        come_in(context, live_server, sign_in(yusuf))
        loaded(page, live_server)
        lost = []

        def lose(route: Any) -> None:
            route.fetch()
            lost.append(route.request.url)
            route.abort()

        context.route("**/report", lose, times=1)
        fill_in(page, visit)
        expect(page.locator("[data-told]")).not_to_contain_text("اكتمل")
        page.locator("[data-act=sync]").press("Enter")
        expect(page.locator('li[data-state="taken"]')).to_have_count(1)
    assert len(lost) == 1
    assert FieldReport.objects.count() == InspectionReport.objects.count() == 1


def test_another_person_on_the_device_sees_and_sends_nothing_of_the_first(
    playwright: Playwright, live_server: LiveServer, yusuf: Person, sign_in: SignIn, tmp_path: Path
) -> None:
    [visit] = planned(yusuf, 1)
    nawal = works.staff("nawal@town.example", "نوال", "Nawal", "inspector", at=works.authority())  # type: ignore[arg-type]
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=nawal, type=Authenticator.Type.TOTP, data={})
    with telephone(playwright, tmp_path) as (context, page):
        come_in(context, live_server, sign_in(yusuf))
        loaded(page, live_server)
        context.set_offline(True)
        fill_in(page, visit)
        # Open while the network returns, it would send the report as Yusuf, as it should.
        page.goto("about:blank")
        context.set_offline(False)
        come_in(context, live_server, sign_in(nawal))
        page.goto(live_server.url + reverse("desk:field"))
        expect(page.locator("main")).to_contain_text("تقارير لأشخاص آخرين على هذا الجهاز: 1")
        expect(page.locator("main")).not_to_contain_text(str(visit.application.reference))
        page.locator("[data-act=sync]").press("Enter")
        expect(page.locator("[data-told]")).to_contain_text("محفوظ على هذا الجهاز")
        assert not FieldReport.objects.exists()
        come_in(context, live_server, sign_in(yusuf))
        page.goto(live_server.url + reverse("desk:field"))
        expect(page.locator('li[data-state="taken"]')).to_have_count(1)
    assert FieldReport.objects.get().by == yusuf

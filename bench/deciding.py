"""Ordinary decisions a minute by one officer in a browser: by keys, and by the seven clicks that one took before.

Both work through the same queue of applications that a colleague has checked; each decision shows the fee and the
document before it is confirmed. A person reads longer than the pages take: measured is what the desk adds to that.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from playwright.sync_api import Page

from bench.figure import Figure
from bench.page import served
from bench.town import answers_of_residence, applicants, current, open_town
from tests.browser.chromium import chromium

EACH: Final = 12  # decisions of each way
SEVEN_CLICKS: Final = (
    ".desk-nav a[href$='/queue/']",
    "a[href*='show=decide']",
    "main tbody a[href*='/applications/']",
    "form[action*='/take'] button",
    "form[action*='/decide'] button",
    "button[name=confirmed]",
    ".desk-nav a[href$='/queue/']",
)


def figures() -> Iterator[Figure]:
    """Twice as many a minute by keys as by clicks, on the same machine in the same run."""
    from rukhsa.project.config import config

    open_town()
    references = checked(2 * EACH + 2)
    portal = config().addresses.portal_url
    cookies = _session(portal)
    # Nothing of the database inside: the browser's driver runs a loop there, and Django refuses statements in one.
    with chromium() as browser, served("portal", config().addresses.portal_port):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(f"{portal}/desk/queue/?show=decide")
        by_clicks = _a_minute(lambda: _click(page), EACH)
        page.goto(f"{portal}/desk/queue/?show=decide")
        _press(page, "j", "Enter")  # from here on each case is opened from the one before
        by_keys = _a_minute(lambda: _press(page, "g", "Enter", "n"), EACH)
        context.close()
    decided = _granted(references)
    yield Figure(
        name=f"ordinary decisions by one officer in a browser, {decided} granted",
        ours=by_keys,
        peer=by_clicks,
        wanted=1.5 if decided >= 2 * EACH else 1000,
        unit="a minute",
        other="by the seven clicks of before",
    )


def checked(count: int) -> list[str]:
    """So many applications for a proof of residence, submitted and found complete by Salem."""
    from rukhsa.accounts.models import Person
    from rukhsa.applications.models import Application, Step
    from rukhsa.applications.stages import Act, Stage
    from rukhsa.authorities.actor import actor_for
    from rukhsa.authorities.models import Authority
    from rukhsa.review import queue
    from rukhsa.review.check import check

    at = datetime.now(UTC)
    salem = actor_for(Person.objects.get(email__startswith="salem@"), at=at)
    answers, version = answers_of_residence(at), current("proof-of-residence")
    cap, made = Authority.objects.get(code="CAP"), []
    for number, applicant in enumerate(applicants(count)):
        application = Application.objects.create(
            reference=f"CAP-BENCH-D{number:06d}",
            service_version=version,
            applicant=applicant,
            authority=cap,
            stage=Stage.SUBMITTED,
            answers=answers,
            created_at=at,
            saved_at=at,
            submitted_at=at,
        )
        content = {"answers": answers, "files": []}
        moved = {"act": Act.SUBMIT, "stage_before": Stage.DRAFT, "stage_after": Stage.SUBMITTED}
        Step.objects.create(application=application, at=at, content=content, **moved)
        queue.refresh(application, at)
        check(application, "completeness", actor=salem, at=at)
        made.append(str(application.reference))
    return made


def _session(portal: str) -> list[Any]:
    """The cookies of Mariam, who decides; her sign-in is measured elsewhere."""
    from bench.pages import browser

    session = browser("mariam@").cookies["rukhsa-session"].value
    kept = {"rukhsa-session": session, "rukhsa-language": "ar"}
    return [{"name": name, "value": value, "url": portal} for name, value in kept.items()]


def _a_minute(decide: Callable[[], object], count: int) -> float:
    begun = time.perf_counter()
    for _ in range(count):
        decide()
    return 60 * count / (time.perf_counter() - begun)


def _click(page: Page) -> None:
    for selector in SEVEN_CLICKS:
        with page.expect_navigation():
            page.locator(selector).first.click()


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        if key == "j":
            page.keyboard.press(key)
            continue
        with page.expect_navigation():
            page.keyboard.press(key)


def _granted(references: list[str]) -> int:
    from rukhsa.review.models import Decision

    return Decision.objects.filter(application__reference__in=references, outcome="granted").count()

"""The nine shapes of services, each from its first page to its submission, on a phone and before a screen.

The shapes are those that one language of services has to cover; of each, one service is applied for,
by keyboard on a phone in Arabic and without scripts before a screen in English.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from rukhsa.accounts.models import Person
from rukhsa.applications.known import COMPANY, kind_of
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.catalogue.questions.instrument import InstrumentQuestion
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.difference.answering import answers_along
from rukhsa.difference.paths import Paths
from rukhsa_rehearsal.walks import supplies
from rukhsa_rehearsal.walks.people import represent
from tests import applicants
from tests import town as towns
from tests.browser import keyboard, people
from tests.browser.chromium import chromium
from tests.browser.window import DESK, PHONE, Window
from tests.town import Town

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHAPES = {
    "a licence with a fee by area": "advertisement-licence",
    "a licence with dates, a drawing and a deposit": "road-works-licence",
    "a certificate about an address": "information-certificate",
    "a change of a register": "address-change",
    "a version of an earlier document": "drawings-amendment",
    "a closing document that frees money": "building-completion",
    "a place among few": "camping-registration",
    "a decision of a committee": "boundary-wall-permit",
    "aid with rules of eligibility": "home-repair-aid",
}
BLOCK = 317


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    # Playwright runs an event loop in this thread, in which Django refuses database queries.
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


@pytest.mark.parametrize("service", SHAPES.values(), ids=SHAPES.keys())
def test_a_service_of_each_shape_is_applied_for_by_keyboard_and_without_scripts(
    chrome: Browser, live_server: LiveServer, town_of_many: Town, service: str
) -> None:
    for number, (language, width, scripts) in enumerate((("ar", PHONE, True), ("en", DESK, False))):
        # A place in the camp is given to each person once.
        person = applicants.neighbour() if number and service == "camping-registration" else towns.layla()
        answers = answers_to(town_of_many, service, number)
        with Window(
            browser=chrome, language=language, width=width, scripts=scripts, sites=(live_server.url,)
        ) as window:
            for each in towns.version_of(service).definition.questions:
                if kind_of(each) == COMPANY:
                    represent(person, answers[each.id])
            be(window, person, live_server.url)
            people.start(window, live_server.url, service)
            people.answer_all(window, answers, press=keyboard.press if scripts else Window.press)
            if window.page.url.endswith("/documents"):
                people.attach_all(window)
                window.press(".actions a.ds-button")
            assert window.page.locator(".ds-error-summary").count() == 0, window.page.inner_text("main")
            _, reference = people.submit(window)
        application = Application.objects.get(reference=reference)
        assert (application.stage, application.definition.service) == (Stage.SUBMITTED, service)


def answers_to(town: Town, service: str, number: int) -> dict[str, Any]:
    """Plausible answers along the plainest way through a service, about a place of their own."""
    definition = towns.version_of(service).definition
    path = Paths(definition).straight
    parents = {
        question.id: town.issue(question.services[0]).number
        for question in definition.questions
        if isinstance(question, InstrumentQuestion)
    }
    setting = Setting(number=2 * number, on=timezone.localdate(town.at), block=BLOCK, parents=parents)
    supplies.survey(definition, path.answers, setting, at=town.at)
    return answers_along(definition, path.answers, setting)


def be(window: Window, person: Person, site: str) -> None:
    """Signed in as a person."""
    session = applicants.signed_in(person).cookies["rukhsa-session"].value
    window.keep({"rukhsa-session": session}, site)

"""An ordinary decision takes each person at most four clicks or eight keys, counted in Chromium from the row of the
queue to the end of the act; and what is typed beside a case comes back until its act is done."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.applications.models import Application
from tests.browser.chromium import chromium
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, BY_ONE, CHECK, SUNDAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_CLICKS, MOST_KEYS = 4, 8


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    with pytest.MonkeyPatch.context() as environment, chromium() as launched:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield launched


@pytest.fixture
def ordinary() -> Application:
    """An application that one check and one decision end."""
    made = works.submitted(works.publish(works.works(CHECK, BY_OFFICER)))
    works.asked(made, SUNDAY)
    return made


@pytest.fixture
def window(browser: Browser, live_server: LiveServer, salem: Client, ordinary: Application) -> Iterator[Page]:
    """Salem's window on the queue, in which the application waits."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(8_000)
    be(page, live_server, salem)
    yield page
    page.goto("about:blank")
    context.close()


def be(page: Page, live_server: LiveServer, client: Client) -> None:
    """Open the queue as the person who signed in with this client."""
    session = client.cookies["rukhsa-session"].value
    for name, value in (("rukhsa-session", session), ("rukhsa-language", "en")):
        page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page.goto(f"{live_server.url}{reverse('desk:queue')}")


CHECK_IT = "form[action*='/check/'] button"
APPROVE = "form[action*='/decide'] button"
CONFIRM = "button[name=confirmed]"  # beside the amount and the document


def click(window: Page, *wanted: str) -> None:
    """Click each, and see the document before the decision is confirmed."""
    for button in wanted:
        if button == CONFIRM:
            expect(window.locator(".document-foreseen")).to_contain_text("ليلى أحمد")
        with window.expect_navigation():
            window.locator(button).first.click()


def press(window: Page, *keys: str) -> None:
    """Press each key; all but the one that moves in the list lead to another page."""
    for key in keys:
        if key == "j":
            window.keyboard.press(key)
            continue
        if key == "g":  # the browser moves to the button when it draws the page, perhaps after its load
            with window.expect_navigation():
                window.keyboard.press(key)
            expect(window.locator(CONFIRM)).to_be_focused()
            continue
        with window.expect_navigation():
            window.keyboard.press(key)


@pytest.mark.parametrize("way", ["clicks", "keys"])
def test_checker_and_decider_take_at_most_four_clicks_or_eight_keys_each(
    window: Page, ordinary: Application, live_server: LiveServer, mariam: Client, way: str
) -> None:
    line = f"main a[href*='{ordinary.pk}']"
    checking, deciding = ("jEc", "jEgE") if way == "keys" else ((line, CHECK_IT), (line, APPROVE, CONFIRM))
    most = MOST_KEYS if way == "keys" else MOST_CLICKS
    assert (len(checking) <= most, len(deciding) <= most) == (True, True)
    _act(window, checking)
    expect(window.locator(APPROVE)).to_have_count(0)  # another officer decides
    be(window, live_server, mariam)  # the queue as it opens, so that no step is left out
    _act(window, deciding)
    expect(window.locator(".case-acts .good")).to_be_visible()
    ordinary.refresh_from_db()
    assert ordinary.stage == "granted"


def _act(window: Page, acts: str | tuple[str, ...]) -> None:
    if isinstance(acts, str):
        press(window, *("Enter" if key == "E" else key for key in acts))
    else:
        click(window, *acts)


def test_where_one_hand_decides_it_takes_four_clicks(
    window: Page, ordinary: Application, live_server: LiveServer
) -> None:
    alone = works.submitted(works.publish(works.works(CHECK, BY_ONE)), reference="CAP-2026-000002")
    works.asked(alone, SUNDAY)
    window.reload()
    wanted = (f"main a[href*='{alone.pk}']", CHECK_IT, APPROVE, CONFIRM)
    assert len(wanted) <= MOST_CLICKS
    click(window, *wanted)
    expect(window.locator(".case-acts .good")).to_be_visible()
    # The next one in the same list is one key away.
    press(window, "n")
    expect(window.locator("h1")).to_contain_text(str(ordinary.reference))


def test_keys_that_are_turned_off_do_nothing(window: Page, ordinary: Application) -> None:
    window.evaluate("localStorage['desk-keys-off'] = 'yes'")
    with window.expect_navigation():
        window.locator(f"main a[href*='{ordinary.pk}']").click()
    window.keyboard.press("c")
    expect(window.locator("form[action*='/check/'] button")).to_be_visible()
    assert not ordinary.checks.exists()


def test_typed_reasons_come_back_after_the_page_was_left(
    window: Page, ordinary: Application, live_server: LiveServer
) -> None:
    case = f"{live_server.url}{reverse('desk:application', args=[ordinary.pk])}"
    window.goto(case)
    window.keyboard.press("x")
    window.locator("textarea[name=reasons]").fill("The trench crosses a main.")
    window.goto(f"{live_server.url}{reverse('desk:queue')}")
    window.goto(case)
    expect(window.locator("textarea[name=reasons]")).to_have_value("The trench crosses a main.")
    expect(window.locator("[data-kept-said]")).to_be_visible()


KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('desk-typed/')).length"


def test_typed_reasons_outlast_a_page_that_asks_to_confirm_and_are_forgotten_once_it_is_decided(
    window: Page, ordinary: Application, live_server: LiveServer
) -> None:
    case = f"{live_server.url}{reverse('desk:application', args=[ordinary.pk])}"
    reasons = window.locator("textarea[name=reasons]")
    window.goto(case)
    window.keyboard.press("x")
    reasons.fill("The trench crosses a main.")
    window.get_by_role("button", name="Continue").click()
    expect(window.locator(CONFIRM)).to_be_visible()
    for way in ("left", "went back"):
        window.goto(f"{live_server.url}{reverse('desk:queue')}")
        window.goto(case)
        expect(reasons, way).to_have_value("The trench crosses a main.")
        window.get_by_role("button", name="Continue").click()
        window.locator("button[name=change]").click()
        expect(reasons, way).to_have_value("The trench crosses a main.")
    window.get_by_role("button", name="Continue").click()
    with window.expect_navigation():
        window.locator(CONFIRM).click()
    expect(window.locator(".case-acts .bad")).to_be_visible()
    assert window.evaluate(KEPT) == 0


def test_every_field_of_a_form_comes_back_and_a_search_does_not(
    window: Page, ordinary: Application, live_server: LiveServer
) -> None:
    case = f"{live_server.url}{reverse('desk:application', args=[ordinary.pk])}"
    window.goto(case)
    window.get_by_text("Ask for more than the service does").click()
    window.locator("[name=kind][value=visit]").check()
    window.locator("[name=document]").first.uncheck()
    window.locator("[name=days]").fill("9")
    window.locator("[name=wanted]").fill("Layla")
    window.goto(f"{live_server.url}{reverse('desk:record-violation')}")
    typed = {"place": "Road 1805", "kind": window.locator("#kind option").nth(1).get_attribute("value") or ""}
    window.locator("#place").fill(typed["place"])
    window.locator("#kind").select_option(typed["kind"])
    window.get_by_text("There is no document").click()
    window.locator("#party-name").fill("Ahmed")
    window.locator("#at").fill("2026-11-01T08:30")
    window.goto(case)
    expect(window.locator("[name=kind][value=visit]")).to_be_checked()
    expect(window.locator("[name=document]").first).not_to_be_checked()
    expect(window.locator("[name=days]")).to_have_value("9")
    expect(window.locator("[name=wanted]")).to_have_value("")
    window.goto(f"{live_server.url}{reverse('desk:record-violation')}")
    for name, value in typed.items():
        expect(window.locator(f"[name={name}]")).to_have_value(value)
    expect(window.locator("#party-name")).to_be_visible()
    expect(window.locator("#party-name")).to_have_value("Ahmed")
    assert window.evaluate(KEPT) == 2


def test_a_field_that_a_colleague_changed_meanwhile_stays_as_it_came(
    window: Page, ordinary: Application, live_server: LiveServer
) -> None:
    case = f"{live_server.url}{reverse('desk:application', args=[ordinary.pk])}"
    window.goto(case)
    days, asked = window.locator("[name=days]"), window.locator("[name=asked]")
    window.get_by_text("Ask for more than the service does").click()
    days.fill("9")
    asked.fill("Is the kerb whole?")
    changed = """() => { for (const [key, row] of Object.entries(localStorage)) if (key.startsWith("desk-typed/"))
        localStorage[key] = row.replace('"days 1":"5"', '"days 1":"7"') }"""
    window.evaluate(changed)  # as if it had come with 7 when it was typed into
    window.goto(case)
    expect(asked).to_have_value("Is the kerb whole?")
    expect(days).to_have_value("5")


@pytest.mark.parametrize("width", [1280, 1024])
def test_the_acts_never_cover_the_case(window: Page, ordinary: Application, width: int) -> None:
    window.set_viewport_size({"width": width, "height": 800})
    with window.expect_navigation():
        window.locator(f"main a[href*='{ordinary.pk}']").click()
    window.keyboard.press("r")  # the longest form
    case, acts = (window.locator(each).bounding_box() for each in (".case-main", ".case-acts"))
    assert case
    assert acts
    assert case["x"] + case["width"] <= acts["x"]
    assert acts["height"] <= 800

"""What fits where: rows of a queue in one line each, photos in a request, and an address on a telephone."""

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from rukhsa.applications.models import Application
from rukhsa.review.check import check
from rukhsa.review.inspection import Inspection
from rukhsa.review.proposal import propose
from rukhsa.verification.models import Webhook
from tests.browser import axe
from tests.rooms.review import works
from tests.rooms.review.works import CHECK, SUNDAY
from tests.rooms.rounds.conftest import picture
from tests.web.desk.conftest import SignIn, person
from tests.web.desk.test_talk_browser import browser as browser  # noqa: F401, RUF100 - a fixture
from tests.web.desk.test_talk_browser import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ONE_LINE = 40  # pixels; two lines of its letters take more
BY_TWO = {"decide": "two officers", "mandate": "roads", "within": "1 working day"}
LONG_AR, LONG_EN = (
    "عبدالرحمن بن محمد بن عبداللطيف آل خليفة المناعي",
    "Bartholomew Featherstonehaugh of the Long Hill",
)


@pytest.fixture
def rows(db: None) -> list[Application]:
    """Applications with long names, one of them late, one with a proposal that waits for the second officer."""
    version = works.publish(works.works(CHECK, BY_TWO))
    layla = works.layla()
    layla.name_ar, layla.name_en = LONG_AR, LONG_EN
    layla.save()
    salem = works.act_as(person("salem", works.authority()))
    made = []
    for number in range(4):
        made.append(works.submitted(version, reference=f"CAP-2026-{number:06}"))
        works.asked(made[-1])
    check(made[0], "completeness", actor=salem, at=SUNDAY)
    propose(made[0], "granted", "مستوفٍ للشروط.", "", actor=salem, at=SUNDAY)
    return made


@pytest.mark.parametrize("width", [1024, 1280])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_row_takes_one_line(
    browser: Browser,  # noqa: F811, RUF100
    live_server: LiveServer,
    mariam: Client,
    rows: list[Application],
    language: str,
    width: int,
) -> None:
    page = signed_in(browser, live_server, mariam, language, width)
    page.goto(f"{live_server.url}/desk/queue/")
    heights = page.locator("[data-rows] tr").evaluate_all("rows => rows.map((row) => row.offsetHeight)")
    assert len(heights) == len(rows)
    assert max(heights) <= ONE_LINE, heights
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # The negative control: without the style of such rows they wrap.
    page.locator("table").evaluate("table => table.classList.remove('one-line')")
    wrapped = page.locator("[data-rows] tr").evaluate_all("rows => rows.map((row) => row.offsetHeight)")
    assert max(wrapped) > ONE_LINE
    page.context.close()


def test_a_proposal_is_marked_in_the_row(mariam: Client, rows: list[Application]) -> None:
    page = mariam.get("/desk/queue/").content.decode()
    lines = {each.reference: page.partition(str(each.reference))[2].partition("</tr>")[0] for each in rows}
    marked = [reference for reference, line in lines.items() if "A second officer" in line]
    assert marked == [rows[0].reference]


def test_photos_that_are_too_large_together_are_refused_before_they_are_sent(
    browser: Browser,  # noqa: F811, RUF100
    live_server: LiveServer,
    sign_in: SignIn,
) -> None:
    version = works.publish(works.works(works.VISIT, works.BY_OFFICER))
    [visit] = works.ordered(works.submitted(version), SUNDAY)
    page = signed_in(browser, live_server, sign_in(person("yusuf", works.authority())), "ar", 360)
    page.goto(f"{live_server.url}/desk/inspections/{visit.pk}/")
    large = picture() + bytes(9_000_000)
    for name in ("point-marked", "point-clear", "passed"):
        page.locator(f'[name="{name}"][value="yes"]').check()
    field = page.locator("#photos")

    def photos(count: int) -> list[dict[str, object]]:
        return [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": large} for n in range(count)]

    field.set_input_files(photos(2))  # type: ignore[arg-type]
    page.locator("form.visit button").click()
    assert "16" in str(field.evaluate("field => field.validationMessage"))
    assert not Inspection.objects.get().reports.exists()
    field.set_input_files(photos(1))  # type: ignore[arg-type]
    with page.expect_navigation():
        page.locator("form.visit button").click()
    assert len(Inspection.objects.get().reports.get().photos) == 1
    page.context.close()


def test_an_address_of_an_agency_that_does_not_answer_fits_a_telephone(
    browser: Browser,  # noqa: F811, RUF100
    live_server: LiveServer,
    sign_in: SignIn,
) -> None:
    hala = person("hala", works.agency())
    Webhook.objects.create(
        agency=works.agency(),
        address="https://systems.ewa.example/rukhsa/changes/received/by/the/queue",
        secret="x" * 40,
        made_by=hala,
        made_at=SUNDAY,
        next_at=SUNDAY,
        failing_since=SUNDAY,
    )
    page = signed_in(browser, live_server, sign_in(hala), "ar", 360)
    page.goto(f"{live_server.url}/desk/agency/")
    expect(page.locator("main .late")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe.faults(page) == []
    page.context.close()

"""The first page and the list of one's own applications: what waits, drafts, and a search that finds nothing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.payments.link import share
from rukhsa.payments.models import Attempt, Charge, ChargeLine
from rukhsa.payments.outcome import settle_with
from rukhsa.review.finding import return_to_applicant
from tests import applicants

pytestmark = pytest.mark.django_db


def charge_for(application: Application) -> Charge:
    """Two dinars that are owed for a granted application."""
    now = timezone.now()
    Application.objects.filter(pk=application.pk).update(stage="granted")
    application.refresh_from_db()
    charge = Charge.objects.create(
        application=application, due=Charge.Due.AFTER_DECISION, amount=2_000, currency="BHD",
        assessed_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    ChargeLine.objects.create(charge=charge, rule="certificate-fee", kind="fee", amount=2_000)
    return charge


def left_at_the_gateway(charge: Charge, **changes: object) -> Attempt:
    """An attempt whose payer left the page of the gateway."""
    return Attempt.objects.create(
        charge=charge, gateway="national", reference=f"T{charge.pk}", amount=charge.amount, currency="BHD",
        state=Attempt.State.REDIRECTED, started_at=timezone.now(), **changes,
    )  # fmt: skip


def waiting_part(page: str) -> str:
    """What stands under "Waiting for you"."""
    assert "Waiting for you" in page
    return page.partition("Waiting for you")[2].partition("</section>")[0]


def test_a_payment_that_was_left_stays_among_what_waits(browser: Client, complete: Application) -> None:
    browser.post(f"/applications/{complete.pk}/review")
    left_at_the_gateway(charge_for(complete))
    for page in ("/", "/applications/"):
        assert f"/applications/{complete.pk}/" in waiting_part(browser.get(page).content.decode())


def test_drafts_do_not_fill_what_waits_and_can_be_told_apart(browser: Client, complete: Application) -> None:
    browser.post(f"/applications/{complete.pk}/review")
    left_at_the_gateway(charge_for(complete))
    for _ in range(6):
        browser.post("/services/proof-of-residence/start")
    page = browser.get("/").content.decode()
    assert waiting_part(page).count("<li>") == 1
    assert "Continue your draft: Proof-of-residence certificate" in page
    browser.post("/services/refuse-bags/start")
    drafts = Application.objects.filter(stage="draft")
    assert f"{drafts.count()} drafts" in browser.get("/").content.decode()
    assert "questions answered: 0 of 4" in browser.get("/applications/").content.decode()


def test_at_most_two_things_wait_on_the_first_page(browser: Client, layla: Person) -> None:
    salem = applicants.acting(applicants.salem())
    for _ in range(3):
        application = applicants.submitted(browser)
        return_to_applicant(application, [("home", "Wrong road.")], actor=salem, at=timezone.now())
    page = browser.get("/").content.decode()
    assert waiting_part(page).count("<li>") == 2
    assert page.index("Waiting for you") < page.index('role="search"')
    assert waiting_part(browser.get("/applications/").content.decode()).count("<li>") == 3


def test_a_search_that_finds_nothing_says_so_and_whom_to_ask(open_town: None) -> None:
    page = applicants.Client().get("/", {"q": "موعد"}).content.decode()
    assert "/services/" not in page
    assert "أمانة العاصمة" in page
    assert "أمانة العاصمة" not in applicants.Client().get("/").content.decode()


def test_what_another_paid_by_link_is_not_said_to_be_paid_by_the_applicant(
    browser: Client, complete: Application, layla: Person
) -> None:
    browser.post(f"/applications/{complete.pk}/review")
    charge = charge_for(complete)
    link = share(charge, actor=applicants.acting(layla), at=timezone.now())
    attempt = left_at_the_gateway(charge, link=link)
    attempt.state, attempt.ended_at = Attempt.State.CAPTURED, timezone.now()
    attempt.save()
    settle_with(attempt, at=timezone.now())
    page = browser.get(f"/applications/{complete.pk}/").content.decode()
    assert "was paid by your payment link" in page
    assert "You paid" not in page


def test_for_which_company_one_acts_is_said_on_each_page(open_town: None) -> None:
    browser = applicants.signed_in(applicants.layla(kind="investor", companies=[applicants.GULF]))
    said = '<p class="acting">'
    assert said not in browser.get("/").content.decode()
    browser.post("/capacity", {"company": "12345-1", "next": "/"})
    for page in ("/", "/services/road-works-licence", "/applications/", "/details", "/money/"):
        head = browser.get(page).content.decode().partition("</header>")[0]
        assert "Acting for Gulf Contracting" in head.partition(said)[2]

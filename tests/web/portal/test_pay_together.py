"""Paying several charges at once: by authority, with the sum, and with a receipt of each application."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.authorities.models import Authority
from rukhsa.payments.models import Attempt, Charge
from rukhsa.payments.outcome import record
from rukhsa_rehearsal.sandbox.serve import Running
from tests import applicants
from tests.outside import everything_works, gateways
from tests.rooms.payments.conftest import outside  # noqa: F401 - a fixture
from tests.rooms.payments.test_outcome import report
from tests.web.desk.conftest import owed_charge

pytestmark = pytest.mark.django_db


@pytest.fixture
def paying(settings: Settings, outside: Running) -> Iterator[None]:  # noqa: F811
    """Gateways that speak to the sandbox."""
    settings.PAYMENT_GATEWAYS = gateways(outside)
    yield
    everything_works(outside)


@pytest.fixture
def layla(open_town: None) -> Person:
    return applicants.layla()


@pytest.fixture
def browser(layla: Person) -> Client:
    return applicants.signed_in(layla)


@pytest.fixture
def charges(browser: Client) -> list[Charge]:
    """What Layla owes for three applications, all of one authority."""
    return [owed_charge(applicants.submitted(browser)) for _ in range(3)]


def test_several_are_paid_by_one_payment_and_each_has_its_receipt(
    browser: Client, charges: list[Charge], paying: None
) -> None:
    assert "Pay several together" in browser.get("/money/").content.decode()
    choice = browser.get("/money/together").content.decode()
    assert all(str(one.pk) in choice for one in charges)
    code = charges[0].application.authority_id
    address = f"/money/together?authority={code}" + "".join(f"&charge={one.pk}" for one in charges[:2])
    page = browser.get(address).content.decode()
    assert charges[2].application.reference not in page
    assert browser.post(address, {}).status_code == 422
    answer = browser.post(address, {"gateway": "national"})
    assert answer.status_code == 302

    lead = Attempt.objects.at_gateways().get()
    assert lead.asked.minor == charges[0].amount + charges[1].amount
    back = browser.get(f"/applications/{lead.charge.application_id}/pay/checking")
    assert back["Location"] == f"/money/together/{lead.pk}"
    assert "We are checking your payment" in browser.get(back["Location"]).content.decode()
    record(lead.pk, report(lead, money=lead.asked), at=timezone.now())
    paid = browser.get(back["Location"]).content.decode()
    for charge in charges[:2]:
        charge.refresh_from_db()
        assert charge.receipt.number in paid
    assert not charges[2].is_settled


def test_each_authority_is_paid_by_itself(browser: Client, charges: list[Charge]) -> None:
    other, _ = Authority.objects.get_or_create(code="MUH", defaults={"ordinal": 2})
    Application.objects.filter(pk=charges[2].application_id).update(authority=other)
    page = browser.get("/money/together").content.decode()
    assert page.count('<form method="get" aria-labelledby="of-') == 2
    assert "You pay each authority separately" in page
    code = charges[0].application.authority_id
    mixed = f"/money/together?authority={code}" + "".join(f"&charge={one.pk}" for one in charges)
    assert charges[2].application.reference not in browser.get(mixed).content.decode()


def test_no_one_pays_or_sees_the_charges_of_another(browser: Client, charges: list[Charge]) -> None:
    stranger = applicants.signed_in(applicants.neighbour())
    page = stranger.get(f"/money/together?authority=CAP&charge={charges[0].pk}&charge=broken&batch=broken")
    assert charges[0].application.reference not in page.content.decode()
    assert page.status_code == 200

"""The pages of payouts: two people return an amount, and a refused form keeps what was typed."""

from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rukhsa.applications.models import Application
from rukhsa.payments.models import DepositMovement, Payout
from tests.rooms.review.works import authority
from tests.web.desk.conftest import IBAN, SignIn, person, released

pytestmark = pytest.mark.django_db
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def at(route: str, *arguments: object) -> str:
    return reverse(f"desk:{route}", args=arguments)


@pytest.fixture
def huda(db: None, sign_in: SignIn) -> Client:
    """The browser of finance."""
    return sign_in(person("huda", authority()))


@pytest.fixture
def release(application: Application) -> DepositMovement:
    """A deposit of 50.000 dinars that was paid and released."""
    return released(application, 1)


def test_a_deposit_goes_back_by_two_people(huda: Client, mariam: Client, release: DepositMovement) -> None:
    assert "50.000" in huda.get(at("payouts")).content.decode()
    owed = at("owed", "deposit", release.pk)
    page = huda.get(owed).content.decode()
    assert IBAN in page
    assert "Central Bank of Bahrain" in page
    assert "cannot refund it through the gateway" in page
    assert huda.post(owed, {"channel": "bank-transfer", "iban": IBAN}).status_code == HTTPStatus.FOUND
    payout = Payout.objects.get()
    waiting = huda.get(at("payout", payout.pk)).content.decode()
    assert "Another person must approve it" in waiting
    assert "Central Bank of Bahrain" in waiting
    assert huda.post(at("act-on-payout", payout.pk, "approve")).status_code == UNPROCESSABLE
    assert mariam.post(at("act-on-payout", payout.pk, "approve")).status_code == HTTPStatus.FOUND
    assert mariam.post(at("act-on-payout", payout.pk, "approve")).status_code == UNPROCESSABLE
    assert huda.post(at("act-on-payout", payout.pk, "confirm")).status_code == UNPROCESSABLE
    assert (
        huda.post(at("act-on-payout", payout.pk, "confirm"), {"reference": "B-1"}).status_code
        == HTTPStatus.FOUND
    )
    assert "Sent" in huda.get(at("payouts")).content.decode()


def test_a_mistyped_account_stays_on_the_page(huda: Client, release: DepositMovement) -> None:
    wrong = IBAN[:-1] + "7"
    answer = huda.post(at("owed", "deposit", release.pk), {"channel": "bank-transfer", "iban": wrong})
    assert answer.status_code == UNPROCESSABLE
    assert wrong in answer.content.decode()
    assert "One character may be wrong" in answer.content.decode()
    assert not Payout.objects.exists()


def test_an_account_whose_bank_nobody_can_check_is_compared_by_whoever_asks(
    huda: Client, mariam: Client, release: DepositMovement
) -> None:
    owed = at("owed", "deposit", release.pk)
    unknown = huda.post(owed, {"channel": "bank-transfer", "iban": "BH42 XXXX 0000 1299 1234 56"})
    assert unknown.status_code == UNPROCESSABLE
    assert "we do not know bank XXXX of BH." in unknown.content.decode()
    typed = {"channel": "bank-transfer", "iban": "KW81CBKU0000000000001234560101"}
    answer = huda.post(owed, typed)
    assert answer.status_code == UNPROCESSABLE
    assert "I compared this account" in answer.content.decode()
    assert huda.post(owed, typed | {"compared": "yes"}).status_code == HTTPStatus.FOUND
    payout = Payout.objects.get()
    assert payout.is_compared
    assert "The person who asked says they compared" in mariam.get(at("payout", payout.pk)).content.decode()


def test_what_is_refused_needs_its_reason_and_is_owed_again(
    huda: Client, mariam: Client, release: DepositMovement
) -> None:
    huda.post(at("owed", "deposit", release.pk), {"channel": "bank-transfer", "iban": IBAN})
    refuse = at("act-on-payout", Payout.objects.get().pk, "refuse")
    assert mariam.post(refuse, {"reason": " "}).status_code == UNPROCESSABLE
    assert mariam.post(refuse, {"reason": "Another account."}).status_code == HTTPStatus.FOUND
    page = huda.get(at("payouts")).content.decode()
    assert at("owed", "deposit", release.pk) in page


def test_an_officer_and_another_authority_reach_none_of_it(
    salem: Client, huda: Client, sign_in: SignIn, release: DepositMovement
) -> None:
    assert salem.get(at("payouts")).status_code == HTTPStatus.FORBIDDEN
    assert salem.get(at("owed", "deposit", release.pk)).status_code == HTTPStatus.FORBIDDEN
    huda.post(at("owed", "deposit", release.pk), {"channel": "bank-transfer", "iban": IBAN})
    elsewhere = sign_in(person("huda", authority("MUH", 2)))
    assert "50.000" not in elsewhere.get(at("payouts")).content.decode()
    for where in (at("payout", Payout.objects.get().pk), at("owed", "deposit", release.pk)):
        assert elsewhere.get(where).status_code == HTTPStatus.NOT_FOUND


def test_a_longer_list_asks_no_more_of_the_database(huda: Client, application: Application) -> None:
    released(application, 1)
    few = _queries(huda)
    for number in (2, 3, 4):
        released(application, number)
    assert _queries(huda) == few


def _queries(client: Client) -> int:
    client.get(at("payouts"))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(at("payouts")).status_code == HTTPStatus.OK
    return len(captured)

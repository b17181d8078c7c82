"""Finance searches payments, sees findings, and resolves doubtful attempts; a refused form keeps what was typed."""

from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.payments.models import Attempt, Resolution
from tests.rooms.review.works import authority
from tests.web.desk.conftest import SignIn, owed_charge, paid_deposit, person

pytestmark = pytest.mark.django_db
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def at(route: str, *arguments: object) -> str:
    return reverse(f"desk:{route}", args=arguments)


@pytest.fixture
def huda(db: None, sign_in: SignIn) -> Client:
    """The browser of finance."""
    return sign_in(person("huda", authority()))


def test_a_payment_is_found_and_a_mistyped_question_stays(huda: Client, application: Application) -> None:
    line = paid_deposit(application, 1)
    assert huda.get(at("money")).status_code == HTTPStatus.OK
    wrong = huda.post(at("money"), {"amount": "much", "card": "12", "day": "yesterday"})
    assert wrong.status_code == UNPROCESSABLE
    for said in ("much", "Enter an amount of money", "last 4 digits", "Enter the day, like"):
        assert said in wrong.content.decode()
    assert huda.post(at("money")).status_code == UNPROCESSABLE
    page = huda.post(at("money"), {"amount": "٥٠", "reference": "t1"}).content.decode()
    assert at("charge", line.charge_id) in page
    assert "No results" in huda.post(at("money"), {"reference": "T2"}).content.decode()


def test_a_longer_list_asks_no_more_of_the_database(huda: Client, application: Application) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            huda.post(at("money"), {"amount": "5.000"})
            huda.get(at("findings"))
        return len(captured)

    owed_charge(application, 1)
    in_doubt(application, 21)
    huda.get(at("money"))
    few = queries()
    for number in (2, 3, 4):
        owed_charge(application, number)
        in_doubt(application, 20 + number + 1)
    assert queries() == few


def test_what_is_in_doubt_is_ended_by_two(huda: Client, mariam: Client, application: Application) -> None:
    attempt = in_doubt(application, 1)
    page = at("attempt", attempt.pk)
    assert page in huda.get(at("findings")).content.decode()
    propose = at("act-on-attempt", attempt.pk, "propose")
    refused = huda.post(propose, {"outcome": "captured", "statement": ""})
    assert refused.status_code == UNPROCESSABLE
    assert 'value="captured" checked' in " ".join(refused.content.decode().split())
    assert huda.post(propose, {"outcome": "captured", "statement": "26-11/7"}).status_code == HTTPStatus.FOUND
    approve = at("act-on-attempt", attempt.pk, "approve")
    assert huda.post(approve).status_code == UNPROCESSABLE
    assert "26-11/7" in mariam.get(page).content.decode()
    assert mariam.post(approve).status_code == HTTPStatus.FOUND
    assert Resolution.objects.get().state == "approved"
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.CAPTURED


def in_doubt(application: Application, number: int) -> Attempt:
    charge = owed_charge(application, number)
    application.stage = "granted"
    application.save()
    return Attempt.objects.create(
        charge=charge, gateway="national", reference=f"D{number}", gateway_reference=f"P{number}",
        amount=charge.amount, currency="BHD", state=Attempt.State.NEEDS_REVIEW, started_at=timezone.now(),
        ended_at=timezone.now(),
    )  # fmt: skip

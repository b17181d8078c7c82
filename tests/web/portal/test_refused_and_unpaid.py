"""After a refusal the answers serve again and the contest knows its number; a bill shows its number and end."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import escape

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.delivery.models import Notice
from rukhsa.issuance.models import Instrument
from rukhsa.journey import advance
from rukhsa.payments.bill import bill_of
from rukhsa.payments.models import Attempt
from rukhsa.review.decision import Decision
from rukhsa.standing import Headline, standing
from rukhsa.web.portal.pay import ENDED_HOW
from tests.web.desk.conftest import owed_charge

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(browser: Client, complete: Application) -> Application:
    browser.post(f"/applications/{complete.pk}/review")
    complete.refresh_from_db()
    return complete


@pytest.fixture
def refused(submitted: Application) -> Application:
    now = timezone.now()
    Decision.objects.create(
        application=submitted, outcome="refused", reasons="سبب", legal_basis="قانون", round=1, rule="rule", at=now
    )  # fmt: skip
    Application.objects.filter(pk=submitted.pk).update(stage=Stage.REFUSED)
    submitted.refresh_from_db()
    return submitted


def test_a_refused_application_is_begun_again_with_its_answers_and_files(
    browser: Client, refused: Application
) -> None:
    assert "Apply again with these answers" in browser.get(f"/applications/{refused.pk}/").content.decode()
    first = browser.post(f"/applications/{refused.pk}/again")["Location"]
    again = browser.post(f"/applications/{refused.pk}/again")["Location"]
    assert first == again
    new = Application.objects.get(stage=Stage.DRAFT)
    assert new.typed == refused.typed
    digests = {each.attachments.get().digest for each in (new, refused)}
    assert len(digests) == 1
    refused.refresh_from_db()
    assert refused.stage == Stage.REFUSED


def test_an_application_under_way_is_not_begun_again(browser: Client, submitted: Application) -> None:
    assert "Apply again" not in browser.get(f"/applications/{submitted.pk}/").content.decode()
    assert browser.post(f"/applications/{submitted.pk}/again")["Location"] == f"/applications/{submitted.pk}/"
    assert not Application.objects.filter(stage=Stage.DRAFT).exists()


def test_a_contest_begins_with_the_number_filled_in_and_once(browser: Client, refused: Application) -> None:
    page = browser.get(f"/applications/{refused.pk}/").content.decode()
    address = f"/applications/{refused.pk}/contest/"
    service = page.partition(address)[2].partition('"')[0]
    assert service
    first, again = (browser.post(address + service)["Location"] for _ in range(2))
    assert first == again
    assert refused.reference in browser.get(first).content.decode()
    assert browser.post(address + "no-such-service")["Location"] == f"/applications/{refused.pk}/"


def test_an_unpaid_bill_shows_its_number_until_when_and_where(
    browser: Client, submitted: Application
) -> None:
    billed(submitted, ago=timedelta(minutes=20))
    for address in ("", "pay", "pay/checking"):
        page = browser.get(f"/applications/{submitted.pk}/{address}").content.decode()
        assert "770012345" in page, address
        assert "the SADAD app or a SADAD kiosk" in page, address
    assert "is being checked" not in browser.get(f"/applications/{submitted.pk}/").content.decode()


def test_the_payer_of_a_bill_left_for_later_is_told_once(submitted: Application) -> None:
    attempt = billed(submitted, ago=timedelta(minutes=5))
    now = timezone.now()
    advance(submitted.pk, at=now)
    assert not Notice.objects.filter(event__startswith="bill:").exists()
    for minutes in (6, 8):
        advance(submitted.pk, at=now + timedelta(minutes=minutes))
    told = Notice.objects.filter(event=f"bill:{attempt.pk}")
    assert {notice.channel for notice in told} == {"sms", "mail"}
    assert told[0].facts["number"] == "770012345"


def test_a_bill_ends_after_three_days_and_a_payment_that_was_left_is_the_applicants_turn(
    submitted: Application,
) -> None:
    attempt = billed(submitted, ago=timedelta(0))
    now = attempt.started_at
    assert bill_of(submitted, at=now + timedelta(days=2))
    assert bill_of(submitted, at=now + timedelta(days=3)) is None
    Application.objects.filter(pk=submitted.pk).update(stage=Stage.GRANTED)
    submitted.refresh_from_db()
    assert not Instrument.objects.exists()
    assert standing(submitted, at=now).headline == Headline.CHECKING_PAYMENT
    assert standing(submitted, at=now + timedelta(hours=1)).headline == Headline.PAY


@pytest.mark.parametrize("state", ["cancelled", "denied"])
def test_a_cancelled_and_a_declined_payment_have_their_own_words(
    browser: Client, submitted: Application, state: str
) -> None:
    attempt = billed(submitted, ago=timedelta(minutes=1))
    Attempt.objects.filter(pk=attempt.pk).update(state=state, ended_at=timezone.now())
    with translation.override("en"):
        words = escape(str(ENDED_HOW[state]))
    assert words in browser.get(f"/applications/{submitted.pk}/pay?again=1").content.decode()


def billed(application: Application, *, ago: timedelta) -> Attempt:
    """An open SADAD invoice for an unpaid charge."""
    charge = owed_charge(application)
    return Attempt.objects.create(
        charge=charge, gateway="sadad", reference="T1", gateway_reference="770012345",
        address="https://sadad.example/pay/770012345", return_address="https://a.example/back",
        amount=charge.amount, currency="BHD", state=Attempt.State.REDIRECTED,
        started_at=timezone.now() - ago, asked_at=timezone.now(),
    )  # fmt: skip


def test_a_refusal_is_rated_as_one(browser: Client, refused: Application) -> None:
    assert (
        f"/applications/{refused.pk}/rate/refused"
        in browser.get(f"/applications/{refused.pk}/").content.decode()
    )

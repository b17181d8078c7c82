"""Notices made by somebody who knows the key and nothing else, or who knows nothing: none changes a thing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rukhsa.audit.models import JournalEntry
from rukhsa.payments.errors import NoticeTooLarge
from rukhsa.payments.gateways.envelope import seal_fields
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import Attempt, Charge, GatewayNotice, Receipt
from rukhsa.payments.notice import LARGEST, receive_notification
from rukhsa.payments.settle import settle
from tests.rooms.payments.conftest import Begin
from tests.taken_back import taken_back

pytestmark = pytest.mark.django_db
KEY = "0123456789ABCDEF0123456789ABCDEF"

WRONG: list[dict[str, str]] = [
    {"amt": "25.499"}, {"amt": "25.501"}, {"amt": "0.001"}, {"amt": "0"}, {"amt": "-25.500"}, {"amt": ""},
    {"amt": "25,500"}, {"amt": "25.5001"}, {"amt": "255.000"}, {"amt": "2.550"}, {"amt": "25500"}, {"amt": "2.55e1"},
    {"amt": "٢٥.٥٠٠"}, {"amt": " 25.500"}, {"amt": "NaN"}, {"amt": "Infinity"}, {"amt": "0x19"}, {"amt": "25.500;"},
    {"currencycode": "840"}, {"currencycode": ""}, {"currencycode": "48"}, {"currencycode": "BHD"},
    {"id": "10009999"}, {"id": ""}, {"id": "10000001 "},
    {"paymentId": "1"}, {"paymentId": ""}, {"paymentId": "null"},
    {"trackId": "1"}, {"trackId": ""}, {"trackId": "' OR 1=1 --"}, {"trackId": "1\u0000"},
]  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def attempt(charge: Charge, begin: Begin) -> Attempt:
    begin(charge)
    return charge.attempts.get()


def notice(attempt: Attempt, **other: str) -> bytes:
    fields = {
        "trackId": attempt.reference, "paymentId": attempt.gateway_reference, "amt": "25.500",
        "result": "CAPTURED", "authRespCode": "00", "transId": "1",
    }  # fmt: skip
    return f"trandata={seal_fields(fields | other, KEY)}".encode()


def test_a_notice_that_differs_is_kept_apart(attempt: Attempt) -> None:
    for wrong in WRONG:
        with taken_back():
            told: list[Any] = []
            receive_notification(gateway("national"), notice(attempt, **wrong), {}, now(), then=told.append)

            assert told == [], wrong
            assert GatewayNotice.objects.get().problem, wrong
            assert not Receipt.objects.exists(), wrong
            attempt.refresh_from_db()
            assert attempt.state == Attempt.State.REDIRECTED, wrong


def test_an_equal_claim_without_a_payment_is_answered_and_proves_nothing(attempt: Attempt) -> None:
    concerned: list[Any] = []
    text = receive_notification(gateway("national"), notice(attempt), {}, now(), then=concerned.append)

    assert text == f"REDIRECT={attempt.return_address}"
    assert len(concerned) == 1
    assert settle(attempt, at=now()).state == Attempt.State.REDIRECTED
    assert not Receipt.objects.exists()


def test_a_notice_of_ten_megabytes_is_not_kept(attempt: Attempt) -> None:
    with pytest.raises(NoticeTooLarge):
        receive_notification(gateway("national"), b"trandata=" + b"A" * 10 * 1024 * 1024, {}, now())
    assert not GatewayNotice.objects.exists()
    receive_notification(gateway("national"), b"A" * LARGEST, {}, now())
    assert GatewayNotice.objects.count() == 1


def test_nobody_notifies_in_the_name_of_sadad(attempt: Attempt) -> None:
    assert receive_notification(gateway("sadad"), notice(attempt), {}, now()) == ""
    assert GatewayNotice.objects.get().problem == "unreadable: no-notifications"


def test_no_name_or_number_of_a_person_is_in_the_journal(attempt: Attempt) -> None:
    payer = attempt.charge.application.applicant
    told = " ".join(str(entry.detail) for entry in JournalEntry.objects.all())
    assert told
    assert not any(word in told for word in (payer.name_ar, payer.email, payer.phone))


def test_a_payment_is_found_by_its_gateway_s_code_only(attempt: Attempt) -> None:
    assert gateway("national").reference_in_return({"paymentid": "7"}) == "7"
    assert gateway("sadad").reference_in_return({"paymentid": "7"}) == ""

"""Forged notices change nothing, whether or not the forger knows the key."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from rukhsa.audit.models import JournalEntry
from rukhsa.payments.gateway_notice import (
    LARGEST,
    MOST_OF_ONE,
    MOST_SENDERS,
    MOST_UNMATCHED,
    SAMPLE,
    NoNotices,
    NoticeTooLarge,
    count_unkept,
    receive_notification,
)
from rukhsa.payments.gateways.envelope import seal_fields
from rukhsa.payments.gateways.port import UnprovenNotice
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import Attempt, Charge, GatewayNotice, NoticeCount, Receipt
from rukhsa.payments.outcome import settle
from tests.queued import Queued
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
            queued = Queued()
            receive_notification(gateway("national"), notice(attempt, **wrong), {}, now())

            assert queued.applications == [], wrong
            assert GatewayNotice.objects.get().problem, wrong
            assert not Receipt.objects.exists(), wrong
            attempt.refresh_from_db()
            assert attempt.state == Attempt.State.REDIRECTED, wrong


def test_an_equal_claim_without_a_payment_is_answered_and_proves_nothing(attempt: Attempt) -> None:
    queued = Queued()
    text = receive_notification(gateway("national"), notice(attempt), {}, now())

    assert text == f"REDIRECT={attempt.return_address}"
    assert len(queued.applications) == 1
    assert settle(attempt, at=now()).state == Attempt.State.REDIRECTED
    assert not Receipt.objects.exists()


def test_a_notice_of_ten_megabytes_is_not_kept(attempt: Attempt) -> None:
    with pytest.raises(NoticeTooLarge):
        receive_notification(gateway("national"), b"trandata=" + b"A" * 10 * 1024 * 1024, {}, now())
    assert not GatewayNotice.objects.exists()
    with pytest.raises(UnprovenNotice):
        receive_notification(gateway("national"), b"A" * LARGEST, {}, now())
    assert not GatewayNotice.objects.exists()
    assert {(one.reason, one.count) for one in NoticeCount.objects.all()} == {("too-large", 1), ("form", 1)}


def test_nobody_notifies_in_the_name_of_sadad(attempt: Attempt) -> None:
    with pytest.raises(NoNotices):
        receive_notification(gateway("sadad"), notice(attempt), {}, now())
    assert not GatewayNotice.objects.exists()
    assert Client().post("/gateways/sadad/notify", b"x", content_type="text/plain").status_code == 404
    assert not NoticeCount.objects.exists()


def test_a_flood_of_forged_notices_leaves_one_row_and_a_true_one_among_it_is_kept(attempt: Attempt) -> None:
    at = now().replace(minute=30)
    for number in range(300):
        if number == 150:
            text = receive_notification(gateway("national"), notice(attempt), {}, at, sender="203.0.113.9")
            assert text == f"REDIRECT={attempt.return_address}"
        forged = b"trandata=" + b"%04d" % number * 4000
        with pytest.raises(UnprovenNotice):
            receive_notification(gateway("national"), forged, {}, at, sender="203.0.113.9")

    counted = NoticeCount.objects.get()
    assert (counted.reason, counted.count, len(counted.sample)) == ("envelope", 300, SAMPLE)
    assert GatewayNotice.objects.get().attempt == attempt
    assert settle(attempt, at=now()).state == Attempt.State.REDIRECTED


def test_a_flood_from_many_addresses_is_told_apart_so_far_and_swept_after_a_month(attempt: Attempt) -> None:
    at = now().replace(minute=30)
    for number in range(MOST_SENDERS + 50):
        count_unkept("cards", f"198.51.{number // 250}.{number % 250}", b"x", reason="secret", at=at)
    for number in range(50):
        count_unkept("cards", f"2001:db8:0:{number:x}::1", b"x", reason="secret", at=at)
        count_unkept("cards", f"2001:db8:0:{number:x}::2", b"x", reason="secret", at=at)
    assert NoticeCount.objects.count() == MOST_SENDERS + 1
    assert sum(one.count for one in NoticeCount.objects.all()) == MOST_SENDERS + 150

    count_unkept("cards", "198.51.100.1", b"x", reason="secret", at=at + timedelta(days=31))
    assert NoticeCount.objects.count() == 1


def test_who_knows_the_key_fills_no_table_and_the_gateway_is_still_asked(attempt: Attempt) -> None:
    queued = Queued()
    at = now()
    for number in range(MOST_OF_ONE + 20):
        for other in ({"transId": str(number)}, {"transId": str(number), "amt": "1.000"}):
            text = receive_notification(gateway("national"), notice(attempt, **other), {}, at)
            assert text == f"REDIRECT={attempt.return_address}"
    for number in range(MOST_UNMATCHED + 20):
        receive_notification(gateway("national"), notice(attempt, trackId=str(number)), {}, at)
    assert GatewayNotice.objects.filter(attempt=attempt, problem="").count() == MOST_OF_ONE
    assert GatewayNotice.objects.filter(attempt=attempt).count() == 2 * MOST_OF_ONE
    assert GatewayNotice.objects.filter(attempt=None).count() == MOST_UNMATCHED
    assert len(queued.applications) == MOST_OF_ONE + 20


def test_no_name_or_number_of_a_person_is_in_the_journal(attempt: Attempt) -> None:
    payer = attempt.charge.application.applicant
    told = " ".join(str(entry.detail) for entry in JournalEntry.objects.all())
    assert told
    assert not any(word in told for word in (payer.name_ar, payer.email, payer.phone))


def test_a_payment_is_found_by_its_gateway_s_code_only(attempt: Attempt) -> None:
    assert gateway("national").reference_in_return({"paymentid": "7"}) == "7"
    assert gateway("sadad").reference_in_return({"paymentid": "7"}) == ""

"""The simulators of the gateways keep to the wire, and keep what they know."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from rukhsa_rehearsal.sandbox import national_envelope as envelope
from rukhsa_rehearsal.sandbox.national_books import MUNICIPALITIES
from rukhsa_rehearsal.sandbox.serve import Running, running
from tests.waiting import LONGEST

OPEN = {
    "amt": "5.000", "action": "1", "cardType": "D", "currencycode": "048", "trackId": "1",
    "udf1": "", "udf2": "", "udf3": "", "udf4": "", "udf5": "",
    "responseURL": "http://127.0.0.1:9/notice", "errorURL": "http://127.0.0.1:9/back",
    "id": MUNICIPALITIES.id, "password": MUNICIPALITIES.password,
}  # fmt: skip
INVOICE = {
    "api-key": "sandbox-api-key", "vendor-id": "1", "branch-id": "1", "terminal-id": "1", "customer-name": "ليلى",
    "amount": "5.000", "date": "2026-11-24 10:00:00", "notification-mode": 300, "external-reference": "1",
    "description": "RW-1", "msisdn": "97336000001", "email": "", "success-url": "http://x/", "error-url": "http://x/",
}  # fmt: skip


def ask(outside: Running, page: str, fields: dict[str, str], key: str = MUNICIPALITIES.key) -> dict[str, Any]:
    body = [{"id": MUNICIPALITIES.id, "trandata": envelope.close(fields, key)}]
    answer = httpx.post(
        f"{outside.address}/national/payment/API/{page}.htm", json=body, timeout=LONGEST
    ).json()[0]
    if answer.get("trandata"):
        return envelope.open_envelope(answer["trandata"], MUNICIPALITIES.key)
    found: dict[str, Any] = answer
    return found


def create(outside: Running, **other: Any) -> dict[str, Any]:
    address = f"{outside.address}/sadad/api/v2/web-ven-sdd/epayment/create/"
    answer: dict[str, Any] = httpx.post(address, json=INVOICE | other, timeout=LONGEST).json()
    return answer


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"amt": "0.000"}, "IPAY0100025"),
        ({"amt": "5,000"}, "IPAY0100025"),
        ({"amt": "5.0001"}, "IPAY0100025"),
        ({"currencycode": "840"}, "IPAY0100023"),
        ({"action": "4"}, "IPAY0100010"),
        ({"password": "wrong"}, "IPAY0100005"),
    ],
)
def test_the_national_gateway_refuses_what_is_wrong(
    outside: Running, change: dict[str, str], error: str
) -> None:
    assert ask(outside, "hosted", OPEN | {"trackId": f"w{error}"} | change)["error"] == error


def test_empty_fields_are_sent_and_not_left_out(outside: Running) -> None:
    without = {name: value for name, value in OPEN.items() if name != "udf3"}
    assert ask(outside, "hosted", without)["error"] == "IPAY0100013"


def test_a_track_id_is_used_once(outside: Running) -> None:
    assert ask(outside, "hosted", OPEN | {"trackId": "twice"})["status"] == "1"
    assert ask(outside, "hosted", OPEN | {"trackId": "twice"})["status"] == "2"


def test_another_key_opens_nothing(outside: Running) -> None:
    assert ask(outside, "hosted", OPEN, key=MUNICIPALITIES.key[::-1])["error"] == "IPAY0100001"


def test_a_payment_ends_once(outside: Running) -> None:
    address = ask(outside, "hosted", OPEN | {"trackId": "ends"})["result"]
    assert "5.000" in httpx.get(address, timeout=LONGEST).text
    httpx.post(address, data={"outcome": "CANCELED"}, timeout=LONGEST)
    assert httpx.post(address, data={"outcome": "CAPTURED"}, timeout=LONGEST).status_code == 409
    inquiry = OPEN | {"action": "8", "transId": "ends", "udf5": "TrackID"}
    assert ask(outside, "tranportal", inquiry)["result"] == "CANCELED"


def test_a_captured_payment_nobody_answered_for_is_voided(outside: Running) -> None:
    address = ask(outside, "hosted", OPEN | {"trackId": "nobody"})["result"]
    answer = httpx.post(address, data={"outcome": "CAPTURED"}, timeout=LONGEST)
    assert answer.headers["location"].startswith("http://127.0.0.1:9/back?")
    ledger = httpx.get(f"{outside.address}/national/ledger.json", timeout=LONGEST).json()
    assert [line["result"] for line in ledger if line["trackId"] == "nobody"] == ["VOIDED"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"api-key": "wrong"}, 1),
        ({"amount": "0.000"}, 5),
        ({"amount": 5}, 4),
        ({"date": "24/11/2026"}, 4),
        ({"notification-mode": 1}, 3),
    ],
)
def test_sadad_refuses_what_is_wrong(outside: Running, change: dict[str, Any], code: int) -> None:
    assert create(outside, **change)["error-code"] == code


def test_a_kiosk_takes_an_invoice_once(outside: Running) -> None:
    reference = create(outside)["transaction-reference"]
    kiosk = f"{outside.address}/sadad/kiosk/{reference}/pay"
    assert httpx.post(kiosk, timeout=LONGEST).status_code == 200
    assert httpx.post(kiosk, timeout=LONGEST).status_code == 409
    assert httpx.post(f"{outside.address}/sadad/kiosk/SDD0/pay", timeout=LONGEST).status_code == 404


def test_an_unknown_fault_is_told(outside: Running) -> None:
    for wrong in (
        {"operation": "sms", "mode": "melt"},
        {"operation": "moon", "mode": "slow"},
        {"mode": "slow"},
    ):
        assert httpx.post(f"{outside.address}/control", json=wrong, timeout=LONGEST).status_code == 400


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as outside:
        reference = create(outside)["transaction-reference"]
        keys = httpx.get(f"{outside.address}/ekey/jwks.json", timeout=LONGEST).json()
    with running(tmp_path) as outside:
        assert reference in httpx.get(f"{outside.address}/sadad/pay/{reference}", timeout=LONGEST).text
        assert httpx.get(f"{outside.address}/ekey/jwks.json", timeout=LONGEST).json() == keys
    assert (tmp_path / "ekey.pem").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("page", ["/", "/mailbox", "/health", "/national/ledger.json", "/sadad/ledger.json"])
def test_every_page_answers(outside: Running, page: str) -> None:
    assert httpx.get(outside.address + page, timeout=LONGEST).status_code == 200

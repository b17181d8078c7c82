import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.trust import cbor, keys, statuslist
from rukhsa.trust.errors import BadStatusList
from rukhsa.trust.keys import PublicKey
from tests.trust import published
from tests.trust.world import NOON, STATUS_SIGNER, STATUS_URI, STRANGER, status_jwt, status_token

KEYS = [PublicKey(jwk=STATUS_SIGNER.jwk)]
FOLDER = "statuslist"
SECONDS = int(NOON.timestamp())


def text_of(name: str) -> str:
    return published.path(f"{FOLDER}/{name}").read_text("utf-8")


def entry_of(name: str) -> dict[str, Any]:
    """The {"bits", "lst"} of a published example, in whichever encoding."""
    _, _, body = text_of(name).rpartition("encoded:")
    body = "".join(body.split())
    if name.endswith("json.md"):
        entry = json.loads(body)
        return {"bits": entry["bits"], "lst": keys.from_base64url(entry["lst"])}
    read = cbor.read(bytes.fromhex(body), ordered=False)
    assert isinstance(read, dict)
    return {str(key): value for key, value in read.items()}


def test_the_short_examples_say_what_the_draft_says() -> None:
    one_bit = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    two_bits = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    for form in ("json", "cbor"):
        for name, bits, expected in (("", 1, one_bit), ("2", 2, two_bits)):
            entry = entry_of(f"status_list_encoding{name}_{form}.md")
            statuses = statuslist.unpack(entry)
            assert entry["bits"] == bits
            assert [statuslist.get(statuses, place, bits) for place in range(len(expected))] == expected


@pytest.mark.parametrize("name", ["1_long", "2_long", "4", "8"])
def test_the_long_examples_say_the_same_in_both_encodings(name: str) -> None:
    of_json, of_cbor = (entry_of(f"status_list_encoding{name}_{form}.md") for form in ("json", "cbor"))
    statuses = statuslist.unpack(of_json)
    assert statuses == statuslist.unpack(of_cbor)
    assert of_json["bits"] == of_cbor["bits"] == int(name[0])
    assert len(statuses) == (1 << 20) * of_json["bits"] // 8
    assert any(statuses)


def test_the_published_tokens_have_the_form_we_read() -> None:
    jwt, cwt = (
        text_of("status_list_jwt_raw.md"),
        bytes.fromhex("".join(text_of("status_list_cwt.md").split())),
    )
    key_of_the_draft = published_key()
    for token in ("".join(jwt.split()).encode(), cwt):
        uri = "https://example.com/statuslists/1"
        read = statuslist.read(token, uri=uri, keys=[key_of_the_draft])
        assert (read.issued_at, read.expires_at, read.ttl, read.bits) == (1686920170, 2291720170, 43200, 1)
        assert read.get(0) == 1
        with pytest.raises(BadStatusList):
            statuslist.read(token, uri=uri, keys=KEYS)


def published_key() -> PublicKey:
    """The key of the examples, from src/util.py of the draft's repository."""
    x, y = "I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo", "6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M"
    return PublicKey(jwk={"kty": "EC", "crv": "P-256", "x": x, "y": y})


@given(st.lists(st.integers(0, 3), min_size=4, max_size=64), st.data())
def test_a_status_that_is_put_is_got_and_no_other_changes(wanted: list[int], data: st.DataObject) -> None:
    statuses = statuslist.new(64)
    for place, status in enumerate(wanted):
        statuslist.put(statuses, place, 3)
        statuslist.put(statuses, place, status)
    assert [statuslist.get(statuses, place) for place in range(len(wanted))] == wanted
    assert not any(statuslist.get(statuses, place) for place in range(len(wanted), 64))


def test_a_place_outside_the_list_is_refused() -> None:
    statuses = statuslist.new(64)
    for place in (-1, 64):
        with pytest.raises(BadStatusList, match="no-such-index"):
            statuslist.put(statuses, place, 1)
    with pytest.raises(BadStatusList, match="bad-status"):
        statuslist.put(statuses, 0, 4)


@pytest.mark.parametrize("token", [status_token(2), status_jwt()])
def test_a_list_is_read_in_both_forms(token: bytes) -> None:
    read = statuslist.read(token, uri=STATUS_URI, keys=KEYS)
    statuslist.check_fresh(read, at=SECONDS)
    assert read.get(4242) == (2 if token[:1] == b"\xd2" else 0)
    assert read.ttl == 900


@pytest.mark.parametrize("token", [status_token(2), status_jwt()])
def test_a_list_is_refused_when_any_byte_is_changed(token: bytes) -> None:
    accepted = 0
    for at in range(len(token)):
        changed = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        try:
            statuslist.read(changed, uri=STATUS_URI, keys=KEYS)
            accepted += 1
        except BadStatusList:
            pass
    assert accepted == 0


def test_a_list_of_another_address_or_key_is_refused() -> None:
    statuslist.read(status_token(), uri=STATUS_URI, keys=KEYS)
    with pytest.raises(BadStatusList, match="another address"):
        statuslist.read(status_token(), uri=f"{STATUS_URI}2", keys=KEYS)
    with pytest.raises(BadStatusList, match="no known key"):
        statuslist.read(status_token(signer=STRANGER), uri=STATUS_URI, keys=KEYS)


def test_a_list_has_its_time() -> None:
    read = statuslist.read(status_token(), uri=STATUS_URI, keys=KEYS)
    statuslist.check_fresh(read, at=SECONDS + 86_000)
    with pytest.raises(BadStatusList, match="status-expired"):
        statuslist.check_fresh(read, at=SECONDS + 86_400)
    with pytest.raises(BadStatusList, match="status-from-the-future"):
        statuslist.check_fresh(read, at=SECONDS - 600)


def test_a_list_that_inflates_without_end_is_refused() -> None:
    bomb = zlib.compress(bytes(64 << 20), 9)
    with pytest.raises(BadStatusList, match="too large"):
        statuslist.unpack({"bits": 2, "lst": bomb})


@pytest.mark.parametrize(
    "entry", [{}, {"bits": 3, "lst": b""}, {"bits": 2, "lst": "text"}, {"bits": 2, "lst": b"no"}]
)
def test_an_entry_of_another_form_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(BadStatusList):
        statuslist.unpack(entry)


def test_a_million_places_take_little_room() -> None:
    statuses = statuslist.new()
    for place in range(0, statuslist.SHARD, 100):
        statuslist.put(statuses, place * 7919 % statuslist.SHARD, statuslist.REVOKED)
    token = statuslist.sign_cwt(
        statuses, uri=STATUS_URI, issued_at=SECONDS, expires_at=SECONDS + 60, ttl=60, signer=STATUS_SIGNER
    )
    assert len(token) < 30_000

import json
import zlib
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.trust import cbor, keys, seal, statuslist
from rukhsa.trust.errors import BadSeal, BadStatusList
from rukhsa.trust.keys import PublicKey
from tests.trust import published
from tests.trust.world import NOON, STATUS_SIGNER, STATUS_URI, STRANGER, status_jwt, status_token

KEYS = [PublicKey(jwk=STATUS_SIGNER.jwk)]
FOLDER = "statuslist"
SECONDS = int(NOON.timestamp())


# What the draft's appendix says of its long examples: place and status. Of eight bits: the first of 255.
LONG = {
    "1_long": dict.fromkeys(
        (0, 1993, 25460, 159495, 495669, 554353, 645645, 723232, 854545, 934534, 1000345), 1
    ),
    "2_long": {0: 1, 1993: 2, 25460: 1, 159495: 3, 495669: 1, 554353: 1, 645645: 2, 723232: 1, 854545: 1}
    | {934534: 2, 1000345: 3},
    "4": {
        0: 1,
        1993: 2,
        35460: 3,
        459495: 4,
        595669: 5,
        754353: 6,
        845645: 7,
        923232: 8,
        924445: 9,
        934534: 10,
    }
    | {1004534: 11, 1000345: 12, 1030203: 13, 1030204: 14, 1030205: 15},
    "8": {52451: 1, 576778: 2, 513575: 3, 468106: 4},
}
# All published files, and where each is tried.
FILES = {
    "test_the_short_examples_say_what_the_draft_says": (
        *("encoding_json", "encoding_cbor", "encoding2_json", "encoding2_cbor"),
    ),
    "test_the_long_examples_say_the_same_in_both_encodings": (
        *("encoding1_long_json", "encoding1_long_cbor", "encoding2_long_json", "encoding2_long_cbor"),
        *("encoding4_json", "encoding4_cbor", "encoding8_json", "encoding8_cbor"),
    ),
    "test_the_published_tokens_have_the_form_we_read": ("jwt_raw", "cwt"),
    "test_a_diagram_shows_the_bytes_of_its_example": (
        "encoding_cbor_diag",
        "encoding2_cbor_diag",
        "cwt_diag",
    ),
    "test_the_token_with_a_status_is_no_seal_and_names_its_place": (),
    # The header and the claims of jwt_raw in words, with an ellipsis for the signature: nothing to run.
    "explained": ("jwt",),
}


def test_every_published_file_is_tried() -> None:
    found = {file.name for file in published.path(FOLDER).iterdir()}
    ours = {f"status_list_{name}.md" for names in FILES.values() for name in names}
    assert found == ours | {"referenced_token_cwt.md", "referenced_token_cwt_diag.md"}
    assert (len(found), FILES.keys() - globals().keys()) == (20, {"explained"})


@pytest.mark.parametrize("name", ["status_list_encoding", "status_list_encoding2", "status_list_cwt"])
def test_a_diagram_shows_the_bytes_of_its_example(name: str) -> None:
    form = "_cbor" if "encoding" in name else ""
    _, _, body = text_of(f"{name}{form}.md").rpartition("encoded:")
    assert diagram_of(f"{name}{form}_diag.md") == bytes.fromhex("".join(body.split()))


def test_the_token_with_a_status_is_no_seal_and_names_its_place() -> None:
    token = bytes.fromhex("".join(text_of("referenced_token_cwt.md").split()))
    assert diagram_of("referenced_token_cwt_diag.md") == token
    with pytest.raises(BadSeal):
        seal.read(token)
    parts = cbor.read(token[1:])
    assert isinstance(parts, list)
    claims = cbor.read(parts[2], ordered=False)  # type: ignore[arg-type]
    assert isinstance(claims, dict)
    assert claims[seal.STATUS] == {"status_list": {"idx": 0, "uri": "https://example.com/statuslists/1"}}


def diagram_of(name: str) -> bytes:
    """The bytes in the left column of a diagram."""
    return bytes.fromhex("".join(line.partition("#")[0] for line in text_of(name).splitlines()))


def text_of(name: str) -> str:
    return published.path(f"{FOLDER}/{name}").read_text("utf-8")


def entry_of(name: str) -> dict[str, Any]:
    """The {"bits", "lst"} of a published example, in either encoding."""
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
    read = {place: statuslist.get(statuses, place, int(name[0])) for place in range(1 << 20)}
    assert {place: status for place, status in read.items() if status and place in LONG[name]} == LONG[name]
    assert sum(map(bool, read.values())) == {"8": 255}.get(name, len(LONG[name]))


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
def test_a_list_is_refused_when_any_bit_is_changed(token: bytes) -> None:
    """Also in the header that no signature holds: there a map became the number -1, and was taken."""
    accepted = []
    for at, bit in product(range(len(token)), range(8)):
        changed = token[:at] + bytes([token[at] ^ 1 << bit]) + token[at + 1 :]
        try:
            statuslist.read(changed, uri=STATUS_URI, keys=KEYS)
            accepted.append((at, bit))
        except BadStatusList:
            pass
    assert accepted == []


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

"""The wire of the national gateway."""

import json
from urllib.parse import quote_plus

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.payments.gateways.envelope import INITIAL_VECTOR, read_fields, seal_fields
from rukhsa.payments.gateways.national import NationalGateway
from rukhsa.payments.gateways.port import GatewayNotSetUp, UnreadableNotice
from rukhsa_rehearsal.sandbox import national_envelope as theirs

KEY = "0123456789ABCDEF0123456789ABCDEF"
VECTOR = (
    "A5B4FE88D8C62CBB96EA18A3329F073D67E8E906E357FDCC5741FAB143FCB4D0873E27611D8E0127C8B35DB19C8B5C51"
    "E1441A5585182A65085261A270E0350B"
)


def test_the_envelope_is_the_one_of_the_vector() -> None:
    fields = {"amt": "5.000", "action": "1"}
    assert seal_fields(fields, KEY) == VECTOR
    assert read_fields(VECTOR, KEY) == fields
    assert theirs.close(fields, KEY) == VECTOR
    assert theirs.open_envelope(VECTOR, KEY) == fields


WRITING = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=60)


@given(st.dictionaries(WRITING, WRITING))
def test_both_sides_read_each_other(fields: dict[str, str]) -> None:
    assert theirs.open_envelope(seal_fields(fields, KEY), KEY) == fields
    assert read_fields(theirs.close(fields, KEY), KEY) == fields


def test_the_simulator_reads_the_vendor_kit_too() -> None:
    raw = sealed_raw('[{"amt":"5.000"}]').lower()
    assert theirs.open_envelope(raw, KEY) == {"amt": "5.000"}


@pytest.mark.parametrize(
    "plain",
    ['[{"a":"\\u0000"}]', '[{"amt":"5.000","amt":"0.001"}]', "[]", "{}", "[1]", '[{"a":1},{"a":2}]', "", "%"],
)
def test_an_envelope_of_another_shape_is_refused(plain: str) -> None:
    with pytest.raises(UnreadableNotice):
        read_fields(sealed_raw(quote_plus(plain)), KEY)


@given(st.integers(0, 64 * 8 - 1))
def test_a_changed_bit_is_refused_or_makes_no_captured(bit: int) -> None:
    message = bytearray.fromhex(VECTOR)
    message[bit // 8] ^= 1 << bit % 8
    try:
        fields = read_fields(message.hex(), KEY)
    except UnreadableNotice:
        return
    assert fields.get("result") != "CAPTURED"


def test_another_terminal_s_key_reads_nothing() -> None:
    gateway = NationalGateway(
        url="http://x", tranportal_id="1", password="", resource_key=KEY[::-1], inquiry=True
    )
    with pytest.raises(UnreadableNotice):
        gateway.read_notification(f"trandata={VECTOR}".encode(), {})


def test_a_key_of_another_length_is_told_at_the_start() -> None:
    gateway = NationalGateway(
        url="http://x", tranportal_id="1", password="p", resource_key="short", inquiry=True
    )
    with pytest.raises(GatewayNotSetUp, match="resource_key"):
        gateway.check()


def test_json_in_a_notice_is_not_code() -> None:
    gateway = NationalGateway(url="http://x", tranportal_id="1", password="", resource_key=KEY, inquiry=True)
    report = gateway.read_notification(f"trandata={seal_fields({'result': 'captured'}, KEY)}".encode(), {})
    assert report.fate == "doubtful"
    assert report.money is None
    assert json.dumps(report.result) == '"captured"'


def sealed_raw(plain: str) -> str:
    """A plain text of any shape, encrypted as the gateway does."""
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES256(KEY.encode()), modes.CBC(INITIAL_VECTOR)).encryptor()
    return (
        (encryptor.update(padder.update(plain.encode()) + padder.finalize()) + encryptor.finalize())
        .hex()
        .upper()
    )

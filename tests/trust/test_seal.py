import contextlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.trust import cbor, keys, seal, seal_text
from rukhsa.trust.errors import BadSeal
from rukhsa.trust.keys import PublicKey
from rukhsa.trust.seal import Claims
from tests.trust import world
from tests.trust.mutations import seals
from tests.trust.world import CLAIMS, FACTS, SEALER, make_seal

KEY = PublicKey(jwk=SEALER.jwk)
NAMES = st.text(min_size=1, max_size=30).map(seal_text.clean).filter(bool)
SINGLE = st.integers(-(2**53) + 1, 2**53 - 1) | NAMES
FACT = SINGLE | st.lists(SINGLE | st.none(), min_size=1, max_size=8)
ALL_CLAIMS = st.builds(
    Claims,
    instrument=st.from_regex(r"[A-Z0-9][A-Z0-9-]{3,20}", fullmatch=True),
    version=st.integers(1, 9999),
    issued_at=st.integers(0, 2**34),
    expires_at=st.none() | st.integers(0, 2**34),
    status_index=st.integers(0, (1 << 20) - 1),
    status_uri=st.just(world.STATUS_URI),
    facts=st.dictionaries(st.integers(2, 20), FACT, min_size=1, max_size=6).map(lambda facts: {1: 3} | facts),
)


@given(ALL_CLAIMS, st.none() | st.integers(0, 1 << 40))
def test_a_seal_reads_back_as_it_was_written(claims: Claims, log_index: int | None) -> None:
    signature = SEALER.sign(seal.to_be_signed(claims, SEALER.kid))
    try:
        data = seal.assemble(claims, SEALER.kid, signature, log_index)
    except BadSeal as error:
        assert error.code == "bad-size"  # noqa: PT017 (long facts are the only thing that may not fit)
        return
    read = seal.read(data)
    assert (read.claims, read.log_index, read.kid) == (claims, log_index, SEALER.kid)
    KEY.verify(read.signature, read.signed_bytes)


def test_the_log_index_is_a_hint_outside_the_signature() -> None:
    here, there = seal.read(make_seal(log_index=1)), seal.read(make_seal(log_index=None))
    assert here.signed_bytes == there.signed_bytes
    assert seal.leaf_entry(here) == seal.leaf_entry(there)


def test_the_log_entry_is_deterministic_cbor() -> None:
    entry = cbor.read(seal.leaf_entry(seal.read(make_seal())))
    assert isinstance(entry, list)
    assert entry[0] == "seal"
    assert len(entry[1]) == 32  # type: ignore[arg-type]


def test_a_seal_with_a_long_name_fits_its_qr() -> None:
    claims = replace(CLAIMS, facts=FACTS | {2: "عبدالرحمن بن محمد بن عبداللطيف المناعي"})
    assert len(make_seal(claims, log_index=1_000_000)) < 350


def test_without_the_signature_some_mutations_would_be_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    site = world.town_hall()
    sealed = site.issue()
    other = make_seal(replace(CLAIMS, instrument="RW-2020-000999-Z", status_index=7), log_index=3)
    monkeypatch.setattr(PublicKey, "verify", lambda *_: None)
    monkeypatch.setattr("rukhsa.trust.evidence.LogView.holds", lambda *_: True)
    changed = (data for _, data in seals.at_random(sealed, other, 2_000) if data != sealed)
    assert any(site.verifier.verify_seal(data, at=world.NOON).valid for data in changed)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_seal_or_a_bad_seal(data: bytes) -> None:
    for candidate in (data, b"\xd2" + data, make_seal()[: len(data)] + data):
        with contextlib.suppress(BadSeal):
            seal.read(candidate)


@pytest.mark.parametrize(
    "change",
    [
        {"instrument": ""},
        {"instrument": "a/b"},
        {"instrument": "رخصة"},
        {"version": 0},
        {"version": 10_000},
        {"issued_at": -1},
        {"issued_at": 1 << 50},
        {"expires_at": -1},
        {"status_index": -1},
        {"status_index": 1 << 33},
        {"status_uri": "http://v.mun.example/status/capital/0.cwt"},
        {"status_uri": "https://v.mun.example/status?id=1"},
        {"facts": {1: 3}},
        {"facts": {2: "no profile"}},
        {"facts": {1: True, 2: "x"}},
        {"facts": {1: 3, 2: ""}},
        {"facts": {1: 3, 2: " x"}},
        {"facts": {1: 3, 2: "x" * 201}},
        {"facts": {1: 3, 2: "e\u0301"}},
        {"facts": {1: 3, 2: "a\u200bb"}},
        {"facts": {1: 3, 2: "a\u202eb"}},
        {"facts": {1: 3, 2: "a\u2066b"}},
        {"facts": {1: 3, 2: "a\nb"}},
        {"facts": {1: 3, 2: "a\ue000b"}},
        {"facts": {1: 3, 2: 1.5}},
        {"facts": {1: 3, 2: b"bytes"}},
        {"facts": {1: 3, 2: []}},
        {"facts": {1: 3, 2: [[1]]}},
        {"facts": {1: 3, 2: None}},
        {"facts": {1: 3, 2: 1 << 53}},
        {"facts": {1: 3, 256: 1}},
        {"facts": {1: 3} | dict.fromkeys(range(2, 40), 1)},
    ],
)
def test_claims_out_of_bounds_are_not_sealed(change: dict[str, Any]) -> None:
    make_seal()
    with pytest.raises(BadSeal):
        make_seal(replace(CLAIMS, **change))


def test_a_false_signature_is_not_assembled() -> None:
    signature = SEALER.sign(seal.to_be_signed(CLAIMS, SEALER.kid))
    high = signature[:32] + (keys.ORDER - int.from_bytes(signature[32:])).to_bytes(32)
    for wrong in (b"", signature + b"\x00", high):
        with pytest.raises(BadSeal, match="bad-signature-form"):
            seal.assemble(CLAIMS, SEALER.kid, wrong, None)

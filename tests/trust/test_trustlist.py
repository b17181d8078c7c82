from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rukhsa.trust import jws, keys, trustlist
from rukhsa.trust.errors import BadSignature, BadTrustList
from rukhsa.trust.keys import MemorySigner
from rukhsa.values.names import Text
from tests.trust import world
from tests.trust.world import CAPITAL, ROOT, STRANGER, TRUST_LIST

DOCUMENT = trustlist.to_document(TRUST_LIST)


def test_a_trust_list_reads_back_as_it_was_signed() -> None:
    assert trustlist.read(world.signed_trust_list(), ROOT.jwk) == TRUST_LIST


def test_a_root_may_be_an_ed25519_key() -> None:
    root = MemorySigner.ed25519(bytes(32))
    assert trustlist.read(trustlist.sign(DOCUMENT, root), root.jwk) == TRUST_LIST


def test_witnesses_and_time_stamping_read_back() -> None:
    witness = trustlist.Witness(
        name="witness.example", public=keys.PublicKey(jwk=MemorySigner.ed25519(bytes(32)).jwk)
    )
    stamping = trustlist.TimeStamping(
        certificate=b"DER", not_before=TRUST_LIST.issued, not_after=TRUST_LIST.expires
    )
    first = replace(TRUST_LIST.authorities[0], witnesses=(witness,), quorum=1)
    wanted = replace(TRUST_LIST, authorities=(first, *TRUST_LIST.authorities[1:]), time_stamping=(stamping,))
    assert trustlist.from_document(trustlist.to_document(wanted)) == wanted


def test_a_trust_list_of_another_root_is_refused() -> None:
    with pytest.raises(BadTrustList, match="no known key"):
        trustlist.read(world.signed_trust_list(), STRANGER.jwk)


def test_a_trust_list_with_any_character_changed_is_refused() -> None:
    text = world.signed_trust_list()
    for at in range(0, len(text), 23):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises(BadTrustList):
            trustlist.read(changed, ROOT.jwk)


def of_authority(**changes: Any) -> dict[str, Any]:
    return DOCUMENT | {"authorities": [DOCUMENT["authorities"][0] | changes]}


def of_key(**changes: Any) -> dict[str, Any]:
    return of_authority(keys=[DOCUMENT["authorities"][0]["keys"][0] | changes])


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in DOCUMENT.items() if key != name}


@pytest.mark.parametrize(
    "document",
    [
        {},
        without("version"),
        without("expires"),
        DOCUMENT | {"time_stamping": [{"certificate": "?", "not_before": "2020-01-01T00:00:00Z"}]},
        of_authority(log=DOCUMENT["authorities"][0]["log"] | {"quorum": 1}),
        DOCUMENT | {"version": -1},
        DOCUMENT | {"expires": "2020-12-14T09:00:00"},
        DOCUMENT | {"expires": "soonZ"},
        DOCUMENT | {"time_zone": "Asia/Atlantis"},
        DOCUMENT | {"authorities": [DOCUMENT["authorities"][0]] * 2},
        DOCUMENT | {"profiles": [DOCUMENT["profiles"][0]] * 2},
        DOCUMENT | {"profiles": []},
        of_authority(names=[]),
        of_authority(profiles=[99]),
        of_authority(status=["http://v.mun.example/status/"]),
        of_authority(status=["https://v.mun.example/status"]),
        of_authority(log={"origin": "v.mun.example/log"}),
        of_key(kid="0011223344556677"),
        of_key(purpose="everything"),
        of_key(purpose="log"),
        of_key(jwk={"kty": "RSA"}),
        of_key(not_after=None),
        of_key(compromised_since="2020-11-01T00:00:00Z"),
        of_key(compromised_log_size=7),
    ],
)
def test_a_trust_list_that_cannot_be_is_neither_signed_nor_read(document: dict[str, Any]) -> None:
    with pytest.raises(BadTrustList):
        trustlist.sign(document, ROOT)


@pytest.mark.parametrize(
    "field",
    [
        {"key": 1},
        {"key": 2, "type": "number"},
        {"key": 2, "role": "owner"},
        {"key": 2, "type": "money"},
        {"key": "2"},
        {"key": 2, "name": {"fr": "nom"}},
    ],
)
def test_a_profile_that_cannot_be_is_refused(field: dict[str, Any]) -> None:
    whole = {"name": {"en": "Holder"}, "type": "text"} | field
    profile = DOCUMENT["profiles"][0] | {"fields": [whole]}
    with pytest.raises(BadTrustList):
        trustlist.from_document(DOCUMENT | {"profiles": [profile, DOCUMENT["profiles"][1]]})


def test_an_authority_has_the_name_of_the_day() -> None:
    old, new = Text(en="Manama Municipality"), Text(en="Capital Secretariat")
    authority = replace(CAPITAL, names=((date(2002, 1, 1), old), (date(2014, 11, 1), new)))
    assert authority.name_on(date(2014, 10, 31)) == old
    assert authority.name_on(date(2014, 11, 1)) == new
    assert authority.name_on(date(1999, 1, 1)) == old


def test_a_key_is_found_by_its_kid_for_its_purpose_only() -> None:
    assert TRUST_LIST.seal_keys[world.SEALER.kid][0][0] == CAPITAL
    assert world.PDF_SIGNER.kid not in TRUST_LIST.seal_keys
    assert world.PDF_SIGNER.kid in TRUST_LIST.pdf_keys


def test_an_authority_is_found_by_its_id() -> None:
    assert TRUST_LIST.authority("capital") == CAPITAL
    with pytest.raises(BadTrustList, match="no-such-authority"):
        TRUST_LIST.authority("nowhere")


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        ('{"alg":"none","kid":"x","typ":"t"}', "{}"),
        ('{"alg":"HS256","kid":"x","typ":"t"}', "{}"),
        ('{"alg":"ES256","typ":"other"}', "{}"),
        ('{"alg":"ES256","typ":"t","crit":["b64"]}', "{}"),
        ('{"alg":"ES256","alg":"ES256","typ":"t"}', "{}"),
        ('{"alg":"ES256","typ":"t"}', "[]"),
        ('{"alg":"ES256","typ":"t"}', '{"a":1,"a":2}'),
        ("[]", "{}"),
    ],
)
def test_a_jws_of_another_form_is_refused_though_its_signature_holds(header: str, payload: str) -> None:
    signed = ".".join(keys.base64url(part.encode()) for part in (header, payload))
    text = f"{signed}.{keys.base64url(ROOT.sign(signed.encode()))}"
    with pytest.raises(BadSignature):
        jws.read(text, type="t", keys=[keys.PublicKey(jwk=ROOT.jwk)])


def test_a_jws_is_read_by_another_library() -> None:
    from joserfc import jws as other
    from joserfc.jwk import ECKey

    key = ECKey.import_key(dict(ROOT.jwk))
    read = other.deserialize_compact(world.signed_trust_list(), key, algorithms=["ES256"])
    assert read.headers()["typ"] == trustlist.TYPE

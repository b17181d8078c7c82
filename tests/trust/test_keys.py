import hashlib

import pytest

from rukhsa.trust import keys
from rukhsa.trust.errors import BadKey, BadSignature
from rukhsa.trust.keys import MemorySigner, PublicKey
from tests.trust import published

FILES = ["wycheproof/ecdsa_secp256r1_sha256_p1363_test.json", "wycheproof/ed25519_test.json"]


@pytest.mark.parametrize("name", FILES)
def test_signatures_of_wycheproof_are_judged_as_published(name: str) -> None:
    judged, table = 0, published.load(name)
    for group in table["testGroups"]:
        key = PublicKey(jwk=jwk_of_group(group))
        for test in group["tests"]:
            try:
                key.verify(bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
                found = "valid"
            except BadSignature:
                found = "invalid"
            assert found == test["result"], (test["tcId"], test["comment"])
            judged += 1
    assert judged == table["numberOfTests"] > 100  # every case, none left out


def jwk_of_group(group: dict[str, dict[str, str]]) -> dict[str, str]:
    if "publicKeyJwk" in group:
        return {
            name: value for name, value in group["publicKeyJwk"].items() if name in ("kty", "crv", "x", "y")
        }
    x, y = (int(group["publicKey"][name], 16).to_bytes(32) for name in ("wx", "wy"))
    return {"kty": "EC", "crv": "P-256", "x": keys.base64url(x), "y": keys.base64url(y)}


def test_the_thumbprint_is_that_of_rfc_9679() -> None:
    # RFC 9679 §6: the example key and its thumbprint.
    x = "65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"
    y = "1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"
    jwk = {"kty": "EC", "crv": "P-256"} | {
        name: keys.base64url(bytes.fromhex(value)) for name, value in (("x", x), ("y", y))
    }
    expected = "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"
    assert keys.thumbprint(jwk).hex() == expected
    assert keys.kid(jwk) == bytes.fromhex(expected)[:8]


@pytest.mark.parametrize("signer", [MemorySigner.p256(), MemorySigner.ed25519()])
def test_a_signature_verifies_and_another_message_does_not(signer: MemorySigner) -> None:
    key = PublicKey(jwk=signer.jwk)
    signature = signer.sign(b"the message")
    key.verify(signature, b"the message")
    with pytest.raises(BadSignature):
        key.verify(signature, b"another message")
    with pytest.raises(BadSignature):
        key.verify(signature + b"\x00", b"the message")


def test_signatures_have_the_smaller_s() -> None:
    signer = MemorySigner.p256()
    signatures = [signer.sign(hashlib.sha256(bytes([number])).digest()) for number in range(64)]
    assert all(keys.is_low_s(signature) for signature in signatures)


def test_the_larger_s_becomes_the_smaller_and_still_verifies() -> None:
    signer = MemorySigner.p256()
    small = signer.sign(b"m")
    large = small[:32] + (keys.ORDER - int.from_bytes(small[32:])).to_bytes(32)
    assert not keys.is_low_s(large)
    assert keys.low_s(large) == small


def test_der_and_raw_say_the_same() -> None:
    raw = MemorySigner.p256().sign(b"m")
    assert keys.from_der(keys.to_der(raw)) == raw


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"crv": "P-384"}, "unknown-key-type"),
        ({"kty": "RSA"}, "unknown-key-type"),
        ({"x": "AAAA"}, "bad-coordinate"),
        ({"x": "A" * 43}, "not-on-curve"),
        ({"x": "=" * 43}, "bad-base64url"),
        ({"x": "A" * 42 + "B"}, "bad-base64url"),
    ],
)
def test_a_key_that_cannot_be_is_refused(change: dict[str, str], code: str) -> None:
    jwk = dict(MemorySigner.p256(7).jwk)
    keys.load(jwk)
    with pytest.raises(BadKey) as refused:
        keys.load(jwk | change)
    assert refused.value.code == code

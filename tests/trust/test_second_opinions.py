"""What others published comes out as they say, and what we make is accepted by readers that share no code with us."""

import ast
from pathlib import Path
from typing import Any

import cbor2
import cwt
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from rukhsa.trust import cbor, digits, keys, seal, statuslist
from rukhsa.trust.errors import BadSeal, TrustError
from rukhsa.trust.keys import PublicKey
from tests.trust import draft_reader, published, world

VERIFIES, REFUSED = "verifies", "refused"
ONE = "COSE_Sign has a list of signers; a seal has one and is a COSE_Sign1"
CURVE = "the curve is not among the trust list's two, P-256 and Ed25519"
SECRET = "COSE_Mac0 is made with a shared secret: whoever checks it could forge it"
HIDDEN = "COSE_Encrypt0 hides its content; a seal is for everyone to read"
# Every file that COSE's authors published, with what must come out, or why it is none of ours to judge.
COSE = {
    "cose/CWT/A_3.json": VERIFIES,
    "cose/CWT/A_4.json": SECRET,
    "cose/CWT/A_5.json": HIDDEN,
    "cose/CWT/A_6.json": HIDDEN,
    "cose/CWT/A_7.json": SECRET,
    "cose/ecdsa-examples/ecdsa-01.json": ONE,
    "cose/ecdsa-examples/ecdsa-02.json": ONE,
    "cose/ecdsa-examples/ecdsa-03.json": ONE,
    "cose/ecdsa-examples/ecdsa-04.json": ONE,
    "cose/ecdsa-examples/ecdsa-sig-01.json": VERIFIES,
    "cose/ecdsa-examples/ecdsa-sig-02.json": CURVE,
    "cose/ecdsa-examples/ecdsa-sig-03.json": CURVE,
    "cose/ecdsa-examples/ecdsa-sig-04.json": "P-256 with SHA-512: a P-256 key of ours is for SHA-256 alone",
    "cose/eddsa-examples/eddsa-01.json": ONE,
    "cose/eddsa-examples/eddsa-02.json": ONE,
    "cose/eddsa-examples/eddsa-sig-01.json": VERIFIES,
    "cose/eddsa-examples/eddsa-sig-02.json": CURVE,
    "cose/sign1-tests/sign-fail-01.json": REFUSED,
    "cose/sign1-tests/sign-fail-02.json": REFUSED,
    "cose/sign1-tests/sign-fail-03.json": REFUSED,
    "cose/sign1-tests/sign-fail-04.json": REFUSED,
    "cose/sign1-tests/sign-fail-06.json": REFUSED,
    "cose/sign1-tests/sign-fail-07.json": REFUSED,
    "cose/sign1-tests/sign-pass-01.json": VERIFIES,
    "cose/sign1-tests/sign-pass-02.json": VERIFIES,
    "cose/sign1-tests/sign-pass-03.json": VERIFIES,
}


def test_every_published_file_of_cose_is_in_the_table() -> None:
    found = {f"cose/{name}" for name, _ in published.load_all("cose")}
    assert found == COSE.keys()
    judged = [name for name, outcome in COSE.items() if outcome in (VERIFIES, REFUSED)]
    assert (len(COSE), len(judged)) == (26, 12)


@pytest.mark.parametrize("name", COSE)
def test_a_published_cose_message_comes_out_as_published(name: str) -> None:
    """Those that are none of ours are tried as well: each is refused."""
    example = published.load(name)
    assert bool(example.get("fail")) is (COSE[name] == REFUSED)
    assert signature_holds(example) is (COSE[name] == VERIFIES)
    with pytest.raises(BadSeal):  # and none of them is a seal
        seal.read(bytes.fromhex(example["output"]["cbor"]))


def signature_holds(example: dict[str, Any]) -> bool:
    """Our own parts put together as RFC 9052 §4.4 says, without our profile of a seal."""
    data, sign = bytes.fromhex(example["output"]["cbor"]), example["input"].get("sign0", {})
    if data[0] == 0xD2:
        data = data[1:]
    try:
        parts = cbor.read(data)
        assert isinstance(parts, list)
        protected, unprotected, payload, signature = parts
        header = cbor.read(protected) if protected else {}  # type: ignore[arg-type]
        public = PublicKey(jwk=jwk_of(sign["key"]))
        if (header | unprotected).get(1) not in ({"ES256": (-7,), "EdDSA": (-8,)}[public.algorithm]):  # type: ignore[operator, union-attr]
            return False
        covered = b"" if protected == b"\xa0" else protected  # an empty map counts as nothing
        external = bytes.fromhex(sign.get("external", ""))
        public.verify(signature, cbor.write(["Signature1", covered, external, payload]))  # type: ignore[arg-type]
    except (TrustError, KeyError, TypeError, ValueError):
        return False
    return True


def jwk_of(key: dict[str, str]) -> dict[str, str]:
    """The JWK of an example's key, whose numbers stand in either of two encodings."""
    names = [name for name in ("x", "y") if name in key or f"{name}_hex" in key]
    numbers = {
        name: key[name] if name in key else keys.base64url(bytes.fromhex(key[f"{name}_hex"]))
        for name in names
    }
    return {"kty": key["kty"], "crv": key["crv"]} | numbers


SEAL_OF_EACH_KIND = [world.make_seal(), world.make_seal(log_index=1_000_000), world.make_seal(log_index=None)]


@pytest.mark.parametrize("sealed", SEAL_OF_EACH_KIND)
def test_the_library_cwt_accepts_a_genuine_seal(sealed: bytes) -> None:
    x, y = (keys.from_base64url(world.SEALER.jwk[name]) for name in "xy")
    key = cwt.COSEKey.new({1: 2, 2: world.SEALER.kid, 3: seal.ESP256, -1: 1, -2: x, -3: y})
    claims = cwt.decode(sealed, key)
    assert claims[seal.TOKEN_ID] == b"RW-2020-000123-K/1"
    assert claims[seal.FACTS] == world.FACTS
    with pytest.raises(cwt.VerifyError):
        cwt.decode(sealed.replace("ليلى".encode(), "سلمى".encode()), key)


@pytest.mark.parametrize("sealed", SEAL_OF_EACH_KIND)
def test_pyca_cryptography_alone_accepts_a_genuine_seal(sealed: bytes) -> None:
    """A dozen lines, from the page of the format: digits, array, what is signed, ECDSA."""
    number = digits.encode(sealed)
    groups = [number[at : at + 17] for at in range(0, len(number), 17)]
    size = {3: 1, 5: 2, 8: 3, 10: 4, 13: 5, 15: 6, 17: 7}
    data = b"".join(int(group).to_bytes(size[len(group)]) for group in groups)
    protected, _, payload, signature = cbor2.loads(data).value
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    x, y = (int.from_bytes(keys.from_base64url(world.SEALER.jwk[name])) for name in "xy")
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    key.verify(der, signed, ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(der, signed + b"\0", ec.ECDSA(SHA256()))


def test_the_reader_of_the_draft_reads_our_lists_in_both_forms() -> None:
    statuses = statuslist.new()
    wanted = {place * 99_991 % statuslist.SHARD: 1 + place % 3 for place in range(5_000)}
    for place, status in wanted.items():
        statuslist.put(statuses, place, status)
    issued = {"uri": world.STATUS_URI, "issued_at": 1_600_000_000, "expires_at": 1_600_086_400, "ttl": 900}
    signer = world.STATUS_SIGNER
    key = signer.private.public_key()
    stranger = world.STRANGER.private.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(stranger, ec.EllipticCurvePublicKey)
    of_cwt = draft_reader.read_cwt(statuslist.sign_cwt(statuses, **issued, signer=signer), key)  # type: ignore[arg-type]
    jwt = statuslist.sign_jwt(statuses, **issued, signer=signer)  # type: ignore[arg-type]
    assert of_cwt == draft_reader.read_jwt(jwt, key)
    assert {
        place: of_cwt.status(place) for place in range(statuslist.SHARD) if of_cwt.status(place)
    } == wanted
    assert of_cwt.still_good(world.STATUS_URI, 1_600_000_001)
    assert not of_cwt.still_good(world.STATUS_URI, 1_600_086_400)
    with pytest.raises(InvalidSignature):
        draft_reader.read_jwt(jwt, stranger)


def test_the_reader_of_the_draft_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(draft_reader.__file__).read_text("utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([each.name for each in node.names] if isinstance(node, ast.Import) else [node.module])
    }
    assert not [name for name in imported if name.startswith(("rukhsa", "tests"))]
    assert "zlib" in imported

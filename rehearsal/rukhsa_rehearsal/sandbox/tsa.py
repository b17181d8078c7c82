"""A stand-in for a time stamping authority: RFC 3161 over HTTP, real tokens under a certificate of its own."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from rukhsa.trust import keys
from rukhsa_rehearsal.sandbox.fault_modes import Fault

CERTIFICATE: Final = "tsa.crt"  # in the sandbox's folder: what a trust list names
POLICY: Final = "1.3.6.1.4.1.55555.1.1"
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class Refusal(core.Sequence):  # type: ignore[misc]
    """A TimeStampResp without a token, which the library does not support (RFC 3161 §2.4.2)."""

    _fields = [("status", tsp.PKIStatusInfo)]


@dataclass(frozen=True, kw_only=True)
class Stamper:
    """A key for time stamping, and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def stamper(folder: Path) -> Stamper:
    """The authority with the key in the folder, created at the first call."""
    key_file, file = folder / "tsa.pem", folder / CERTIFICATE
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = make_stamper(datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC))
        secret = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        key_file.touch(mode=0o600)
        key_file.write_bytes(secret)
        written = file.with_suffix(".new")
        written.write_bytes(made.certificate.public_bytes(Encoding.PEM))
        os.replace(written, file)
    key = load_pem_private_key(key_file.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Stamper(key=key, certificate=x509.load_pem_x509_certificate(file.read_bytes()))


def make_stamper(
    since: datetime, until: datetime, *, usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING,
    critical: bool = True, name: str = "Sandbox Time Stamping",
) -> Stamper:  # fmt: skip
    """A new authority; the last arguments can make one that must not be trusted (RFC 3161 §2.3)."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(called, called, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(since).not_valid_after(until)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=critical)
    return Stamper(key=key, certificate=builder.sign(key, hashes.SHA256()))


async def stamp(request: Request) -> Response:
    """POST /tsa: a TimeStampReq becomes a TimeStampResp (RFC 3161 §2.4, §3.4)."""
    fault: Fault | None = request.state.fault
    if fault and fault.mode == "down":
        return HTMLResponse("<h1>Service Unavailable</h1>", status_code=503)
    if request.headers.get("content-type") != QUERY:
        return HTMLResponse(f"<h1>{QUERY} is wanted</h1>", status_code=415)
    answer = answer_to(await request.body(), _chosen(request, fault), fault.mode if fault else "")
    return Response(answer, media_type=REPLY)


def _chosen(request: Request, fault: Fault | None) -> Stamper:
    """The authority, or for a fault one that has expired or is unknown."""
    now = datetime.now(UTC)
    if fault and fault.mode == "expired":
        return make_stamper(now - timedelta(days=400), now - timedelta(days=35))
    if fault and fault.mode == "stranger":
        return make_stamper(now - timedelta(days=1), now + timedelta(days=300), name="Nobody's Time Stamping")
    own: Stamper = request.app.state.stamper
    return own


def answer_to(query: bytes, by: Stamper, fault: str = "", *, at: datetime | None = None) -> bytes:
    """The TimeStampResp to a TimeStampReq, at a moment or now; `fault` says how it is wrong."""
    try:
        asked = tsp.TimeStampReq.load(query, strict=True)
        imprint = asked["message_imprint"]
        fits = imprint["hash_algorithm"]["algorithm"].native == "sha256"
        fits = fits and len(imprint["hashed_message"].native) == hashes.SHA256.digest_size
        fits = fits and asked["version"].native == "v1" and (asked["nonce"].native or 0) >= 0
    except (ValueError, TypeError):
        fits = False
    if not fits or fault == "reject":
        return _refusal("rejection", "bad_data_format")
    if asked["req_policy"].native not in (None, POLICY):
        return _refusal("rejection", "unaccepted_policy")
    token = token_over(
        b"another" if fault == "other-imprint" else imprint["hashed_message"].native,
        by,
        at=at or datetime.now(UTC),
        nonce=_nonce(asked["nonce"].native, fault),
        policy="1.3.6.1.4.1.55555.1.9" if fault == "other-policy" else POLICY,
        spoilt=fault == "bad-signature",
    )
    granted = tsp.PKIStatusInfo({"status": "granted"})
    whole: bytes = tsp.TimeStampResp({"status": granted, "time_stamp_token": token}).dump()
    return whole


def _nonce(asked: int | None, fault: str) -> int | None:
    if fault == "no-nonce":
        return None
    return secrets.randbits(64) if fault == "other-nonce" else asked


def _refusal(status: str, failure: str) -> bytes:
    info = tsp.PKIStatusInfo({
        "status": status, "status_string": ["this request is refused"], "fail_info": {failure},
    })  # fmt: skip
    answer: bytes = Refusal({"status": info}).dump()
    return answer


def token_over(
    digest: bytes, by: Stamper, *, at: datetime, nonce: int | None, policy: str = POLICY, spoilt: bool = False
) -> cms.ContentInfo:
    """A TimeStampToken over the SHA-256 `digest`."""
    if len(digest) != hashes.SHA256.digest_size:
        digest = hashlib.sha256(digest).digest()
    content: dict[str, Any] = {
        "version": "v1", "policy": policy, "serial_number": secrets.randbits(63),
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
        "gen_time": at.astimezone(UTC).replace(microsecond=0), "accuracy": {"seconds": 1}, "ordering": False,
    }  # fmt: skip
    if nonce is not None:
        content["nonce"] = nonce
    return _signed(tsp.TSTInfo(content).dump(), by, spoilt=spoilt)


def _signed(info: bytes, by: Stamper, *, spoilt: bool) -> cms.ContentInfo:
    certificate = asn1_x509.Certificate.load(by.certificate.public_bytes(Encoding.DER))
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    named = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate.dump()).digest()})
    attributes = cms.CMSAttributes([
        {"type": "content_type", "values": ["tst_info"]},
        {"type": "message_digest", "values": [hashlib.sha256(info).digest()]},
        {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [named]})]},
    ])  # fmt: skip
    over = attributes.dump() + (b"spoilt" if spoilt else b"")
    signer = cms.SignerInfo({
        "version": "v1", "signed_attrs": attributes, "digest_algorithm": sha256,
        "sid": cms.SignerIdentifier({
            "issuer_and_serial_number": {
                "issuer": certificate.issuer, "serial_number": certificate.serial_number,
            }
        }),
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": _signature(by.key, over),
    })  # fmt: skip
    signed_data = cms.SignedData({
        "version": "v3", "digest_algorithms": [sha256], "certificates": [certificate], "signer_infos": [signer],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
    })  # fmt: skip
    return cms.ContentInfo({"content_type": "signed_data", "content": signed_data})


def _signature(key: ec.EllipticCurvePrivateKey, over: bytes) -> bytes:
    """An ECDSA signature with the smaller of the two possible s, the only form that a file keeps."""
    return keys.to_der(keys.low_s(keys.from_der(key.sign(over, ec.ECDSA(hashes.SHA256())))))

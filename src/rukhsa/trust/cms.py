"""The CMS of a PAdES baseline signature (ETSI EN 319 142-1, RFC 5652), as our signer writes it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from asn1crypto import cms, core, tsp, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from rukhsa.trust import der, keys
from rukhsa.trust.errors import BadKey, BadPdf, BadSignature
from rukhsa.trust.keys import Jwk, PublicKey

# What asn1crypto raises for bytes that it cannot parse.
PARSER_ERRORS: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    OverflowError,
    RuntimeError,
)
_PARSER_ERRORS = (*PARSER_ERRORS, BadKey, UnsupportedAlgorithm)
_SHA256 = bytes.fromhex("300b0609608648016503040201")
_DATA = bytes.fromhex("06092a864886f70d010701")
_ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")


# The proof that the file is in the log, as text: an attribute of ours, by a UUID (ITU-T X.667).
FILE_PROOF = "2.25.323483193065527396189907371840515311743"
_STAMP = "signature_time_stamp_token"  # RFC 3161 appendix A

# Only the import of `tsp` teaches `cms` the attribute that names the signer's certificate (RFC 5035).
assert "signing_certificate_v2" in tsp.CMSAttributeType._map.values()


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate. Only its key counts, since the trust list says whose key it is."""

    public: PublicKey
    sha256: bytes
    issuer_and_serial: bytes  # DER

    @property
    def kid(self) -> bytes:
        return self.public.kid

    @property
    def jwk(self) -> Jwk:
        return self.public.jwk


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A signature that holds: by which key, and when, as its signer says (seconds since 1970 UTC).

    `stamp` and `proof` stand beside the signature and are covered by nothing: they are not yet believed.
    """

    certificate: Certificate
    at: int | None
    signature: bytes  # DER of r and s
    stamp: bytes | None = None  # a TimeStampToken, DER
    proof: bytes | None = None  # the tlog-proof of the file


def read(contents: bytes, digest: bytes) -> Signed:
    """Check the CMS in `contents` (with zeros behind it) over content of that SHA-256. Raises BadPdf."""
    try:
        return _read(contents, digest)
    except _PARSER_ERRORS as error:
        raise BadPdf("pdf-bad-signature", f"{type(error).__name__}: {error}") from error


def _read(contents: bytes, digest: bytes) -> Signed:
    whole = _without_padding(contents)
    signed_data = _signed_data(whole)
    signers, certificates = signed_data["signer_infos"], signed_data["certificates"]
    if len(signers) != 1 or len(certificates) != 1 or signed_data["crls"].native is not None:
        raise BadPdf("pdf-bad-signature", "more than one signer or certificate")
    if (
        signed_data["version"].native != "v1"
        or signed_data["digest_algorithms"].dump() != b"\x31\x0d" + _SHA256
    ):
        raise BadPdf("pdf-bad-signature", "another version or digest")
    content = signed_data["encap_content_info"]
    if content["content_type"].native != "data" or content["content"].native is not None:
        raise BadPdf("pdf-bad-signature", "content inside")
    certificate = _certificate(certificates[0].chosen.dump())
    signed = _check_signer(signers[0], certificate, digest)
    if whole != _written(certificates[0].chosen.dump(), certificate, signers[0], signed):
        raise BadPdf("pdf-bad-signature", "written in another way than the only one")
    return signed


def _written(certificate: bytes, named: Certificate, signer: cms.SignerInfo, signed: Signed) -> bytes:
    """The signature written again from what was verified, in its only valid form: no other bytes are accepted."""
    unsigned = [der.write(der.SEQUENCE, kind, der.write(der.SET, value)) for kind, value in _beside(signed)]
    signature = keys.to_der(keys.low_s(keys.from_der(signed.signature)))
    signer_info = der.write(
        der.SEQUENCE,
        *(der.VERSION_1, named.issuer_and_serial, _SHA256),
        der.write(der.EXPLICIT_0, signer["signed_attrs"].contents),
        *(_ECDSA_WITH_SHA256, der.write(der.OCTETS, signature)),
        *((der.write(der.IMPLICIT_1, der.set_of(*unsigned)),) if unsigned else ()),
    )
    data = der.write(
        der.SEQUENCE,
        *(der.VERSION_1, der.write(der.SET, _SHA256), der.write(der.SEQUENCE, _DATA)),
        *(der.write(der.EXPLICIT_0, certificate), der.write(der.SET, signer_info)),
    )
    return der.write(der.SEQUENCE, der.SIGNED_DATA, der.write(der.EXPLICIT_0, data))


def _beside(signed: Signed) -> Iterator[tuple[bytes, bytes]]:
    if signed.proof is not None:
        yield cms.CMSAttributeType(FILE_PROOF).dump(), der.write(der.OCTETS, signed.proof)
    if signed.stamp is not None:
        yield cms.CMSAttributeType(_STAMP).dump(), signed.stamp


def _without_padding(contents: bytes) -> bytes:
    """The DER at the front; behind it only the zeros that filled the reserved room."""
    if contents[:2] != b"\x30\x82":
        raise BadPdf("pdf-bad-signature", "not DER of a signature's length")
    end = 4 + int.from_bytes(contents[2:4])
    if contents[end:].strip(b"\x00"):
        raise BadPdf("pdf-bad-signature", "something behind the signature")
    return contents[:end]


def _signed_data(der: bytes) -> cms.SignedData:
    info = cms.ContentInfo.load(der, strict=True)
    if info["content_type"].native != "signed_data":
        raise BadPdf("pdf-bad-signature", "not signed data")
    # Zeros of the padding must not be counted in: the two parts fill the whole.
    if der[4:] != info["content_type"].dump() + info["content"].dump():
        raise BadPdf("pdf-bad-signature", "lengths that do not add up")
    return info["content"]


@lru_cache(maxsize=64)
def _certificate(der: bytes) -> Certificate:
    certificate = x509.Certificate.load(der, strict=True)
    public = load_der_public_key(certificate.public_key.dump())
    named = cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
    return Certificate(
        public=PublicKey(jwk=keys.jwk_of(public)),
        sha256=hashlib.sha256(der).digest(),
        issuer_and_serial=named.dump(),
    )


def _check_signer(signer: cms.SignerInfo, certificate: Certificate, digest: bytes) -> Signed:
    if signer["version"].native != "v1" or signer["digest_algorithm"].dump() != _SHA256:
        raise BadPdf("pdf-bad-signature", "another digest than SHA-256")
    if signer["signature_algorithm"].dump() != _ECDSA_WITH_SHA256:
        raise BadPdf("pdf-bad-signature", "another algorithm than ECDSA with SHA-256")
    if signer["sid"].chosen.dump() != certificate.issuer_and_serial:
        raise BadPdf("pdf-bad-signature", "it names another certificate")
    beside = _unsigned(signer)
    # RFC 5652 §5.4: the signature is over the attributes as a SET, not under their implicit tag; and over their
    # original bytes, which asn1crypto encodes again once it has parsed them.
    signed = b"\x31" + signer["signed_attrs"].dump()[1:]
    said = attributes(signer)
    if said["content_type"].native != "data" or said["message_digest"].native != digest:
        raise BadPdf("pdf-bad-signature", "the file is not what was signed")
    named = said["signing_certificate_v2"]["certs"]
    if len(named) != 1 or named[0]["cert_hash"].native != certificate.sha256:
        raise BadPdf("pdf-bad-signature", "another certificate than the one signed for")
    _verify(signer, signed, certificate.public)
    moment = said["signing_time"].native if "signing_time" in said else None
    return Signed(
        certificate=certificate, at=_seconds(moment), signature=signer["signature"].native, **beside
    )


def _unsigned(signer: cms.SignerInfo) -> dict[str, bytes]:
    """The two things that may stand unsigned beside the signature, each at most once."""
    found: dict[str, bytes] = {}
    if isinstance(signer["unsigned_attrs"], core.Void):
        return found
    for attribute in signer["unsigned_attrs"]:
        kind = attribute["type"].native
        name = {_STAMP: "stamp", FILE_PROOF: "proof"}.get(kind)
        if name is None or name in found or len(attribute["values"]) != 1:
            raise BadPdf("pdf-bad-signature", f"it says {kind} unsigned, or says it twice")
        value = attribute["values"][0].dump()
        found[name] = value if name == "stamp" else core.OctetString.load(value, strict=True).native
    return found


def _verify(signer: cms.SignerInfo, signed: bytes, public: PublicKey) -> None:
    try:
        public.verify(keys.from_der(signer["signature"].native), signed)
    except (BadSignature, OverflowError) as error:
        raise BadPdf("pdf-bad-signature") from error


def _seconds(moment: object) -> int | None:
    return int(moment.timestamp()) if isinstance(moment, datetime) else None


def attributes(signer: cms.SignerInfo) -> dict[str, Any]:
    """The signed attributes by their names (RFC 5652 §5.3), each once and with one value. Raises PARSER_ERRORS."""
    found: dict[str, Any] = {}
    for attribute in signer["signed_attrs"]:
        name = attribute["type"].native
        if name in found or len(attribute["values"]) != 1:
            raise ValueError(f"attribute {name} twice")
        found[name] = attribute["values"][0]
    return found

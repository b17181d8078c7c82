"""Time stamps by RFC 3161: a third party's signed word that a signature was there at a moment."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID

from rukhsa.trust import der, keys
from rukhsa.trust.cms import PARSER_ERRORS, attributes
from rukhsa.trust.errors import BadStamp
from rukhsa.trust.trustlist import TrustList

MAXIMUM_SIZE: Final = 16 << 10
_PARSER_ERRORS = (*PARSER_ERRORS, x509.ExtensionNotFound, x509.DuplicateExtension, UnsupportedAlgorithm)
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_SMALLEST_RSA: Final = 2048
_DIGESTS: Final = {
    name: bytes.fromhex(f"300d060960864801650304020{number}0500")
    for name, number in (("sha256", 1), ("sha384", 2), ("sha512", 3))
}
_ECDSA: Final = {
    name: bytes.fromhex(f"300a06082a8648ce3d04030{number}")
    for name, number in (("sha256", 2), ("sha384", 3), ("sha512", 4))
}
_RSA: Final = bytes.fromhex("300d06092a864886f70d0101010500")
_TST_INFO: Final = bytes.fromhex("060b2a864886f70d0109100104")
_ORDERS: Final = {
    "secp256r1": keys.ORDER,
    "secp384r1": (1 << 384) - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D,
    "secp521r1": (1 << 521) - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
}


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """A time stamp whose own signature holds; its maker is not yet verified."""

    at: int  # seconds since 1970 UTC, the fraction cut off
    certificate: bytes  # DER
    policy: str  # dotted
    nonce: int | None

    def is_known(self, trust_list: TrustList) -> bool:
        """Whether the trust list names the authority that made it, for that moment."""
        return any(
            each.certificate == self.certificate
            and int(each.not_before.timestamp()) <= self.at < int(each.not_after.timestamp())
            for each in trust_list.time_stamping
        )


def read(token: bytes, signature: bytes) -> Stamp:
    """Check a TimeStampToken (RFC 3161 §2.4.2) over `signature`. Raises BadStamp.

    1. It is CMS signed data over a TSTInfo, one signer, DER without anything behind it.
    2. Its imprint is the SHA-256 of `signature`.
    3. The signed attributes name the content and the signer's certificate (RFC 5816), which came along.
    4. The certificate is for time stamping alone, critically so (RFC 3161 §2.3), and its period holds the moment.
    5. Its key signed the attributes: RSA of 2048 bits or more (PKCS #1 v1.5), or ECDSA, with SHA-256, -384 or -512.
    6. It is written as `plain` writes it: what its signature does not cover is fixed or left out.
    """
    if len(token) > MAXIMUM_SIZE:
        raise BadStamp("bad-stamp", f"{len(token)} bytes")
    try:
        read, written = _read(token, signature)
        if token != written:
            raise BadStamp("bad-stamp", "written in another way than the only one")  # 6
        return read
    except _PARSER_ERRORS as error:
        raise BadStamp("bad-stamp", f"{type(error).__name__}: {error}") from error


def plain(token: bytes, signature: bytes) -> bytes:
    """The token in the only form that `read` takes: its signer's certificate alone, nothing unsigned. Raises BadStamp.

    Nothing that its signature covers changes: any reader of RFC 3161 takes it as it took the other.
    """
    try:
        return _read(token, signature)[1]
    except _PARSER_ERRORS as error:
        raise BadStamp("bad-stamp", f"{type(error).__name__}: {error}") from error


def _read(token: bytes, signature: bytes) -> tuple[Stamp, bytes]:
    signed_data, info = _contents(token)  # 1
    imprint = info["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].native != "sha256":
        raise BadStamp("bad-stamp", "an imprint of another digest than SHA-256")
    if imprint["hashed_message"].native != hashlib.sha256(signature).digest():
        raise BadStamp("stamp-of-another", "the imprint is not that of this signature")  # 2
    signer = signed_data["signer_infos"][0]
    signed = signer["signed_attrs"].dump()
    certificate = _signer_certificate(signed_data, signer)  # 3
    moment = info["gen_time"].native
    public = _public_key(certificate, moment)  # 4
    _verify(signer, b"\x31" + signed[1:], public)  # 5
    read = Stamp(
        at=int(moment.timestamp()),
        certificate=certificate,
        policy=info["policy"].dotted,
        nonce=info["nonce"].native,
    )
    return read, _written(signed_data, certificate, public)


def _written(
    signed_data: cms.SignedData, certificate: bytes, public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
) -> bytes:
    """The token written again from what was verified, in its only valid form."""
    signer = signed_data["signer_infos"][0]
    digest = _DIGESTS[_hash_name(signer)]
    content = der.write(der.OCTETS, bytes(signed_data["encap_content_info"]["content"]))
    kind, signature = _RSA, signer["signature"].native
    if isinstance(public, ec.EllipticCurvePublicKey):
        kind, signature = _ECDSA[_hash_name(signer)], _smaller(signature, _ORDERS[public.curve.name])
    parsed = asn1_x509.Certificate.load(certificate)
    named = cms.IssuerAndSerialNumber({"issuer": parsed.issuer, "serial_number": parsed.serial_number})
    signer_info = der.write(
        der.SEQUENCE,
        *(der.VERSION_1, named.dump(), digest),
        der.write(der.EXPLICIT_0, signer["signed_attrs"].contents),
        *(kind, der.write(der.OCTETS, signature)),
    )
    data = der.write(
        der.SEQUENCE,
        *(der.VERSION_3, der.write(der.SET, digest)),
        der.write(der.SEQUENCE, _TST_INFO, der.write(der.EXPLICIT_0, content)),
        *(der.write(der.EXPLICIT_0, certificate), der.write(der.SET, signer_info)),
    )
    return der.write(der.SEQUENCE, der.SIGNED_DATA, der.write(der.EXPLICIT_0, data))


def _smaller(signature: bytes, order: int) -> bytes:
    """ECDSA: of the two signatures that verify, the one with the smaller s."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, order - s))


def _contents(token: bytes) -> tuple[cms.SignedData, tsp.TSTInfo]:
    outer = cms.ContentInfo.load(token, strict=True)
    if outer["content_type"].native != "signed_data":
        raise BadStamp("bad-stamp", "not signed data")
    signed_data = outer["content"]
    content = signed_data["encap_content_info"]
    if content["content_type"].native != "tst_info" or len(signed_data["signer_infos"]) != 1:
        raise BadStamp("bad-stamp", "no TSTInfo, or not one signer")
    info = tsp.TSTInfo.load(bytes(content["content"]), strict=True)
    if info["version"].native != "v1":
        raise BadStamp("bad-stamp", "another version")
    return signed_data, info


def _signer_certificate(signed_data: cms.SignedData, signer: cms.SignerInfo) -> bytes:
    """The certificate that the signed attributes name, among those in the time stamp."""
    content, said = signed_data["encap_content_info"]["content"], attributes(signer)
    digest = hashlib.new(_hash_name(signer), bytes(content)).digest()
    if said["content_type"].native != "tst_info" or said["message_digest"].native != digest:
        raise BadStamp("bad-stamp", "the content is not what was signed")
    named = said["signing_certificate_v2"]["certs"][0]
    algorithm = named["hash_algorithm"]["algorithm"].native
    if algorithm not in _HASHES:
        raise BadStamp("bad-stamp", f"a certificate named by {algorithm}")
    for each in signed_data["certificates"]:
        der: bytes = each.chosen.dump()
        if hashlib.new(algorithm, der).digest() == named["cert_hash"].native:
            return der
    raise BadStamp("bad-stamp", "the certificate of its signer did not come along")


def _public_key(der: bytes, moment: datetime) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    certificate = _certificate(der)
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise BadStamp("bad-stamp-certificate", "not for time stamping alone")
    if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
        raise BadStamp("bad-stamp-certificate", "outside of its period")
    public = certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey) and public.key_size >= _SMALLEST_RSA:
        return public
    if isinstance(public, ec.EllipticCurvePublicKey):
        return public
    raise BadStamp("bad-stamp-certificate", "a key of another kind")


@lru_cache(maxsize=16)
def _certificate(der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(der)


def _hash_name(signer: cms.SignerInfo) -> str:
    name = str(signer["digest_algorithm"]["algorithm"].native)
    if name not in _HASHES:
        raise BadStamp("bad-stamp", f"a digest of {name}")
    return name


def _verify(
    signer: cms.SignerInfo, signed: bytes, public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
) -> None:
    algorithm, kind = _HASHES[_hash_name(signer)], signer["signature_algorithm"]
    value = signer["signature"].native
    try:
        if isinstance(public, rsa.RSAPublicKey) and kind.signature_algo == "rsassa_pkcs1v15":
            public.verify(value, signed, padding.PKCS1v15(), algorithm)
            return
        if isinstance(public, ec.EllipticCurvePublicKey) and kind.hash_algo == algorithm.name:
            public.verify(value, signed, ec.ECDSA(algorithm))
            return
    except InvalidSignature as error:
        raise BadStamp("bad-stamp", "its signature does not hold") from error
    raise BadStamp("bad-stamp", f"signed by {kind['algorithm'].native}")

"""The CMS structure of a PDF signature: PAdES baseline B-B (ETSI EN 319 142-1), ECDSA P-256 with SHA-256.

It is written out in DER here, since it is one fixed shape: a general ASN.1 library takes 3 ms to build it, and the
same library reads it back in the tests.
"""

import hashlib
from collections.abc import Callable
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

Sign = Callable[[bytes], bytes]  # from the bytes to sign to the DER of an ECDSA signature over their SHA-256

INTEGER, OCTETS, SEQUENCE, SET, EXPLICIT_0 = 0x02, 0x04, 0x30, 0x31, 0xA0

DATA: Final = bytes.fromhex("06092a864886f70d010701")
SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
CONTENT_TYPE: Final = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST: Final = bytes.fromhex("06092a864886f70d010904")
SIGNING_CERTIFICATE_V2: Final = bytes.fromhex("060b2a864886f70d010910022f")
SHA256: Final = bytes.fromhex("300b0609608648016503040201")
ECDSA_WITH_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
VERSION_1: Final = bytes.fromhex("020101")


def signed_data(digest: bytes, *, sign: Sign, certificates: tuple[x509.Certificate, ...]) -> bytes:
    """A detached SignedData (RFC 5652 §5) over a file whose SHA-256 is `digest`, in DER.

    `certificates`: the signer's first, then its issuers. There is no signing-time attribute: in a PDF the time
    stands in /M (EN 319 142-1 §6.3).
    """
    chain = [certificate.public_bytes(Encoding.DER) for certificate in certificates]
    attributes = _attributes(digest, chain[0])
    # RFC 5652 §5.4: what is signed is the explicit SET, not the implicit tag under which it is written.
    signature = sign(_der(SET, attributes))
    signer = _der(
        SEQUENCE,
        VERSION_1,
        _issuer_and_serial(certificates[0]),
        SHA256,
        _der(EXPLICIT_0, attributes),
        ECDSA_WITH_SHA256,
        _der(OCTETS, signature),
    )
    signed = _der(
        SEQUENCE,
        VERSION_1,
        _der(SET, SHA256),
        _der(SEQUENCE, DATA),
        _der(EXPLICIT_0, *sorted(chain)),
        _der(SET, signer),
    )
    return _der(SEQUENCE, SIGNED_DATA, _der(EXPLICIT_0, signed))


def _attributes(digest: bytes, certificate: bytes) -> bytes:
    """The signed attributes: content type, digest, and which certificate (RFC 5035), in the order of DER."""
    this_certificate = _der(
        SEQUENCE, _der(OCTETS, hashlib.sha256(certificate).digest())
    )  # SHA-256 is the default
    named = _der(SEQUENCE, _der(SEQUENCE, this_certificate))
    return b"".join(
        sorted(
            _der(SEQUENCE, kind, _der(SET, value))
            for kind, value in (
                (CONTENT_TYPE, DATA),
                (MESSAGE_DIGEST, _der(OCTETS, digest)),
                (SIGNING_CERTIFICATE_V2, named),
            )
        )
    )


def _issuer_and_serial(certificate: x509.Certificate) -> bytes:
    serial = certificate.serial_number
    return _der(
        SEQUENCE,
        certificate.issuer.public_bytes(),
        _der(INTEGER, serial.to_bytes(serial.bit_length() // 8 + 1, "big")),
    )


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content

"""The CMS structure of a PDF signature: PAdES baseline B-B (ETSI EN 319 142-1), ECDSA P-256 with SHA-256.

It is written out in DER here, since it is one fixed shape: a general ASN.1 library takes 3 ms to build it, and the
same library reads it back in the tests.
"""

import hashlib
from collections.abc import Callable
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from rukhsa.trust.der import (
    EXPLICIT_0,
    IMPLICIT_1,
    INTEGER,
    OCTETS,
    SEQUENCE,
    SET,
    SIGNED_DATA,
    VERSION_1,
    set_of,
    write,
)

Sign = Callable[[bytes], bytes]  # from the bytes to sign to the DER of an ECDSA signature over their SHA-256

DATA: Final = bytes.fromhex("06092a864886f70d010701")
CONTENT_TYPE: Final = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST: Final = bytes.fromhex("06092a864886f70d010904")
SIGNING_CERTIFICATE_V2: Final = bytes.fromhex("060b2a864886f70d010910022f")
SHA256: Final = bytes.fromhex("300b0609608648016503040201")
ECDSA_WITH_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
SIGNATURE_TIME_STAMP: Final = bytes.fromhex("060b2a864886f70d010910020e")
# `trust.cms.FILE_PROOF`: 2.25 and a UUID.
FILE_PROOF: Final = bytes.fromhex("06146983e6dcccb282e5c29097bdbfe4bce3a3be907f")
# From the whole to the only signer: the content of ContentInfo, SignedData in it, its signers, the first of them.
_PATH: Final = (1, 0, -1, 0)


def signed_data(digest: bytes, *, sign: Sign, certificates: tuple[x509.Certificate, ...]) -> bytes:
    """A detached SignedData (RFC 5652 §5) over a file whose SHA-256 is `digest`, in DER.

    `certificates`: the signer's first, then its issuers. There is no signing-time attribute: in a PDF the time
    stands in /M (EN 319 142-1 §6.3).
    """
    chain = [certificate.public_bytes(Encoding.DER) for certificate in certificates]
    attributes = _attributes(digest, chain[0])
    # RFC 5652 §5.4: what is signed is the explicit SET, not the implicit tag under which it is written.
    signature = sign(write(SET, attributes))
    signer = write(
        SEQUENCE,
        VERSION_1,
        _issuer_and_serial(certificates[0]),
        SHA256,
        write(EXPLICIT_0, attributes),
        ECDSA_WITH_SHA256,
        write(OCTETS, signature),
    )
    signed = write(
        SEQUENCE,
        VERSION_1,
        write(SET, SHA256),
        write(SEQUENCE, DATA),
        write(EXPLICIT_0, *sorted(chain)),
        write(SET, signer),
    )
    return write(SEQUENCE, SIGNED_DATA, write(EXPLICIT_0, signed))


def beside(signed: bytes, *, stamp: bytes | None = None, proof: bytes | None = None) -> bytes:
    """The SignedData with what stands unsigned beside its signature (RFC 5652 §5.3): nothing signed changes.

    `stamp`: a TimeStampToken over the signature (RFC 3161 appendix A); `proof`: the tlog-proof of the file. `signed`
    is as `signed_data` made it, and may have zeros behind it.
    """
    attributes = [(FILE_PROOF, write(OCTETS, proof))] if proof is not None else []
    attributes += [(SIGNATURE_TIME_STAMP, stamp)] if stamp is not None else []
    if not attributes:
        return signed
    written = set_of(*(write(SEQUENCE, kind, write(SET, value)) for kind, value in attributes))
    return _appended(signed, _PATH, write(IMPLICIT_1, written))


def signature_of(signed: bytes) -> bytes:
    """The signature itself: the last thing in a SignedData that `signed_data` made."""
    for part in _PATH:
        signed = _parts(signed)[part]
    return _content(_parts(signed)[-1])


def _appended(whole: bytes, path: tuple[int, ...], more: bytes) -> bytes:
    """The element `whole` with `more` behind what the part at `path` holds; every length is written anew."""
    parts = _parts(whole)
    if not path:
        return write(whole[0], *parts, more)
    parts[path[0]] = _appended(parts[path[0]], path[1:], more)
    return write(whole[0], *parts)


def _parts(whole: bytes) -> list[bytes]:
    """The elements inside a constructed element of DER."""
    inside, parts = _content(whole), []
    while inside:
        end = _end(inside)
        parts.append(inside[:end])
        inside = inside[end:]
    return parts


def _content(element: bytes) -> bytes:
    end = _end(element)
    length = element[1]
    return element[2 if length < 0x80 else 2 + (length & 0x7F) : end]


def _end(element: bytes) -> int:
    """Where the element ends that stands at the front."""
    length = element[1]
    if length < 0x80:
        return 2 + length
    size = length & 0x7F
    return 2 + size + int.from_bytes(element[2 : 2 + size])


def _attributes(digest: bytes, certificate: bytes) -> bytes:
    """The signed attributes: content type, digest, and which certificate (RFC 5035), in the order of DER."""
    this_certificate = write(
        SEQUENCE, write(OCTETS, hashlib.sha256(certificate).digest())
    )  # SHA-256 is the default
    named = write(SEQUENCE, write(SEQUENCE, this_certificate))
    return b"".join(
        sorted(
            write(SEQUENCE, kind, write(SET, value))
            for kind, value in (
                (CONTENT_TYPE, DATA),
                (MESSAGE_DIGEST, write(OCTETS, digest)),
                (SIGNING_CERTIFICATE_V2, named),
            )
        )
    )


def _issuer_and_serial(certificate: x509.Certificate) -> bytes:
    serial = certificate.serial_number
    return write(
        SEQUENCE,
        certificate.issuer.public_bytes(),
        write(INTEGER, serial.to_bytes(serial.bit_length() // 8 + 1, "big")),
    )

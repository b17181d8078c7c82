"""The signature of a PDF: PAdES baseline B-B (ETSI EN 319 142-1), certified, in an update appended to the file.

The CMS structure, with ECDSA P-256 and SHA-256, is written out in DER here, since it has one fixed shape: a general
ASN.1 library takes 3 ms to build it. The same library reads it back in the tests.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from rukhsa.errors import RukhsaError
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
# Bytes of CMS: a signature and its certificate (1 KiB), the proof of the file's place in the log (2.5), and later the
# time stamp with the certificates of its authority (8.5).
ROOM_FOR_SIGNATURE: Final = 12_288
PRINT_AND_LOCKED: Final = 132
DATA: Final = bytes.fromhex("06092a864886f70d010701")
CONTENT_TYPE: Final = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST: Final = bytes.fromhex("06092a864886f70d010904")
SIGNING_CERTIFICATE_V2: Final = bytes.fromhex("060b2a864886f70d010910022f")
SHA256: Final = bytes.fromhex("300b0609608648016503040201")
ECDSA_WITH_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
SIGNATURE_TIME_STAMP: Final = bytes.fromhex("060b2a864886f70d010910020e")
# `trust.cms.FILE_PROOF`: 2.25 and a UUID.
FILE_PROOF: Final = bytes.fromhex("06146983e6dcccb282e5c29097bdbfe4bce3a3be907f")
# The way to the only signer: the content of ContentInfo, the SignedData in it, its signers, the first of these.
_PATH: Final = (1, 0, -1, 0)


class CannotSign(RukhsaError, ValueError):
    """The file is not as `compose` writes it, or the signature does not fit into the room kept for it."""

    code = "cannot-sign"


def sign_pdf(pdf: bytes, *, sign: Sign, certificates: tuple[x509.Certificate, ...], at: datetime) -> bytes:
    """Sign a composed file: PAdES B-B with room for the stamp that makes it B-T, certified P1 (ISO 32000-2 §12.8.2.2).

    The field is invisible. `pdf` comes from `compose`: one cross-reference table, no object streams, a newline at its
    end. Anything else raises `CannotSign`. `at` has a time zone. The signature covers all bytes but its own.
    """
    original = _Original(pdf)
    update = _Update(original, at=at)
    return update.filled(sign=sign, certificates=certificates)


class _Original:
    """The parts of a composed file that an update refers to."""

    def __init__(self, pdf: bytes) -> None:
        tail = re.search(rb"\nstartxref\n(\d+)\n%%EOF\n\Z", pdf[-64:])
        if tail is None:
            raise CannotSign("the file does not end as composed files do")
        self.pdf = pdf
        self.xref_at = int(tail[1])
        head = re.compile(rb"xref\n0 (\d+)\n").match(pdf, self.xref_at)
        if head is None:
            raise CannotSign("the file has no plain cross-reference table")
        # Each line of the table has 20 bytes, and begins with the offset of an object in ten digits.
        lines = range(head.end(), head.end() + 20 * int(head[1]), 20)
        self.offsets = [int(pdf[line : line + 10]) for line in lines]
        trailer = self._match(rb"trailer\n<<(.*?)>>\nstartxref", self.xref_at)
        self.size = int(self._found(rb"/Size (\d+)", trailer))
        self.catalog_number = int(self._found(rb"/Root (\d+) 0 R", trailer))
        self.info = self._found(rb"/Info (\d+ 0 R)", trailer)
        self.first_id = self._found(rb"/ID\[(\(.*?\))", trailer)
        self.catalog = self.object(self.catalog_number)
        pages = self.object(int(self._found(rb"/Pages (\d+) 0 R", self.catalog)))
        self.page_number = int(self._found(rb"/Kids\[(\d+) 0 R", pages))
        self.page = self.object(self.page_number)

    def object(self, number: int) -> bytes:
        """The dictionary of an object, without its last `>>`."""
        try:
            start = self.offsets[number]
        except IndexError as error:
            raise CannotSign(f"object {number} is missing") from error
        return self._match(rb"%d 0 obj\n(<<.*?)>>\nendobj" % number, start)

    def _match(self, pattern: bytes, start: int) -> bytes:
        found = re.compile(pattern, re.DOTALL).search(self.pdf, start)
        if found is None:
            raise CannotSign(f"nothing like {pattern!r} at {start}")
        return found[1]

    def _found(self, pattern: bytes, where: bytes) -> bytes:
        found = re.search(pattern, where)
        if found is None:
            raise CannotSign(f"nothing like {pattern!r} in the file")
        return found[1]


class _Update:
    """The appended objects (signature, field, page and catalogue), and where the signature is filled in."""

    def __init__(self, original: _Original, *, at: datetime) -> None:
        if re.search(rb"/(AcroForm|Perms|Annots)\b", original.catalog + original.page):
            raise CannotSign("the file has a form, a permission or an annotation already")
        self._original = original
        self._signature_number = original.size
        self._field_number = original.size + 1
        self._body = bytearray()
        self._offsets: dict[int, int] = {}
        self._add(original.page_number, original.page + b"/Annots[%d 0 R]>>" % self._field_number)
        form = b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>/Perms<</DocMDP %d 0 R>>>>"
        self._add(
            original.catalog_number,
            original.catalog + form % (self._field_number, self._signature_number),
        )
        field = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/TU(Seal)/Rect[0 0 0 0]/F %d/P %d 0 R/V %d 0 R>>"
        self._add(
            self._field_number, field % (PRINT_AND_LOCKED, original.page_number, self._signature_number)
        )
        self._add_signature(at)
        self._add_table()

    def filled(self, *, sign: Sign, certificates: tuple[x509.Certificate, ...]) -> bytes:
        """The whole file, with its ranges and its signature in the room kept for them."""
        file = bytearray(self._original.pdf + self._body)
        after = self._contents_at + 2 * ROOM_FOR_SIGNATURE + 2
        ranges = b"[0 %d %d %d]" % (self._contents_at, after, len(file) - after)
        file[self._ranges_at : self._ranges_at + len(ranges)] = ranges
        covered = hashlib.sha256(memoryview(file)[: self._contents_at])
        covered.update(memoryview(file)[after:])
        signature = signed_data(covered.digest(), sign=sign, certificates=certificates)
        if len(signature) > ROOM_FOR_SIGNATURE:
            raise CannotSign(f"a signature of {len(signature)} bytes finds no room")
        written = signature.hex().encode()
        file[self._contents_at + 1 : self._contents_at + 1 + len(written)] = written
        return bytes(file)

    def _end(self) -> int:
        return len(self._original.pdf) + len(self._body)

    def _add(self, number: int, content: bytes) -> None:
        self._offsets[number] = self._end()
        self._body += b"%d 0 obj\n%s\nendobj\n" % (number, content)

    def _add_signature(self, at: datetime) -> None:
        self._offsets[self._signature_number] = self._end()
        self._body += (
            b"%d 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(%s)"
            b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]"
            b"/ByteRange" % (self._signature_number, _pdf_date(at))
        )
        self._ranges_at = self._end()
        self._body += b" " * 48 + b"/Contents"
        self._contents_at = self._end()
        self._body += b"<" + b"0" * (2 * ROOM_FOR_SIGNATURE) + b">>>\nendobj\n"

    def _add_table(self) -> None:
        start = self._end()
        self._body += b"xref\n"
        for number in sorted(self._offsets):
            self._body += b"%d 1\n%010d 00000 n \n" % (number, self._offsets[number])
        self._body += (
            b"trailer\n<</Size %d/Root %d 0 R/Info %s/Prev %d/ID[%s<%s>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (
                self._original.size + 2,
                self._original.catalog_number,
                self._original.info,
                self._original.xref_at,
                self._original.first_id,
                hashlib.sha256(self._original.pdf).hexdigest()[:32].encode(),
                start,
            )
        )


def _pdf_date(at: datetime) -> bytes:
    if at.utcoffset() is None:
        raise CannotSign("the time of signing needs a time zone")
    offset = at.strftime("%z")
    return at.strftime(f"D:%Y%m%d%H%M%S{offset[:3]}'{offset[3:5]}'").encode()


def signed_data(digest: bytes, *, sign: Sign, certificates: tuple[x509.Certificate, ...]) -> bytes:
    """A detached SignedData (RFC 5652 §5) over a file whose SHA-256 is `digest`, in DER.

    `certificates`: the signer's first, then its issuers. There is no signing-time attribute: in a PDF the time
    stands in /M (EN 319 142-1 §6.3).
    """
    chain = [certificate.public_bytes(Encoding.DER) for certificate in certificates]
    attributes = _signed_attributes(digest, chain[0])
    # RFC 5652 §5.4: what is signed is the explicit SET, not the implicit tag under which it is written.
    signature = sign(write(SET, attributes))
    serial = certificates[0].serial_number
    issuer_and_serial = write(
        SEQUENCE,
        certificates[0].issuer.public_bytes(),
        write(INTEGER, serial.to_bytes(serial.bit_length() // 8 + 1, "big")),
    )
    signer = write(
        SEQUENCE,
        VERSION_1,
        issuer_and_serial,
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


def _signed_attributes(digest: bytes, certificate: bytes) -> bytes:
    """The signed attributes in the order of DER: content type, digest, and the certificate (RFC 5035)."""
    # SHA-256 is the default of the certificate's digest, and is not written.
    this_certificate = write(SEQUENCE, write(OCTETS, hashlib.sha256(certificate).digest()))
    attributes = (
        (CONTENT_TYPE, DATA),
        (MESSAGE_DIGEST, write(OCTETS, digest)),
        (SIGNING_CERTIFICATE_V2, write(SEQUENCE, write(SEQUENCE, this_certificate))),
    )
    return b"".join(sorted(write(SEQUENCE, kind, write(SET, value)) for kind, value in attributes))


def beside(signed: bytes, *, stamp: bytes | None = None, proof: bytes | None = None) -> bytes:
    """The SignedData with unsigned attributes (RFC 5652 §5.3): nothing that is signed changes.

    `stamp`: a TimeStampToken over the signature (RFC 3161 appendix A); `proof`: the tlog-proof of the file. `signed`
    is from `signed_data`, and zeros may follow it.
    """
    attributes = [(FILE_PROOF, write(OCTETS, proof))] if proof is not None else []
    attributes += [(SIGNATURE_TIME_STAMP, stamp)] if stamp is not None else []
    if not attributes:
        return signed
    written = set_of(*(write(SEQUENCE, kind, write(SET, value)) for kind, value in attributes))
    return _appended(signed, _PATH, write(IMPLICIT_1, written))


def signature_of(signed: bytes) -> bytes:
    """The signature in a SignedData from `signed_data`: its last part."""
    for part in _PATH:
        signed = _parts(signed)[part]
    return _content(_parts(signed)[-1])


def _appended(whole: bytes, path: tuple[int, ...], more: bytes) -> bytes:
    """The element `whole` with `more` at the end of its part at `path`, and every length adapted."""
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
    """Where the first element ends."""
    length = element[1]
    if length < 0x80:
        return 2 + length
    size = length & 0x7F
    return 2 + size + int.from_bytes(element[2 : 2 + size])

"""The signature of a PDF: certified, no changes allowed, in an update of a few objects appended to the file."""

import hashlib
import re
from datetime import datetime
from typing import Final

from cryptography import x509

from rukhsa.errors import RukhsaError
from rukhsa.issuance.cms import Sign, signed_data

# Bytes of CMS: a signature and its certificate (1 KiB), the proof of the file's place in the log (2.5), and the time
# stamp that comes later, which brings its authority's chain (8.5).
ROOM_FOR_SIGNATURE: Final = 12_288
PRINT_AND_LOCKED: Final = 132


class CannotSign(RukhsaError, ValueError):
    """The file is not of the shape that our composer writes, or the signature found no room in it."""

    code = "cannot-sign"


def sign_pdf(pdf: bytes, *, sign: Sign, certificates: tuple[x509.Certificate, ...], at: datetime) -> bytes:
    """Sign a composed file: PAdES B-B with room for the stamp that makes it B-T, certified P1 (ISO 32000-2 §12.8.2.2).

    The field shows nothing. `pdf` comes from `compose`: one cross-reference table, no object streams, a newline
    at its end; anything else raises `CannotSign`. `at` has a time zone. All the bytes of the result but the
    signature's own are covered.
    """
    original = _Original(pdf)
    update = _Update(original, at=at)
    return update.filled(sign=sign, certificates=certificates)


class _Original:
    """The parts of a composed file that an update must know."""

    def __init__(self, pdf: bytes) -> None:
        tail = re.search(rb"\nstartxref\n(\d+)\n%%EOF\n\Z", pdf[-64:])
        if tail is None:
            raise CannotSign("the file does not end as composed files do")
        self.pdf = pdf
        self.xref_at = int(tail[1])
        self.offsets = self._offsets()
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

    def _offsets(self) -> list[int]:
        head = re.compile(rb"xref\n0 (\d+)\n").match(self.pdf, self.xref_at)
        if head is None:
            raise CannotSign("the file has no plain cross-reference table")
        count = int(head[1])
        return [int(self.pdf[head.end() + 20 * n : head.end() + 20 * n + 10]) for n in range(count)]

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
    """The appended objects: signature, field, page and catalogue, and where the signature is to be filled in."""

    def __init__(self, original: _Original, *, at: datetime) -> None:
        if re.search(rb"/(AcroForm|Perms|Annots)\b", original.catalog + original.page):
            raise CannotSign("the file has a form, a permission or an annotation already")
        self._original = original
        self._signature_number = original.size
        self._field_number = original.size + 1
        self._body = bytearray()
        self._offsets: dict[int, int] = {}
        self._add(original.page_number, original.page + b"/Annots[%d 0 R]>>" % self._field_number)
        self._add(original.catalog_number, original.catalog + self._form())
        self._add(self._field_number, self._field())
        self._add_signature(at)
        self._add_table()

    def filled(self, *, sign: Sign, certificates: tuple[x509.Certificate, ...]) -> bytes:
        """The whole file, its ranges and its signature written into the room kept for them."""
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

    def _form(self) -> bytes:
        return b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>/Perms<</DocMDP %d 0 R>>>>" % (
            self._field_number,
            self._signature_number,
        )

    def _field(self) -> bytes:
        return (
            b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/TU(Seal)/Rect[0 0 0 0]/F %d/P %d 0 R/V %d 0 R>>"
            % (
                PRINT_AND_LOCKED,
                self._original.page_number,
                self._signature_number,
            )
        )

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

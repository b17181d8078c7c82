"""What the signature of a file covers: every byte but the hexadecimal string that holds the signature."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from rukhsa.trust import cbor
from rukhsa.trust.errors import BadPdf, TrustError

MAXIMUM_SIZE = 16 << 20

_BYTE_RANGE = re.compile(
    rb"/ByteRange\s*\[\s*0\s+([0-9]{1,10})\s+([0-9]{1,10})\s+([0-9]{1,10})\s*\]", re.ASCII
)
# A released file is set once and signed once: two tables of plain objects, and nothing packed into streams.
_END = re.compile(rb"startxref\s+[0-9]+\s+%%EOF")
_PACKED = re.compile(rb"/(?:ObjStm|XRefStm|XRef|Encrypt)(?![A-Za-z0-9])")
_HEX = re.compile(rb"<([0-9a-f]+)>")  # lower case only, so that each digit has one form


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """A file and its signature: the bytes before it, the place after it, what lies between.

    `before` is where the `<` stands, `after` the first byte behind the `>`.
    """

    data: bytes
    before: int
    after: int
    contents: bytes  # the signature and the zeros behind it

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of the covered bytes: the same before and after a time stamp is put in."""
        digest = hashlib.sha256(memoryview(self.data)[: self.before])
        digest.update(memoryview(self.data)[self.after :])
        return digest.digest()

    @property
    def ranges(self) -> list[int]:
        """As /ByteRange must say it."""
        return [0, self.before, self.after, len(self.data) - self.after]

    @property
    def leaf_entry(self) -> bytes:
        """The file's entry in the log."""
        return cbor.write(["file", self.digest])

    def filled(self, contents: bytes) -> bytes:
        """The file with another signature in the same room. Raises TrustError("no-room") where it is too long."""
        room = len(self.contents)
        if len(contents) > room:
            raise TrustError("no-room", f"{len(contents)} of {room} bytes")
        written = contents.ljust(room, b"\0").hex().encode()
        return self.data[: self.before + 1] + written + self.data[self.after - 1 :]


def read(data: bytes) -> Coverage:
    """The only signature, over every byte of the file but itself. Raises BadPdf."""
    if len(data) > MAXIMUM_SIZE or not data.startswith(b"%PDF-"):
        raise BadPdf("not-a-pdf")
    found = list(_BYTE_RANGE.finditer(data))
    if not found:
        raise BadPdf("not-a-pdf", "no signature")
    before, after, length = (int(number) for number in found[-1].groups())
    if not before < after or after + length != len(data):
        raise BadPdf("pdf-not-covered", "bytes before or behind the signed ones")
    gap = _HEX.fullmatch(data, before, after)
    if gap is None or len(gap[1]) % 2:
        raise BadPdf("pdf-not-covered", "the gap is not the signature and nothing else")
    if len(_END.findall(data)) != 2 or data.count(b"%%EOF") != 2 or _PACKED.search(data):
        raise BadPdf("pdf-revised", "not a file and one update that signs it")
    return Coverage(data=data, before=before, after=after, contents=bytes.fromhex(gap[1].decode()))

"""Marks: what shows that something handed in claims to be of this register (docs/formats/verdict.md, "Ours or not").

Only what bears a mark is called altered where it fails; everything else is not one of ours. A mark proves nothing
and makes nothing genuine: a forgery with a mark is called altered, one without any is called not one of ours.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from rukhsa.trust import digits, keys, specimen
from rukhsa.trust.errors import BadText
from rukhsa.trust.trustlist import TrustList

LONGEST_TEXT: Final = 8192  # characters of a text that are looked at; the largest QR holds 7,089 digits
MOST_STREAMS: Final = 512  # of a file, each inflated no further than this
LONGEST_STREAM: Final = 64 << 10
_PACKED: Final = 128 << 10  # bytes of a packed stream that are looked at
_MOST_SIGNATURES: Final = 64

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_CONTENTS = re.compile(rb"/Contents[\t\n\f\r ]*<([0-9A-Fa-f\t\n\f\r ]{128,})>")
_DIGITS = re.compile(r"[0-9]{34,}", re.ASCII)
# A document follows a # or, in a damaged link, stands in a long run of digits.
_DOCUMENT = re.compile(r"#|[0-9]{16}", re.ASCII)
_NAMED_HOST = re.compile(r"(?:^|:)[/\\]{2}([^/\\?#\s]+)|^([^/\\?#\s:]+)/#")
_PORT = re.compile(r":[0-9]*$", re.ASCII)
# Look-alikes: letters and signs that can be mistaken for one of a host name, by the one they imitate.
_LOOK_ALIKES: Final = {
    **{"a": "аα", "b": "вβ", "c": "сϲ", "d": "ԁ", "e": "еε", "g": "ց", "h": "һհ", "j": "ј", "k": "кκ"},
    **{"l": "i1|ӏіιı", "m": "м", "n": "ո", "o": "0оοօ", "p": "рρ", "q": "ԛ", "s": "ѕ", "t": "тτ"},
    **{"u": "υս", "v": "νѵ", "w": "ԝω", "x": "хχ", "y": "уү", ".": "。．｡"},
}
_PASSES_FOR = str.maketrans({each: one for one, alike in _LOOK_ALIKES.items() for each in alike})


@dataclass(frozen=True, kw_only=True)
class Marks:
    """The marks of a register, out of its trust list."""

    trust_list: TrustList

    def in_text(self, text: str) -> bool:
        """Whether the text of a code claims to be ours: by its address, or by the seal in its digits."""
        folded = _folded(text)
        if any(self.imitates(host) for host in _hosts(folded)):
            return True
        if _DOCUMENT.search(folded) and any(each.search(folded) for each in self._official):
            return True
        return any(self.in_bytes(_decoded(found[0])) for found in _DIGITS.finditer(folded))

    def imitates(self, host: str) -> bool:
        """Whether a host looks like an official one and is none of them."""
        official = self.trust_list.verifiers
        if any(host == each or host.endswith(f".{each}") for each in official):
            return False
        shown = _shown(host)
        return any(
            _bare(shown) == _bare(each) or _apart(each) in _apart(shown) for each in map(_shown, official)
        )

    def imitated_in(self, text: str) -> str | None:
        """The host in a text that looks like an official one."""
        return next((host for host in _hosts(_folded(text)) if self.imitates(host)), None)

    def in_bytes(self, data: bytes) -> bool:
        """Whether bytes that may be a seal name one of our keys, or a status list of ours."""
        return any(mark in data for mark in (*self._kids, *self._places))

    def in_file(self, data: bytes) -> bool:
        """Whether a file claims to be ours: the place of our status lists or a link to a document of ours stands
        in it, also packed, or a key of ours in one of its signatures."""
        if self._is_named_in(data):
            return True
        if any(mark in each for each in _signatures(data) for mark in (*self._points, *self._places)):
            return True
        return any(self.in_bytes(each) or self._is_named_in(each) for each in _inflated(data))

    def _is_named_in(self, data: bytes) -> bool:
        return any(mark in data for mark in self._places) or any(each.search(data) for each in self._links)

    @cached_property
    def _kids(self) -> tuple[bytes, ...]:
        listed = (key.public.kid for authority in self.trust_list.authorities for key in authority.keys)
        return (specimen.public_key().kid, *listed)

    @cached_property
    def _places(self) -> tuple[bytes, ...]:
        return tuple(
            place.encode() for authority in self.trust_list.authorities for place in authority.status
        )

    @cached_property
    def _points(self) -> tuple[bytes, ...]:
        """The keys that sign files, as they stand in a certificate."""
        listed = (key.public.jwk for known in self.trust_list.pdf_keys.values() for _, key in known)
        return tuple(keys.from_base64url(jwk["x"]) + keys.from_base64url(jwk.get("y", "")) for jwk in listed)

    @cached_property
    def _links(self) -> tuple[re.Pattern[bytes], ...]:
        return tuple(
            re.compile(re.escape(f"https://{host}/#".encode()) + rb"[0-9]{16}")
            for host in self.trust_list.verifiers
        )

    @cached_property
    def _official(self) -> tuple[re.Pattern[str], ...]:
        return tuple(
            re.compile(rf"(?<![a-z0-9.-]){re.escape(host)}(?![a-z0-9-]|\.[a-z0-9])", re.ASCII)
            for host in self.trust_list.verifiers
        )


def _folded(text: str) -> str:
    """The text as a browser or a hurried person reads it: normalised, without escapes and spaces, in lower case."""
    plain = unicodedata.normalize("NFKC", unquote(text[:LONGEST_TEXT], errors="replace"))
    return "".join(
        each for each in plain.lower() if not each.isspace() and unicodedata.category(each) != "Cf"
    )


def _hosts(folded: str) -> Iterator[str]:
    """The host that an address names, without a name before it and a port behind it."""
    for found in _NAMED_HOST.finditer(folded):
        host = (found[1] or found[2]).rpartition("@")[2]
        yield _PORT.sub("", host).rstrip(".")


def _shown(host: str) -> str:
    """The host as it looks: its own script written out, accents dropped, look-alikes as what they pass for."""
    written = ".".join(_written_out(label) for label in host.split("."))
    bare = "".join(each for each in unicodedata.normalize("NFD", written) if not unicodedata.combining(each))
    return bare.translate(_PASSES_FOR).replace("rn", "m").replace("vv", "w")


def _written_out(label: str) -> str:
    """A label of another script out of its ASCII form (RFC 3492)."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode").lower()
    except (UnicodeError, ValueError):
        return label


def _bare(shown: str) -> str:
    """The letters alone."""
    return re.sub("[._-]", "", shown)


def _apart(shown: str) -> str:
    """The labels between bounds, with any separator."""
    return "-" + re.sub("[._-]", "-", shown) + "-"


def _decoded(run: str) -> bytes:
    """The bytes that digits encode, group by group; a group that encodes none is left out."""
    parts = []
    for at in range(0, len(run), 17):
        try:
            parts.append(digits.decode(run[at : at + 17]))
        except BadText:
            continue
    return b"".join(parts)


def _signatures(data: bytes) -> Iterator[bytes]:
    """The contents of the signatures in a file, as far as they are hexadecimal."""
    for count, found in enumerate(_CONTENTS.finditer(data)):
        if count == _MOST_SIGNATURES:
            return
        written = b"".join(found[1].split())
        yield bytes.fromhex(written[: len(written) & ~1].decode())


def _inflated(data: bytes) -> Iterator[bytes]:
    """The beginnings of the packed streams in a file; of one that is broken, nothing."""
    for count, found in enumerate(_STREAM.finditer(data)):
        if count == MOST_STREAMS:
            return
        packed = data[found.end() : found.end() + _PACKED]
        try:
            yield zlib.decompressobj().decompress(packed, LONGEST_STREAM)
        except zlib.error:
            continue

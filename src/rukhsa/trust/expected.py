"""Entries that must be in a log, since someone was given evidence of them: seals, released files, hashes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rukhsa.trust import cbor, merkle, qr, seal, tiles, tlogproof
from rukhsa.trust.errors import BadLog, TrustError
from rukhsa.trust.reading import KINDS
from rukhsa.trust.seal import FIRST_BYTE
from rukhsa.trust.tiles import WIDTH, Read, State
from rukhsa.trust.trustlist import TrustList

_HASH = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """An entry to be found: by one of these leaf hashes, in the log of `origin` (any where it is empty).

    `index` is where it says that it stands; `name` is what to call it in an alarm.
    """

    name: str
    leaves: tuple[bytes, ...]
    origin: str = ""
    index: int | None = None

    @property
    def key(self) -> str:
        """The key under which it is stored."""
        return self.leaves[0].hex()


def load(paths: list[Path], trust_list: TrustList) -> list[Expected]:
    """The entries that files and folders name. Raises TrustError, OSError.

    Each file is a released file, a seal (.cwt), or a text. A line of a text is the text of a QR, or in hexadecimal the
    SHA-256 of a file's covered bytes, of a seal or of a status list.
    """
    return [found for path in paths for file in _files(path) for found in _of_file(file, trust_list)]


def find(wanted: Expected, read: Read, state: State, *, start: int) -> int | None:
    """Its index in the log at `state`: the one it names, or any from `start` on; None if it is not in the log."""
    if wanted.index is not None and wanted.index < state.size:
        return _within(wanted, read, state, wanted.index // WIDTH)
    for number in range(start // WIDTH, -(-state.size // WIDTH)):
        index = _within(wanted, read, state, number)
        if index is not None:
            return index
    return None


def _within(wanted: Expected, read: Read, state: State, number: int) -> int | None:
    hashes = tiles.hashes_in(tiles.read_tile(read, 0, number, state.size))
    for place, leaf in enumerate(hashes):
        if leaf in wanted.leaves:
            index = number * WIDTH + place
            try:
                proof = tiles.inclusion_proof(read, index, state.size)
                merkle.verify_inclusion(leaf, index, state.size, proof, state.root)
            except BadLog:
                return None
            return index
    return None


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(each for each in path.rglob("*") if each.suffix in (".pdf", ".cwt", ".txt"))
    else:
        yield path


def _of_file(path: Path, trust_list: TrustList) -> Iterator[Expected]:
    data = path.read_bytes()
    if data.startswith(b"%PDF"):
        yield from _of_pdf(path.name, data, trust_list)
    elif data[:1] == bytes((FIRST_BYTE,)):
        yield _of_seal(path.name, data, trust_list)
    else:
        for line in data.decode("utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield _of_line(line.strip(), trust_list)


def _of_pdf(name: str, data: bytes, trust_list: TrustList) -> Iterator[Expected]:
    from rukhsa.trust import pdf  # slow to import, and not needed for a seal

    released = pdf.read(data, trust_list)
    sealed = _of_seal(f"{name}: its seal", released.seal_bytes, trust_list)
    yield sealed
    index = tlogproof.read(released.file_proof).index if released.file_proof else None
    leaf = merkle.leaf_hash(released.leaf_entry)
    yield Expected(name=name, leaves=(leaf,), origin=sealed.origin, index=index)


def _of_seal(name: str, data: bytes, trust_list: TrustList) -> Expected:
    read = seal.read(data)
    known = trust_list.seal_keys.get(read.kid)
    if not known:
        raise TrustError("unknown-key", f"{name} is of no key in the trust list")
    leaf = merkle.leaf_hash(seal.leaf_entry(read))
    return Expected(name=name, leaves=(leaf,), origin=known[0][0].log_origin, index=read.log_index)


def _of_line(line: str, trust_list: TrustList) -> Expected:
    if line.startswith("https://"):
        return _of_seal(f"{line[:40]}…", qr.read_qr_text(line).seal_bytes, trust_list)
    if not _HASH.fullmatch(line):
        raise TrustError("bad-expectation", f"{line[:80]!r} is neither a QR's text nor a SHA-256")
    entries = [cbor.write([kind, bytes.fromhex(line)]) for kind in KINDS]
    return Expected(name=line.lower(), leaves=tuple(map(merkle.leaf_hash, entries)))

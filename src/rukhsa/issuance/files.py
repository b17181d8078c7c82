"""The file as it is handed out: the bytes that were signed, and beside the signature what came after it."""

from rukhsa.applications import blobs
from rukhsa.issuance import evidence
from rukhsa.issuance.cms import beside
from rukhsa.issuance.models import Instrument
from rukhsa.trust import coverage


def handed_out(instrument: Instrument) -> bytes:
    """The released file with the proof of its place in the log. Raises blobs.Corrupt, FileNotFoundError."""
    place = evidence.place_of(instrument.intent, "file")
    assert place is not None, "an instrument is released when its file stands in the log"
    return completed(blobs.fetch(instrument.file_digest), proof=evidence.proof_of(place))


def completed(signed: bytes, *, proof: str) -> bytes:
    """A signed file with these put beside its signature: nothing that the signature covers changes."""
    covered = coverage.read(signed)
    return covered.filled(beside(covered.contents, proof=proof.encode()))

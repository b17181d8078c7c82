"""The file as it is handed out: the bytes that were signed, and beside the signature what came after it."""

from rukhsa.applications import blobs
from rukhsa.issuance import evidence
from rukhsa.issuance.cms import beside
from rukhsa.issuance.models import Instrument, TimeStamp
from rukhsa.trust import coverage
from rukhsa.trust.coverage import Coverage


def handed_out(instrument: Instrument) -> bytes:
    """The released file with the proof of its place in the log and, where it has one, its time stamp.

    Raises blobs.Corrupt, FileNotFoundError.
    """
    place = evidence.place_of(instrument.intent, "file")
    assert place is not None, "an instrument is released when its file stands in the log"
    stamp = TimeStamp.objects.filter(file__intent=instrument.intent_id).first()
    return completed(
        coverage.read(blobs.fetch(instrument.file_digest)),
        proof=evidence.proof_of(place),
        stamp=bytes(stamp.token) if stamp else None,
    )


def completed(signed: Coverage, *, proof: str, stamp: bytes | None = None) -> bytes:
    """A signed file with these put beside its signature: nothing that the signature covers changes."""
    return signed.filled(beside(signed.contents, proof=proof.encode(), stamp=stamp))

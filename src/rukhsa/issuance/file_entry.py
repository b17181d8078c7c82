"""Published files in the log by their digests: what was published is public, and can be proved later."""

from datetime import datetime
from typing import Final

from django.db import transaction

from rukhsa.authorities.models import Authority
from rukhsa.issuance import sequencer, site
from rukhsa.issuance.log import LogPlace, proof_of
from rukhsa.trust import page_copy, tlog
from rukhsa.trust.tiles import held

RELEASE: Final = page_copy.KIND  # of the verifier's page
MANIFEST: Final = page_copy.MANIFEST
PROOF: Final = page_copy.PROOF


def enter_release(manifest: bytes, *, at: datetime) -> str:
    """Enter a release of the verifier's page by its manifest, and publish both with the proof, which is returned."""
    files = site.files()
    if held(files, MANIFEST) == manifest and (known := held(files, PROOF)):
        return known.decode()
    proof = prove(RELEASE, manifest, at=at)
    files.write(PROOF, proof.encode())
    files.write(MANIFEST, manifest)
    return proof


def prove(kind: str, content: bytes, *, at: datetime) -> str:
    """Enter a file by its digest, once, and give the proof that the log has it (C2SP tlog-proof).

    It stands in the log of the territory's first authority: the checkpoint of the proof, signed by that log's key and
    cosigned by its witnesses, is the signature of the file.
    """
    authority, entry = Authority.objects.order_by("ordinal")[0], tlog.entry(kind, content)
    # Entries without an intent are few: lists and files, found by the index on intent and kind.
    known = LogPlace.objects.filter(
        leaf__intent=None, leaf__kind=kind, leaf__entry=entry, authority=authority
    ).select_related("leaf", "checkpoint")
    place = known.first()
    if place is None:
        with transaction.atomic():
            sequencer.add(authority, kind=kind, entry=entry, at=at)
        sequencer.integrate(authority, at=at)
        place = known.get()
    return proof_of(place)

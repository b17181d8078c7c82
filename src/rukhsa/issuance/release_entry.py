"""The release of the verifier's page in the log: what was published as the page is public, and can be proved later."""

from datetime import datetime

from django.db import transaction

from rukhsa.authorities.models import Authority
from rukhsa.issuance import sequencer, site
from rukhsa.issuance.log import LogPlace, proof_of
from rukhsa.trust import tlog
from rukhsa.trust.page_copy import KIND, MANIFEST, PROOF
from rukhsa.trust.tiles import held


def enter(manifest: bytes, *, at: datetime) -> str:
    """Enter a release by its manifest, once, and publish both with the proof, which is returned (C2SP tlog-proof).

    It stands in the log of the territory's first authority: the checkpoint of the proof, signed by that log's key and
    cosigned by its witnesses, is the signature of the release.
    """
    files = site.files()
    if held(files, MANIFEST) == manifest and (known := held(files, PROOF)):
        return known.decode()
    authority = Authority.objects.order_by("ordinal")[0]
    proof = proof_of(_placed(authority, manifest, at))
    files.write(PROOF, proof.encode())
    files.write(MANIFEST, manifest)
    return proof


def _placed(authority: Authority, manifest: bytes, at: datetime) -> LogPlace:
    # Entries without an intent are few: lists and releases, found by the index on intent and kind.
    known = LogPlace.objects.filter(
        leaf__intent=None, leaf__kind=KIND, leaf__entry=tlog.entry(KIND, manifest), authority=authority
    ).select_related("leaf", "checkpoint")
    if found := known.first():
        return found
    with transaction.atomic():
        sequencer.add(authority, kind=KIND, entry=tlog.entry(KIND, manifest), at=at)
    sequencer.integrate(authority, at=at)
    return known.get()

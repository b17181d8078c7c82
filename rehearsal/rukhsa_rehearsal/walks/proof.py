"""Proves the walks: every instrument verifies with the public files alone, and the books balance."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Sum

from rukhsa.issuance import publishing, site
from rukhsa.issuance.log import seal_bytes_of
from rukhsa.payments.ledger import trial_balance
from rukhsa.payments.models import Account, Entry, Receipt
from rukhsa.trust.verifier import Verifier
from rukhsa_rehearsal.walks.playing import Tell, silent
from rukhsa_rehearsal.walks.walk import End, Walk, WalkFailed

GENUINE = ("valid", "not-yet-valid", "expired", "superseded")


class Unbalanced(Exception):
    """The books of the walks do not add up."""

    code = "walks-unbalanced"


def prove(walks: Sequence[Walk], *, at: datetime, tell: Tell = silent) -> None:
    """Raise WalkFailed if a walk has not ended or its instrument does not verify, Unbalanced if the books do not."""
    publishing.everything(at=at)  # as the periodic task does
    verifier = _stranger()
    for done, walk in enumerate(walks, 1):
        if walk.end is None:
            raise WalkFailed(walk, "it did not end")
        if (walk.end is End.ISSUED) != (walk.instrument is not None):
            raise WalkFailed(walk, f"it ended as {walk.end}, and its instrument is {walk.instrument}")
        if walk.instrument:
            verdict = verifier.verify_seal(seal_bytes_of(walk.instrument.intent) or b"", at=at)
            if verdict.word not in GENUINE:
                raise WalkFailed(
                    walk, f"its instrument reads {verdict.word}: {verdict.reason} {verdict.detail}"
                )
        tell("proved", done, len(walks))
    _balance()


def _stranger() -> Verifier:
    """The verifier of a stranger, who has the root's key and fetches the rest."""
    listed = site.trust_list()
    assert listed is not None, "the world of a walk publishes a trust list"
    return Verifier(trust_list=listed, status=site.source(), log=site.source())


def _balance() -> None:
    if wrong := {currency: sum_ for currency, sum_ in trial_balance().items() if sum_}:
        raise Unbalanced(str(wrong))
    taken = (
        Entry.objects.filter(account=Account.CLEARING, amount__gt=0).aggregate(sum=Sum("amount"))["sum"] or 0
    )
    proved = Receipt.objects.aggregate(sum=Sum("amount"))["sum"] or 0
    if taken != proved:
        raise Unbalanced(f"{taken} was taken, and receipts say {proved}")

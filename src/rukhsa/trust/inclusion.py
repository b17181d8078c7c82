"""Duty 4 of the verdict: whether a seal stands in its authority's log, and whether witnesses have seen it there."""

from dataclasses import dataclass

from rukhsa.trust import cosignature, seal, tlogproof
from rukhsa.trust.case import CLOCK_SKEW, Case, Failed
from rukhsa.trust.errors import BadLog, Unavailable
from rukhsa.trust.evidence import Logs, LogView, read_proving_checkpoint

WITNESSED_WITHIN = 86_400  # seconds after its issue in which a document may still wait for the witnesses
_REASONS = {"log-rolled-back": "log-rolled-back", "log-forked": "log-forked"}  # all others: bad-log


@dataclass(kw_only=True)
class Inclusion:
    """Finds seals in the logs, by the proof that came along or by the tiles."""

    logs: Logs

    def check(self, case: Case, index: int) -> None:
        """The seal stands at `index`; `case.witnessed` says whether a quorum saw it, where one is wanted."""
        entry = seal.leaf_entry(case.read_seal)
        if case.proof is None:
            self._by_tiles(case, entry, index)
        else:
            self.proved(case, case.proof, entry, index=index)

    def proved(self, case: Case, text: str, entry: bytes, *, index: int | None = None) -> int:
        """Where an entry stands in the issuer's log, by a proof that came along; `index` is where it should."""
        try:
            proof = tlogproof.read(text)
            state = read_proving_checkpoint(proof.note, case.issuer)
            proof.check(entry, state)
            witnessed = _has_quorum(proof.note, case)
            if index not in (None, proof.index):
                raise BadLog("bad-proof", "the seal and its proof name different places")
        except BadLog as error:
            if error.code in ("log-key-compromised", "log-ended"):
                # What a lost key signed, or a log beyond its end, proves nothing, for or against: the log is asked.
                place = proof.index if index is None else index
                self._by_tiles(case, entry, place)
                return place
            raise Failed("altered", "bad-proof", str(error)) from error
        if witnessed is False:
            self._compare(case, entry, proof.index)
        else:
            _record(case, witnessed)
        case.log_size = state.size
        return proof.index

    def _compare(self, case: Case, entry: bytes, index: int) -> None:
        """The proof has too few witnesses: the published log, where it can be had and is as new, must agree."""
        try:
            self._by_tiles(case, entry, index)
        except Failed as failed:
            _record(case, False)
            if failed.reason not in ("log-unavailable", "log-behind"):
                raise

    def _by_tiles(self, case: Case, entry: bytes, index: int) -> None:
        try:
            view = self.logs.view(case.issuer)
            case.log_size = view.state.size
            if index < view.state.size and view.holds(entry, index):
                return _ask_witnesses(case, index, view)
        except Unavailable as error:
            raise Failed("cannot-tell", "log-unavailable", str(error)) from error
        except BadLog as error:
            raise Failed("cannot-tell", _REASONS.get(error.code, "bad-log"), str(error)) from error
        # A copy of the log may be a little older than a document issued just now: that is no forgery.
        newest = view.state.at.timestamp() - CLOCK_SKEW
        if index >= view.state.size and newest < case.read_seal.claims.issued_at:
            raise Failed("cannot-tell", "log-behind", f"{index} of {view.state.size}")
        raise Failed("not-registered", "not-in-log", f"{index} of {view.state.size}")


def _has_quorum(note: str, case: Case) -> bool | None:
    if not case.issuer.quorum:
        return None
    return len(cosignature.verify(note, case.issuer.witnesses)) >= case.issuer.quorum


def _ask_witnesses(case: Case, index: int, view: LogView) -> None:
    if not case.issuer.quorum:
        return
    size = view.witnessed_size(case.issuer)
    _record(case, index < size)
    if index >= size and case.read_seal.claims.issued_at + WITNESSED_WITHIN <= case.seconds:
        raise Failed("cannot-tell", "not-witnessed", f"{index} is not below {size}")


def _record(case: Case, witnessed: bool | None) -> None:
    """A file has two entries, its seal's and its own: it is witnessed where both are."""
    case.witnessed = witnessed if case.witnessed is None else case.witnessed and bool(witnessed)

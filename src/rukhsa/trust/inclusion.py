"""Duty 4 of the verdict: whether a seal stands in its authority's log, and whether witnesses have seen it there."""

from dataclasses import dataclass

from rukhsa.trust import cosignature, seal, tlogproof
from rukhsa.trust.case import CLOCK_SKEW, Case, Failed
from rukhsa.trust.errors import BadLog, Unavailable
from rukhsa.trust.evidence import Logs, LogView, read_checkpoint

WITNESSED_WITHIN = 86_400  # seconds after its issue in which a document may still wait for the witnesses
_REASONS = {"log-rolled-back": "log-rolled-back", "log-forked": "log-forked"}  # all others: bad-log


@dataclass(kw_only=True)
class Inclusion:
    """Finds seals in the logs, by the proof that came along or by the tiles."""

    logs: Logs

    def check(self, case: Case, index: int) -> None:
        """The seal stands at `index`; `case.witnessed` says whether a quorum saw it, where one is wanted."""
        if case.proof is None:
            return self._by_tiles(case, index)
        self._by_proof(case, case.proof, index)
        if case.witnessed is False:
            self._compare(case, index)

    def _by_proof(self, case: Case, text: str, index: int) -> None:
        try:
            proof = tlogproof.read(text)
            state = read_checkpoint(proof.note, case.issuer)
            proof.check(seal.leaf_entry(case.read_seal), state)
            if case.issuer.quorum:
                cosigned = cosignature.verify(proof.note, case.issuer.witnesses)
                case.witnessed = len(cosigned) >= case.issuer.quorum
        except BadLog as error:
            raise Failed("altered", "bad-proof", str(error)) from error
        if proof.index != index:
            raise Failed("altered", "bad-proof", "the seal and its proof name different places")
        case.log_size = state.size

    def _compare(self, case: Case, index: int) -> None:
        """The proof has too few witnesses: the published log, where it can be had and is as new, must agree."""
        size = case.log_size
        try:
            self._by_tiles(case, index)
        except Failed as failed:
            if failed.reason not in ("log-unavailable", "log-behind"):
                raise
            case.log_size = size

    def _by_tiles(self, case: Case, index: int) -> None:
        try:
            view = self.logs.view(case.issuer)
            case.log_size = view.state.size
            if index < view.state.size and view.holds(seal.leaf_entry(case.read_seal), index):
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


def _ask_witnesses(case: Case, index: int, view: LogView) -> None:
    if not case.issuer.quorum:
        return
    size = view.witnessed_size(case.issuer)
    case.witnessed = index < size
    if not case.witnessed and case.read_seal.claims.issued_at + WITNESSED_WITHIN <= case.seconds:
        raise Failed("cannot-tell", "not-witnessed", f"{index} is not below {size}")

"""The states of an attempt, as one table: what becomes of it when a gateway says something."""

from rukhsa.payments.gateways.port import Fate
from rukhsa.payments.models import Attempt

State = Attempt.State

_ENDS = {
    Fate.CAPTURED: State.CAPTURED,
    Fate.FAILED: State.FAILED,
    Fate.CANCELLED: State.CANCELLED,
    Fate.VOIDED: State.VOIDED,
    Fate.DENIED: State.DENIED,
    Fate.EXPIRED: State.EXPIRED,
    Fate.DOUBTFUL: State.NEEDS_REVIEW,
}

TRANSITIONS: dict[tuple[State, Fate], State] = {
    **{(state, fate): end for state in (State.INITIATED, State.REDIRECTED) for fate, end in _ENDS.items()},
    **{(State.NEEDS_REVIEW, fate): end for fate, end in _ENDS.items()},
    **{(state, Fate.CAPTURED): State.CAPTURED for state in Attempt.UNPAID},
    **{(state, Fate.DOUBTFUL): State.NEEDS_REVIEW for state in Attempt.UNPAID},
    **{(state, Fate.VOIDED): State.VOIDED for state in Attempt.UNPAID},
    # Taken back and yet paid: somebody must look.
    (State.VOIDED, Fate.CAPTURED): State.NEEDS_REVIEW,
}


def after(state: str, fate: Fate) -> State:
    """The state after a gateway's word. What is not in the table changes nothing: captured never falls."""
    return TRANSITIONS.get((State(state), fate), State(state))

"""A violation that waits for a second person, and one that was confirmed, for the matrices of the desk; and one that
two people withdraw."""

from datetime import datetime

from rukhsa.accounts.permissions import Role
from rukhsa.authorities.actor import Actor
from rukhsa.issuance.models import Instrument
from rukhsa.violations.violation import Seen, Violation, confirm_violation, record_violation
from rukhsa.violations.withdrawal import Withdrawal, approve_withdrawal, propose_withdrawal
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY


def violation_of(
    instrument: Instrument, authority: str, digest: str, *, by: Actor
) -> dict[str, list[object]]:
    """The arguments of the address of each route that is about it; the act is that it was mended."""
    seen = Seen(kind="waste", place="317", text="Rubble.", at=SUNDAY, photos=[digest])
    made = record_violation(seen, authority=authority, instrument=instrument, actor=by, at=SUNDAY)
    confirmed = record_violation(seen, authority=authority, instrument=None, actor=by, at=SUNDAY)
    supervisor = works.staff(
        f"confirms-{authority}@town.example", "مريم", "Mariam", Role.SUPERVISOR, at=confirmed.authority
    )
    confirm_violation(confirmed, actor=works.act_as(supervisor), at=SUNDAY)
    withdrawal = propose_withdrawal(confirmed, "Another place.", actor=by, at=SUNDAY)
    return {
        "violation": [made.pk],
        "violation-notice": [confirmed.pk],
        "act-on-violation": [made.pk, "mend"],
        "violation-photo": [made.pk, digest],
        "withdraw-violation": [made.pk],
        "act-on-withdrawal": [withdrawal.pk, "approve"],
    }


def withdraw(violation: Violation, reason: str, *, by: Actor, second: Actor, at: datetime) -> Withdrawal:
    """One person proposes to withdraw it, and a second one approves."""
    return approve_withdrawal(propose_withdrawal(violation, reason, actor=by, at=at), actor=second, at=at)

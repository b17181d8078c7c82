"""What the page of an agreement offers: to approve what another proposed, to refuse it, or to take back one's own."""

from rukhsa.accounts.models import Person
from rukhsa.authorities.actor import Actor


def offered(*, proposer: Person | None, waits: bool, may_decide: bool, actor: Actor) -> dict[str, bool]:
    """Words for the templates `desk/approve.html` and `desk/refuse.html`; `may_decide`: the actor holds the permission
    to approve at the authority of what is proposed."""
    is_mine = proposer == actor.person
    return {
        "is_mine": is_mine,
        "may_approve": waits and may_decide and not is_mine,
        "may_refuse": waits and (may_decide or is_mine),
    }

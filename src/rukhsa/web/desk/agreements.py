"""What the page of an agreement offers: to approve what another proposed, to refuse it, or to take back one's own."""

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor


def offered(*, proposer: Person | None, waits: bool, permission: Permission, actor: Actor) -> dict[str, bool]:
    """Words for the templates `desk/approve.html` and `desk/refuse.html`; the permission is that of approving."""
    is_mine = proposer == actor.person
    may_decide = permission in actor.permissions
    return {
        "is_mine": is_mine,
        "may_approve": waits and may_decide and not is_mine,
        "may_refuse": waits and (may_decide or is_mine),
    }

"""Sharing a payment: the applicant makes a link by which another person pays, and takes it back."""

from datetime import datetime, timedelta

from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.payments.errors import AlreadySettled, LinkClosed
from rukhsa.payments.link import PaymentLink
from rukhsa.payments.models import Charge

# Assumed: no source says for how long.
LASTS = timedelta(days=7)


@transaction.atomic
def share(charge: Charge, *, actor: Actor, at: datetime) -> PaymentLink:
    """The link to the payment of a charge that the actor reached; one is open at a time. Raises AlreadySettled."""
    actor.require(Permission.APPLY, at=charge.application.owner)
    Charge.objects.select_for_update(of=("self",)).get(pk=charge.pk)
    if charge.is_settled:
        raise AlreadySettled(str(charge.pk))
    present = link_of(charge, at=at)
    if present:
        return present
    # One that expired makes room for the next.
    PaymentLink.objects.filter(charge=charge, revoked_at=None).update(revoked_at=at)
    link = PaymentLink.objects.create(
        charge=charge, made_by=actor.person, made_at=at, expires_at=min(at + LASTS, charge.expires_at)
    )
    journal.record("share-payment", link, actor=actor, at=at)
    return link


@transaction.atomic
def revoke(charge: Charge, *, actor: Actor, at: datetime) -> None:
    """Take the link of a charge back; nothing happens where there is none. An attempt that it began goes on."""
    actor.require(Permission.APPLY, at=charge.application.owner)
    for link in PaymentLink.objects.select_for_update().filter(charge=charge, revoked_at=None):
        link.revoked_at = at
        link.save(update_fields=["revoked_at"])
        journal.record("revoke-payment-link", link, actor=actor, at=at)


def link_of(charge: Charge, *, at: datetime) -> PaymentLink | None:
    """The link by which a charge can be paid now."""
    return PaymentLink.objects.filter(charge=charge, revoked_at=None, expires_at__gt=at).first()


def require_open(link: PaymentLink, *, at: datetime) -> None:
    """Raise LinkClosed unless the link still opens, for a charge that still stands."""
    newest = Charge.objects.newest(link.charge.application, link.charge.due)
    if not link.is_open(at) or newest != link.charge:
        raise LinkClosed(str(link.pk))

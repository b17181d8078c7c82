"""Payment links: an address at which another person pays one charge, without seeing whose charge it is."""

import uuid
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.payments.charge import AlreadySettled, Charge
from rukhsa.payments.errors import PaymentsError

# Assumed: no source says for how long.
LASTS = timedelta(days=7)


class LinkClosed(PaymentsError):
    """The payment link was revoked, or has expired."""

    code = "link-closed"


class PaymentLink(models.Model):
    """Lets another person pay one charge, until it expires or is revoked.

    Its id is its secret: 122 random bits. The page behind it shows the amount and the service.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="links")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charge"], condition=Q(revoked_at=None), name="one_link_of_a_charge"
            )
        ]

    def is_open(self, at: datetime) -> bool:
        """Whether the charge can still be paid by it."""
        return self.revoked_at is None and at < self.expires_at


@transaction.atomic
def share(charge: Charge, *, actor: Actor, at: datetime) -> PaymentLink:
    """Make the link by which another person pays a charge; one is open at a time. Raises AlreadySettled."""
    actor.require(Permission.APPLY, at=charge.application.part)
    Charge.objects.select_for_update(of=("self",)).get(pk=charge.pk)
    if charge.is_settled:
        raise AlreadySettled(str(charge.pk))
    present = link_of(charge, at=at)
    if present:
        return present
    # An expired link makes room for the next.
    PaymentLink.objects.filter(charge=charge, revoked_at=None).update(revoked_at=at)
    link = PaymentLink.objects.create(
        charge=charge, made_by=actor.person, made_at=at, expires_at=min(at + LASTS, charge.expires_at)
    )
    journal.record("share-payment", link, actor=actor, at=at)
    return link


@transaction.atomic
def revoke_link(charge: Charge, *, actor: Actor, at: datetime) -> None:
    """Revoke the link of a charge, where it has one. An attempt that was begun by it goes on."""
    actor.require(Permission.APPLY, at=charge.application.part)
    for link in PaymentLink.objects.select_for_update().filter(charge=charge, revoked_at=None):
        link.revoked_at = at
        link.save(update_fields=["revoked_at"])
        journal.record("revoke-payment-link", link, actor=actor, at=at)


def link_of(charge: Charge, *, at: datetime) -> PaymentLink | None:
    """The link by which a charge can be paid now."""
    return PaymentLink.objects.filter(charge=charge, revoked_at=None, expires_at__gt=at).first()


def require_link_open(link: PaymentLink, *, at: datetime) -> None:
    """Raise LinkClosed unless the link is open, and its charge has not been replaced."""
    if not link.is_open(at) or link.charge.is_replaced:
        raise LinkClosed(str(link.pk))

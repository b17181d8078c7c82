"""Deposits that are held now, as a list that shrinks when they go; and the accounts that applicants gave for them."""

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Scoped, ScopedQuerySet


class HeldDeposit(Scoped):
    """A deposit of which something is held: a list drawn from the movements, whose rows go away with the money."""

    line = models.OneToOneField(
        "payments.ChargeLine", models.PROTECT, primary_key=True, related_name="held_row"
    )
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    # Since when it could go back, and nobody has asked for it or said where to.
    unclaimed_since = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    # Where it goes once somebody has decided on the part that is asked for: it was freed meanwhile.
    freed_iban = models.CharField(max_length=34, blank=True)

    objects = ScopedQuerySet["HeldDeposit"].as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["authority", "unclaimed_since"],
                condition=Q(unclaimed_since__isnull=False),
                name="deposits_unclaimed",
            )
        ]


class DepositAccount(models.Model):
    """The account to which an applicant wants deposits of an application to go back; the newest counts."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="deposit_accounts")
    iban = models.CharField(max_length=34)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

"""What happened to a deposit: held, forfeited in part by two people, or released."""

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.payments.forfeiture import Forfeiture


class DepositMovement(Scoped):
    """Something that happened to a deposit: held, forfeited in part, or released."""

    class Kind(models.TextChoices):
        HELD = "held"
        FORFEITED = "forfeited"
        RELEASED = "released"

    line = models.ForeignKey("payments.ChargeLine", models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=400, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    photos = models.JSONField(default=list)  # digests, of what was forfeited
    forfeiture = models.OneToOneField(Forfeiture, models.PROTECT, null=True, related_name="movement")
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    authority_path = "line__charge__application__authority"
    objects = ScopedQuerySet["DepositMovement"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(kind="held"), name="a_deposit_is_held_once"),
            models.CheckConstraint(
                condition=~Q(kind="forfeited") | ~Q(reason=""), name="forfeited_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(kind="forfeited") | Q(forfeiture__isnull=False), name="forfeited_by_two"
            ),
            models.CheckConstraint(condition=~Q(kind="released") | ~Q(iban=""), name="released_to_an_iban"),
        ]

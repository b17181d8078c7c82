"""Attempts: each try to pay a charge at a gateway, and the states it passes through."""

import uuid

from django.db import models
from django.db.models import F, Q

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.payments.amount import Amount
from rukhsa.payments.charge import Charge
from rukhsa.payments.gateways.port import Fate, GatewayError, GatewayReport
from rukhsa.values.money import Money


class OutcomeUnknown(GatewayError):
    """An attempt is under way and its gateway does not say how it ended; nothing new begins."""

    code = "outcome-unknown"


class AttemptQuerySet(ScopedQuerySet["Attempt"]):
    """Which attempts are still under way, or in doubt."""

    def at_gateways(self) -> "AttemptQuerySet":
        """Those that face a gateway: each single one, and the lead of each joint payment."""
        return self.filter(carried_by=None)

    def of_payment(self, attempt: "Attempt") -> "AttemptQuerySet":
        """The attempt that faces a gateway, with those that it carries."""
        return self.filter(Q(pk=attempt.pk) | Q(carried_by=attempt.pk))

    def open(self) -> "AttemptQuerySet":
        """Attempts whose end is not known."""
        return self.filter(state__in=Attempt.OPEN)

    def in_doubt(self) -> "AttemptQuerySet":
        """Attempts that may have taken money which is not owed back: a person must find out."""
        return self.filter(state=Attempt.State.NEEDS_REVIEW, refund=None)

    def unsettled(self) -> "AttemptQuerySet":
        """Attempts that may still bring money: under way, or in doubt."""
        return self.filter(Q(state__in=Attempt.OPEN) | Q(state=Attempt.State.NEEDS_REVIEW, refund=None))


class Attempt(Scoped, Amount):
    """One try to pay a charge at a gateway.

    A joint payment is one attempt at the gateway and an attempt for each of its charges: the first of them, the lead,
    faces the gateway with the sum (`together`) and carries the others, which end as it ends.
    """

    class State(models.TextChoices):
        INITIATED = "initiated"
        REDIRECTED = "redirected"
        CAPTURED = "captured"
        FAILED = "failed"
        CANCELLED = "cancelled"
        VOIDED = "voided"
        DENIED = "denied"
        EXPIRED = "expired"
        NEEDS_REVIEW = "needs-review"

    OPEN = (State.INITIATED, State.REDIRECTED)
    # As far as is known: only money, or a doubt about money, changes these.
    UNPAID = (State.FAILED, State.CANCELLED, State.DENIED, State.EXPIRED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="attempts")
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=40, unique=True)  # ours, told to the gateway (trackId)
    gateway_reference = models.CharField(
        max_length=80, blank=True
    )  # theirs (PaymentID, transaction-reference)
    address = models.URLField(max_length=500, blank=True)  # of the hosted page
    return_address = models.URLField(max_length=500)  # where the payer comes back to us
    state = models.CharField(max_length=12, choices=State, default=State.INITIATED)
    result = models.CharField(max_length=60, blank=True)
    card = models.CharField(max_length=4, blank=True)  # the last digits, by which a payer finds a payment
    started_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    # By which another paid.
    link = models.ForeignKey(
        "payments.PaymentLink", models.PROTECT, null=True, related_name="attempts", db_index=False
    )
    carried_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="carried", db_index=False)
    together = models.BigIntegerField(null=True)  # of a lead: what the gateway is asked for
    started_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)  # when we last asked the gateway
    given_up_at = models.DateTimeField(null=True)  # when the applicant left it for another attempt
    ended_at = models.DateTimeField(null=True)

    authority_path = "charge__application__authority"
    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charge"],
                condition=Q(state__in=["initiated", "redirected"]),
                name="one_open_attempt",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="attempt_of_something"),
            models.CheckConstraint(
                condition=Q(together=None) | Q(carried_by=None, together__gt=F("amount")),
                name="lead_asks_for_more_than_its_own",
            ),
            models.CheckConstraint(
                condition=Q(carried_by=None) | Q(link=None, gateway_reference="", address=""),
                name="carried_attempt_faces_no_gateway",
            ),
        ]
        indexes = [
            models.Index(
                fields=["started_at"],
                condition=Q(state__in=["initiated", "redirected"]),
                name="attempts_without_an_end",
            ),
            # What the sweep asks about for a week, since late money may reach it.
            models.Index(
                fields=["ended_at"],
                condition=Q(state__in=["cancelled", "expired", "failed"]),
                name="attempts_that_ended_unpaid",
            ),
            # For the anomalies, and for finance's search.
            models.Index(
                fields=["started_at"], condition=Q(state="needs-review"), name="attempts_to_look_at"
            ),
            models.Index(fields=["ended_at"], condition=Q(state="captured"), name="captures_newest_last"),
            models.Index(fields=["link"], condition=Q(link__isnull=False), name="attempts_by_link"),
            models.Index(
                fields=["carried_by"], condition=Q(carried_by__isnull=False), name="carried_attempts"
            ),
            models.Index(
                fields=["gateway_reference"],
                condition=~Q(gateway_reference=""),
                name="attempts_by_their_reference",
            ),
            models.Index(
                fields=["card", "-started_at"], condition=~Q(card=""), name="attempts_by_last_digits"
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether its end is not known."""
        return self.state in self.OPEN

    @property
    def at_gateway(self) -> "Attempt":
        """The attempt that faces the gateway: the lead of a joint payment, or this one."""
        return self.carried_by or self

    @property
    def asked(self) -> Money:
        """What the gateway is asked for: of a joint payment the sum of its charges."""
        return Money(minor=self.together or self.amount, currency=self.currency)


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
    # Voided and yet paid: a person must look.
    (State.VOIDED, Fate.CAPTURED): State.NEEDS_REVIEW,
}


def after(state: str, fate: Fate) -> State:
    """The state after a gateway's report. What is not in the table changes nothing: a capture is final."""
    return TRANSITIONS.get((State(state), fate), State(state))


def differences(attempt: Attempt, report: GatewayReport, *, merchant: str) -> list[str]:
    """How a gateway's report differs from the attempt: an empty list when every part is equal, not merely enough.

    1. our reference; 2. our account; 3. the gateway's reference, once we know it; 4. currency; 5. amount."""
    problems = []
    if report.reference != attempt.reference:  # 1
        problems.append("other-reference")
    if report.merchant != merchant:  # 2
        problems.append("other-merchant")
    if attempt.gateway_reference and report.gateway_reference != attempt.gateway_reference:  # 3
        problems.append("other-payment")
    if report.money is None or report.money.currency != attempt.currency:  # 4
        problems.append("other-currency")
    elif report.money != attempt.asked:  # 5
        problems.append("underpaid" if report.money.minor < attempt.asked.minor else "overpaid")
    return problems


def require_standstill(application: Application) -> None:
    """Let no payment of the application begin or end until the open transaction does; its row is locked already.

    Raises OutcomeUnknown while a payment is under way or in doubt.
    """
    charges = Charge.objects.select_for_update(of=("self",)).filter(application=application)
    attempts = Attempt.objects.filter(charge__in=list(charges.order_by("pk")))
    if attempts.unsettled().exists():
        raise OutcomeUnknown(application.reference)

"""Waivers: a part of a charge that is not claimed, proposed with a reason by one person and approved by another."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, State
from rukhsa.applications import competence
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.jobs import advance_soon
from rukhsa.mandates.mandate import Act, Mandate
from rukhsa.payments.amount import Amount
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.charge import PAYABLE, AlreadySettled, Charge, ChargeLine, NotPayable, raise_charge
from rukhsa.payments.errors import PaymentsError
from rukhsa.values.money import Money


class MoreThanCharged(PaymentsError):
    """The row does not claim that much."""

    code = "more-than-charged"


class Waiver(Agreement, Amount):
    """An amount of one row of a charge that an authority does not claim, with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="waivers")
    rule = models.CharField(max_length=60)  # of the line
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")  # of who approved

    objects = ScopedQuerySet["Waiver"].as_manager()

    class Meta(Agreement.Meta):
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["charge", "rule"], condition=~Q(state="refused"), name="one_waiver_a_line"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="waiver_of_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="waived_with_a_reason"),
        ]
        indexes = [
            models.Index(
                fields=["authority", "proposed_at"], condition=Q(state="proposed"), name="waivers_to_decide"
            )
        ]

    def require_no_interest(self, person: Person) -> None:
        """Raise OwnInterest for who applied, or is close to them."""
        require_no_interest(self.charge.application, person)

    def journal_detail(self) -> dict[str, str]:
        """What the journal says of it: the row, and how much of it."""
        return {"rule": self.rule, "amount": str(self.money)}


@transaction.atomic
def propose_waiver(
    charge: Charge, rule: str, money: Money, reason: str, *, actor: Actor, at: datetime
) -> Waiver:
    """Propose to waive `money` of one row. Nothing changes until a second person approves.

    Raises NotPermitted, ReasonMissing, MoreThanCharged, AlreadySettled, NotPayable, or UnderWay when the row
    has one already."""
    actor.require(Permission.PROPOSE_WAIVER, at=charge.scope)
    reason = agreement.require_reason(reason, at_most=400)
    line = charge.lines.filter(rule=rule).first()
    if line is None or money.currency != charge.currency or not 0 < money.minor <= line.amount:
        raise MoreThanCharged(str(money))
    application = _require_open(charge)
    # What is charged was submitted, and has an authority.
    assert application.authority_id
    waiver = Waiver(
        charge=charge,
        rule=rule,
        amount=money.minor,
        currency=money.currency,
        authority_id=application.authority_id,
        reason=reason,
    )
    return agreement.propose(waiver, permission=Permission.PROPOSE_WAIVER, actor=actor, at=at)


@transaction.atomic
def approve_waiver(waiver: Waiver, *, actor: Actor, at: datetime) -> Charge:
    """Replace the charge by one of the rest, which expires at the same time; a charge of zero is settled at once.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided, AlreadySettled, NotPayable, OutsideMandate, and
    OutcomeUnknown while a payment of the charge is under way or in doubt: it would have to be refunded."""
    actor.require(Permission.APPROVE_WAIVER, at=waiver.scope)
    Application.objects.select_for_update(of=("self",)).get(charges=waiver.charge_id)
    charge = Charge.objects.select_for_update(of=("self",)).get(pk=waiver.charge_id)
    waiver = agreement.lock_as_second(waiver, permission=Permission.APPROVE_WAIVER, actor=actor)
    application = _require_open(charge)
    waiver.mandate = competence.require(actor, Act.WAIVE, application, at=at, amount=waiver.money)
    agreement.close(waiver, State.APPROVED, actor=actor, at=at)
    if charge.attempts.unsettled().exists():
        raise OutcomeUnknown(str(charge.pk))
    lines = [
        reduced(
            ChargeLine(rule=line.rule, kind=line.kind, amount=line.amount, explanation=line.explanation),
            [waiver] if line.rule == waiver.rule else [],
        )
        for line in charge.lines.order_by("pk")
    ]
    number = charge.number + 1
    advance_soon(charge.application_id)
    return raise_charge(
        charge.application, charge.due, lines, number=number, expires_at=charge.expires_at, at=at
    )


def refuse_waiver(waiver: Waiver, reason: str, *, actor: Actor, at: datetime) -> Waiver:
    """Refuse it with a reason, or withdraw it as the proposer.

    Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(waiver, reason, permission=Permission.APPROVE_WAIVER, actor=actor, at=at)


def _require_open(charge: Charge) -> Application:
    application = Application.objects.get(charges=charge)
    if charge.is_settled:
        raise AlreadySettled(str(charge.pk))
    if application.stage not in PAYABLE or charge.is_replaced:
        raise NotPayable(str(charge.pk))
    return application


def waived_before(application: Application, due: str, rule: str) -> Iterable[Waiver]:
    """Approved waivers of a rule: they stay when the quote expires and is worked out again."""
    approved = Waiver.objects.filter(charge__application=application, charge__due=due, rule=rule)
    return approved.filter(state=State.APPROVED).order_by("decided_at")


def reduced(line: ChargeLine, waivers: Iterable[Waiver]) -> ChargeLine:
    """The line less what was waived of it, with the waivers in its explanation; never below zero."""
    for waiver in waivers:
        waived = {"amount": str(waiver.money), "reason": waiver.reason}
        line.explanation = line.explanation | {"waivers": [*line.explanation.get("waivers", []), waived]}
        line.amount = max(line.amount - waiver.amount, 0)
    return line

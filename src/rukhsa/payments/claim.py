"""Claiming: a charge with its lines, frozen, and the one that follows it when a part was waived."""

from collections.abc import Iterable
from datetime import datetime

from rukhsa.agreement import State
from rukhsa.applications.models import Application
from rukhsa.audit import journal
from rukhsa.catalogue.territory import territory
from rukhsa.payments.models import Charge, ChargeLine, Waiver
from rukhsa.payments.receipts import settle_nothing


def claim(
    application: Application,
    due: str,
    lines: list[ChargeLine],
    *,
    number: int,
    expires_at: datetime,
    at: datetime,
) -> Charge:
    """Write a charge of these lines; one of nothing is settled at once. The caller holds the application's lock."""
    charge = Charge.objects.create(
        application=application,
        due=due,
        number=number,
        amount=sum(line.amount for line in lines),
        currency=territory().currency,
        assessed_at=at,
        expires_at=expires_at,
    )
    for line in lines:
        line.charge = charge
    ChargeLine.objects.bulk_create(lines)
    journal.record("assess", charge, actor=None, at=at, amount=str(charge.money))
    if charge.amount == 0:
        settle_nothing(charge, at=at)
    return charge


def reduce(charge: Charge, waiver: Waiver, *, at: datetime) -> Charge:
    """The charge that follows one of which a part was waived: its other rows as they were, and held as long.

    The caller holds the locks of application and charge."""
    lines = [
        less(
            ChargeLine(rule=line.rule, kind=line.kind, amount=line.amount, explanation=line.explanation),
            [waiver] if line.rule == waiver.rule else [],
        )
        for line in charge.lines.order_by("pk")
    ]
    number = charge.number + 1
    return claim(charge.application, charge.due, lines, number=number, expires_at=charge.expires_at, at=at)


def waived_before(application: Application, due: str, rule: str) -> Iterable[Waiver]:
    """What two people waived stays waived when the quote expires and is worked out anew."""
    approved = Waiver.objects.filter(charge__application=application, charge__due=due, rule=rule)
    return approved.filter(state=State.APPROVED).order_by("decided_at")


def less(line: ChargeLine, waivers: Iterable[Waiver]) -> ChargeLine:
    """The line without what was waived of it, and saying so; never below nothing."""
    for waiver in waivers:
        said = {"amount": str(waiver.money), "reason": waiver.reason}
        line.explanation = line.explanation | {"waivers": [*line.explanation.get("waivers", []), said]}
        line.amount = max(line.amount - waiver.amount, 0)
    return line

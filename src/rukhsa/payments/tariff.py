"""What an application owes at a moment: the definition's charge rules applied to its answers, and frozen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.audit import journal
from rukhsa.catalogue.charges import ChargeRow, ChargeRule, Per
from rukhsa.catalogue.conditions import Answers, holds
from rukhsa.catalogue.definition import heard
from rukhsa.catalogue.territory import territory
from rukhsa.payments.errors import TariffGap
from rukhsa.payments.models import Charge, ChargeLine, Waiver
from rukhsa.payments.receipts import settle_nothing
from rukhsa.values.money import Money

# Assumed: no source says how long a quote holds.
QUOTE_LASTS = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one rule comes to, and how."""

    rule: ChargeRule
    money: Money
    explanation: dict[str, Any]


def assess(application: Application, due: str, *, at: datetime) -> Charge | None:
    """The charge of a moment (a value of Charge.Due), assessed once.

    None when nothing falls due then. One whose quote expired unpaid is followed by a new one; one of
    nothing is settled at once."""
    definition = application.definition
    answers = heard(definition, application.answers)
    on = timezone.localdate(at)
    rules = [rule for rule in definition.charges if _falls_due(rule, due, on)]
    if not rules:
        return None
    with transaction.atomic():
        Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        standing = Charge.objects.newest(application, due)
        if standing and _stands(standing, at):
            return standing
        prices = [price(rule, answers, territory().currency) for rule in rules]
        lines = [_less(_line(one), _waivers(application, due, one.rule.id)) for one in prices]
        number = standing.number + 1 if standing else 1
        return _claim(application, due, lines, number=number, expires_at=at + QUOTE_LASTS, at=at)


def reduce(charge: Charge, waiver: Waiver, *, at: datetime) -> Charge:
    """The charge that follows one of which a part was waived: its other rows as they were, and held as long.

    The caller holds the locks of application and charge."""
    lines = [
        _less(
            ChargeLine(rule=line.rule, kind=line.kind, amount=line.amount, explanation=line.explanation),
            [waiver] if line.rule == waiver.rule else [],
        )
        for line in charge.lines.order_by("pk")
    ]
    number = charge.number + 1
    return _claim(charge.application, charge.due, lines, number=number, expires_at=charge.expires_at, at=at)


def price(rule: ChargeRule, answers: Answers, currency: str) -> Price:
    """What a rule comes to for these answers, by the first row that holds; TariffGap when none does."""
    for number, row in enumerate(rule.rows, 1):
        if holds(row.when, answers):
            money, reckoning = _reckon(row, answers, currency)
            return Price(rule=rule, money=money, explanation=_explain(rule, row, number) | reckoning)
    raise TariffGap(rule.id)


def _reckon(row: ChargeRow, answers: Answers, currency: str) -> tuple[Money, dict[str, Any]]:
    each = Money.parse(row.amount, currency)
    if row.per is None:
        money = each
        reckoning: dict[str, Any] = {}
    else:
        measure = _measure(row.per, answers)
        units = int(measure.to_integral_value(ROUND_CEILING))
        money = Money(minor=each.minor * units, currency=currency)
        reckoning = {"measure": str(measure), "units": units}
    return _bound(money, row, currency), reckoning


def _bound(money: Money, row: ChargeRow, currency: str) -> Money:
    if row.at_least is not None:
        money = max(money, Money.parse(row.at_least, currency))
    if row.at_most is not None:
        money = min(money, Money.parse(row.at_most, currency))
    return money


def _measure(per: Per, answers: Answers) -> Decimal:
    answer = answers.get(per.question)
    try:
        measure = Decimal(str(answer["measure"] if isinstance(answer, dict) else answer))
    except (InvalidOperation, KeyError) as error:
        raise TariffGap(f"{per.question} is not a number") from error
    if not measure.is_finite() or measure < 0:
        raise TariffGap(f"{per.question} is not a measure")
    return measure


def _explain(rule: ChargeRule, row: ChargeRow, number: int) -> dict[str, Any]:
    bounds = {"at-least": row.at_least, "at-most": row.at_most, "source": row.source or rule.source}
    return {
        "name": {"ar": rule.name.ar, "en": rule.name.en},
        "row": number,
        "amount": row.amount,
        "from": rule.from_.isoformat(),
        **{name: value for name, value in bounds.items() if value is not None},
        **({"reason": {"ar": row.reason.ar, "en": row.reason.en}} if row.reason else {}),
        **({"per": _unit(row.per), "question": row.per.question} if row.per else {}),
    }


def _unit(per: Per) -> str:
    units = {
        "metre": per.metre_of,
        "square-metre": per.square_metre_of,
        "day": per.day_of,
        "each": per.each_of,
    }
    return next(name for name, question in units.items() if question)


def _falls_due(rule: ChargeRule, due: str, on: date) -> bool:
    in_effect = rule.from_ <= on and (rule.until is None or on <= rule.until)
    return in_effect and rule.due.replace(" ", "-") == due


def _stands(charge: Charge, at: datetime) -> bool:
    return at <= charge.expires_at or charge.is_settled or charge.attempts.open().exists()


def _line(price: Price) -> ChargeLine:
    rule = price.rule
    return ChargeLine(rule=rule.id, kind=rule.kind, amount=price.money.minor, explanation=price.explanation)


def _less(line: ChargeLine, waivers: Iterable[Waiver]) -> ChargeLine:
    """The line without what was waived of it, and saying so; never below nothing."""
    for waiver in waivers:
        said = {"amount": str(waiver.money), "reason": waiver.reason}
        line.explanation = line.explanation | {"waivers": [*line.explanation.get("waivers", []), said]}
        line.amount = max(line.amount - waiver.amount, 0)
    return line


def _waivers(application: Application, due: str, rule: str) -> Iterable[Waiver]:
    """What two people waived stays waived when the quote expires and is worked out anew."""
    approved = Waiver.objects.filter(charge__application=application, charge__due=due, rule=rule)
    return approved.filter(state=Waiver.State.APPROVED).order_by("decided_at")


def _claim(
    application: Application,
    due: str,
    lines: list[ChargeLine],
    *,
    number: int,
    expires_at: datetime,
    at: datetime,
) -> Charge:
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

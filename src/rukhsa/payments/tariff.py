"""The tariff: the charge rules of a definition applied to the answers of an application, and frozen as a charge."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.catalogue.charges import Band, Bands, ChargeRow, ChargeRule, Per, Waiver
from rukhsa.catalogue.conditions import Answers, holds
from rukhsa.catalogue.definition import effective_answers
from rukhsa.catalogue.territory import territory
from rukhsa.jobs import advance_soon
from rukhsa.payments.charge import Charge, ChargeLine, raise_charge
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.waiver import reduced, waived_before
from rukhsa.values.money import Money, MoneyError

# Assumed: no source says how long a quote holds.
QUOTE_LASTS = timedelta(days=30)


class TariffGap(PaymentsError):
    """No row of a charge rule holds for these answers."""

    code = "tariff-gap"


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one rule comes to, and how it was worked out."""

    rule: ChargeRule
    money: Money
    explanation: dict[str, Any]

    @property
    def line(self) -> ChargeLine:
        """The row of a charge, which is not stored yet."""
        rule, explanation = self.rule, self.explanation
        return ChargeLine(rule=rule.id, kind=rule.kind, amount=self.money.minor, explanation=explanation)


def assess_again(charge: Charge) -> None:
    """Queue the assessment that follows a charge whose quote has expired, at today's prices."""
    advance_soon(charge.application_id)


def assess(application: Application, due: str, *, at: datetime) -> Charge | None:
    """The charge of a moment (a value of Charge.Due), assessed once; None when nothing falls due then.

    A quote is honoured until it expires, even when the tariff changes. A quote that expired unpaid is followed by a
    new one, by the tariff of that day. A charge of zero is settled at once."""
    definition = application.definition
    if not any(_moment(rule) == due for rule in definition.charges):
        return None  # whatever the day; most services charge at one moment
    standing = Charge.objects.newest(application, due)
    if standing and _stands(standing, at):
        return standing
    answers = effective_answers(definition, application.answers)
    on = timezone.localdate(at)
    rules = [rule for rule in definition.charges if _falls_due(rule, due, on)]
    if not rules:
        return None
    with transaction.atomic():
        Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        standing = Charge.objects.newest(application, due)
        if standing and _stands(standing, at):
            return standing
        authority, currency = application.authority_id, territory().currency
        prices = [price(rule, answers, currency, authority=authority) for rule in rules]
        lines = [reduced(one.line, waived_before(application, due, one.rule.id)) for one in prices]
        number = standing.number + 1 if standing else 1
        return raise_charge(application, due, lines, number=number, expires_at=at + QUOTE_LASTS, at=at)


def price(rule: ChargeRule, answers: Answers, currency: str, *, authority: str | None = None) -> Price:
    """What a rule comes to for these answers at an authority (its code), by the first row that holds.

    Zero, with the reason, where the rule is waived. Raises TariffGap when no row holds, or an answer that it needs is
    missing.
    """
    waiver = next((each for each in rule.waived if holds(each.when, answers)), None)
    for number, row in enumerate(rule.rows, 1):
        if row.is_of(authority) and holds(row.when, answers):
            money, reckoning = _reckon(row, answers, currency)
            explanation = _explain(rule, row, number) | reckoning
            if waiver is None:
                return Price(rule=rule, money=money, explanation=explanation)
            nothing = Money(minor=0, currency=currency)
            return Price(rule=rule, money=nothing, explanation=explanation | _waived(waiver, money))
    raise TariffGap(rule.id)


def _waived(waiver: Waiver, money: Money) -> dict[str, Any]:
    """What would have been charged, and why it is not."""
    reason = {"ar": waiver.reason.ar, "en": waiver.reason.en}
    return {"waived": str(money), "reason": reason, "source": str(waiver.source)}


def _reckon(row: ChargeRow, answers: Answers, currency: str) -> tuple[Money, dict[str, Any]]:
    if row.amount_of:
        money, reckoning = _amount_answered(row.amount_of, answers, currency), {"amount-of": row.amount_of}
    elif row.bands:
        money, reckoning = _in_bands(row.bands, answers, currency)
    else:
        money, reckoning = _times(row.amount or "", row.per, answers, currency)
    return _bound(money, row, currency), reckoning


def _amount_answered(question: str, answers: Answers, currency: str) -> Money:
    """The amount that the applicant answered."""
    try:
        return Money.parse(str(answers.get(question, "")), currency)
    except MoneyError as error:
        raise TariffGap(f"{question} is not an amount") from error


def _in_bands(bands: Bands, answers: Answers, currency: str) -> tuple[Money, dict[str, Any]]:
    measure = _measure(bands.of, answers)
    reckoning = {"question": bands.of, "measure": str(measure), "bands": bands.counted}
    if bands.counted == "whole":
        band = next(step for step in bands.steps if step.to is None or measure <= step.to)
        money, units = _times(band.amount, band.per, answers, currency)
        return money, {"amount": band.amount, **units, **reckoning}
    minor = sum(_part(band, low, measure, currency) for band, low in _from_below(bands))
    return Money(minor=minor, currency=currency), reckoning


def _from_below(bands: Bands) -> Iterator[tuple[Band, Decimal]]:
    """Each band with the value at which it begins."""
    low = Decimal(0)
    for step in bands.steps:
        yield step, low
        low = step.to or low


def _part(band: Band, low: Decimal, measure: Decimal, currency: str) -> int:
    """The minor units for the part of the measure in a band; a started unit counts whole."""
    high = measure if band.to is None else min(measure, band.to)
    units = int(max(high - low, Decimal(0)).to_integral_value(ROUND_CEILING))
    return Money.parse(band.amount, currency).minor * units


def _times(amount: str, per: Per | None, answers: Answers, currency: str) -> tuple[Money, dict[str, Any]]:
    each = Money.parse(amount, currency)
    if per is None:
        return each, {}
    measure = _measure(per.question, answers)
    units = int(measure.to_integral_value(ROUND_CEILING))
    unit = per.measure.removesuffix("_of").replace("_", "-")  # such as `square-metre`
    reckoning = {"per": unit, "question": per.question, "measure": str(measure), "units": units}
    return Money(minor=each.minor * units, currency=currency), reckoning


def _bound(money: Money, row: ChargeRow, currency: str) -> Money:
    if row.at_least is not None:
        money = max(money, Money.parse(row.at_least, currency))
    if row.at_most is not None:
        money = min(money, Money.parse(row.at_most, currency))
    return money


def _measure(question: str, answers: Answers) -> Decimal:
    answer = answers.get(question)
    try:
        measure = Decimal(str(answer["measure"] if isinstance(answer, dict) else answer))
    except (InvalidOperation, KeyError) as error:
        raise TariffGap(f"{question} is not a number") from error
    if not measure.is_finite() or measure < 0:
        raise TariffGap(f"{question} is not a measure")
    return measure


def _explain(rule: ChargeRule, row: ChargeRow, number: int) -> dict[str, Any]:
    known = {
        "amount": row.amount,
        "at-least": row.at_least,
        "at-most": row.at_most,
        "source": str(row.source or rule.source),
    }
    return {
        "name": {"ar": rule.name.ar, "en": rule.name.en},
        "row": number,
        "from": rule.from_.isoformat(),
        **{name: value for name, value in known.items() if value is not None},
        **({"reason": {"ar": row.reason.ar, "en": row.reason.en}} if row.reason else {}),
    }


def _falls_due(rule: ChargeRule, due: str, on: date) -> bool:
    in_effect = rule.from_ <= on and (rule.until is None or on <= rule.until)
    return in_effect and _moment(rule) == due


def _moment(rule: ChargeRule) -> str:
    return rule.due.replace(" ", "-")


def _stands(charge: Charge, at: datetime) -> bool:
    return charge.is_settled or not charge.is_expired(at)

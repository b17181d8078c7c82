"""The tariff: the charge rules of a definition applied to the answers of an application, and frozen as a charge."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.catalogue.charges import Band, Bands, ChargeRow, ChargeRule, Chosen, Per
from rukhsa.catalogue.conditions import Answers, holds
from rukhsa.catalogue.definition import effective_answers
from rukhsa.catalogue.territory import territory
from rukhsa.jobs import advance_soon
from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.charge import Charge, ChargeLine, raise_charge
from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.waiver import reduced, waived_before
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.periods import shifted

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
    standing = Charge.objects.select_related("receipt").newest(application, due)
    if standing and (hasattr(standing, "receipt") or not standing.is_expired(at)):
        return standing
    if not any(_falls_due(rule, due, timezone.localdate(at)) for rule in definition.charges):
        return None
    with transaction.atomic():
        # The answers of the locked row: a step or another room may have recorded one since ours was read.
        locked = Application.objects.select_for_update(of=("self",))
        application.refresh_from_db(fields=["answers"], from_queryset=locked)
        standing = Charge.objects.newest(application, due)
        if standing and _stands(standing, at):
            return standing
        number = standing.number + 1 if standing else 1
        return _raise(application, due, number=number, expires_at=at + QUOTE_LASTS, at=at)


def replace_unpaid(application: Application, due: str, *, at: datetime) -> Charge | None:
    """Replace an unpaid charge by one of the answers as they are now, which expires at the same time; None where there
    is none. The caller holds the application's lock.

    Raises OutcomeUnknown while a payment of the charge is under way or in doubt: it would have to be refunded."""
    standing = Charge.objects.select_for_update(of=("self",)).newest(application, due)
    if standing is None or standing.is_settled:
        return None
    if standing.attempts.unsettled().exists():
        raise OutcomeUnknown(str(standing.pk))
    return _raise(application, due, number=standing.number + 1, expires_at=standing.expires_at, at=at)


def _raise(application: Application, due: str, *, number: int, expires_at: datetime, at: datetime) -> Charge:
    """Write the charge of a moment by the tariff of today, less what was waived before."""
    on = timezone.localdate(at)
    rules = [rule for rule in application.definition.charges if _falls_due(rule, due, on)]
    answers = effective_answers(application.definition, application.answers)
    authority, currency = application.authority_id, territory().currency
    prices = prices_of(rules, answers, currency, authority=authority, on=on)
    lines = [reduced(one.line, waived_before(application, due, one.rule.id)) for one in prices]
    return raise_charge(application, due, lines, number=number, expires_at=expires_at, at=at)


def foreseen(application: Application, due: str, *, at: datetime) -> list[Price]:
    """What would be charged at a moment (a value of Charge.Due) by the tariff of today; nothing is stored.

    Raises TariffGap.
    """
    on = timezone.localdate(at)
    rules = [rule for rule in application.definition.charges if _falls_due(rule, due, on)]
    answers = effective_answers(application.definition, application.answers)
    return prices_of(rules, answers, territory().currency, authority=application.authority_id, on=on)


def total_foreseen(application: Application, due: str, *, at: datetime) -> Money:
    """The sum of what would be charged at a moment (a value of Charge.Due) by the tariff of today. Raises TariffGap."""
    prices = foreseen(application, due, at=at)
    return Money(minor=sum(each.money.minor for each in prices), currency=territory().currency)


def brought_by_grant(application: Application, at: datetime) -> Money | None:
    """What an applicant would pay after a grant now; None where the tariff of today cannot say it."""
    try:
        return total_foreseen(application, Charge.Due.AFTER_DECISION, at=at)
    except PaymentsError:
        return None


def prices_of(
    rules: Iterable[ChargeRule], answers: Answers, currency: str, *, authority: str | None, on: date
) -> list[Price]:
    """What rules come to on a day, in the order of the definition: shares and least sums are of those before them.

    Raises TariffGap.
    """
    found: dict[str, Price] = {}
    for rule in rules:
        sums = {id: each.money for id, each in found.items()}
        found[rule.id] = price(rule, answers, currency, authority=authority, on=on, before=sums)
    return list(found.values())


def price(
    rule: ChargeRule,
    answers: Answers,
    currency: str,
    *,
    authority: str | None = None,
    on: date,
    before: Mapping[str, Money] | None = None,
) -> Price:
    """What a rule comes to for these answers at an authority (its code) on a day, by the first row that holds.

    `before` are the amounts of the charges before it; one that is not in effect counts nothing. Less what is waived by
    the rule, with the reason. Raises TariffGap when no row holds, or an answer that it needs is missing.
    """
    waiver = next((each for each in rule.waived if holds(each.when, answers)), None)
    for number, row in enumerate(rule.rows, 1):
        if row.is_of(authority) and holds(row.when, answers):
            money, reckoning = _reckon(row, answers, currency, on, before or {})
            explanation = _explain(rule, row, number) | reckoning
            if waiver is None:
                return Price(rule=rule, money=money, explanation=explanation)
            left_out = money.share(waiver.percent)
            reason = {"ar": waiver.reason.ar, "en": waiver.reason.en}
            explanation |= {"waived": str(left_out), "reason": reason, "source": str(waiver.source)}
            return Price(rule=rule, money=money - left_out, explanation=explanation)
    raise TariffGap(rule.id)


def _reckon(
    row: ChargeRow, answers: Answers, currency: str, on: date, before: Mapping[str, Money]
) -> tuple[Money, dict[str, Any]]:
    if row.summed:
        sums = [before[id].minor for id in row.summed if id in before]
        money, reckoning = _of_sum(row, Money(minor=sum(sums), currency=currency), answers, on)
    elif row.amount_of:
        money, reckoning = _amount_answered(row.amount_of, answers, currency), {"amount-of": row.amount_of}
    elif row.chosen:
        money, reckoning = _each_chosen(row.chosen, answers, currency)
    elif row.bands:
        money, reckoning = _in_bands(row.bands, answers, currency, on)
    else:
        money, reckoning = _times(row.amount or "", row.per, answers, currency, on)
    return _bound(money, row, currency), reckoning


def _of_sum(row: ChargeRow, whole: Money, answers: Answers, on: date) -> tuple[Money, dict[str, Any]]:
    """A share of a sum, once or for each unit, or what it lacks of the least."""
    if row.fill_up:
        least = Money.parse(row.fill_up.to, whole.currency)
        lacking = Money(minor=max(least.minor - whole.minor, 0), currency=whole.currency)
        return lacking, {"fill-up": str(least), "sum": str(whole)}
    assert row.percent, "one of the two sums up"
    rate, reckoning = row.percent.rate, {"percent": str(row.percent.rate), "sum": str(whole)}
    if row.per:
        units, _counted = _units(row.per, answers, on)
        rate *= units
        reckoning |= {"months" if row.per.month_since else "pieces": str(units)}
    if row.percent.at_most is not None:
        rate = min(rate, row.percent.at_most)
    return whole.share(rate), reckoning | {"rate": f"{rate.normalize():f}"}


def _amount_answered(question: str, answers: Answers, currency: str) -> Money:
    """The amount that the applicant answered."""
    try:
        return Money.parse(str(answers.get(question, "")), currency)
    except MoneyError as error:
        raise TariffGap(f"{question} is not an amount") from error


def _each_chosen(chosen: Chosen, answers: Answers, currency: str) -> tuple[Money, dict[str, Any]]:
    """The sum of the amounts of the options that were chosen."""
    ids = str(answers.get(chosen.of) or "").split()
    if not ids or any(id not in chosen.amounts for id in ids):
        raise TariffGap(f"{chosen.of} is not a choice of several")
    minor = sum(Money.parse(chosen.amounts[id], currency).minor for id in ids)
    reckoning = {"question": chosen.of, "chosen": {id: chosen.amounts[id] for id in ids}}
    return Money(minor=minor, currency=currency), reckoning


def _in_bands(bands: Bands, answers: Answers, currency: str, on: date) -> tuple[Money, dict[str, Any]]:
    measure = _measure(bands.of, answers)
    reckoning = {"question": bands.of, "measure": str(measure), "bands": bands.counted}
    if bands.counted == "whole":
        band = next(step for step in bands.steps if step.to is None or measure <= step.to)
        money, units = _times(band.amount, band.per, answers, currency, on)
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


def _times(
    amount: str, per: Per | None, answers: Answers, currency: str, on: date
) -> tuple[Money, dict[str, Any]]:
    each = Money.parse(amount, currency)
    if per is None:
        return each, {}
    units, measure = _units(per, answers, on)
    unit = per.measure.removesuffix("_of").replace("_", "-")  # such as `square-metre`
    reckoning = {"per": unit, "question": per.question, "measure": measure, "units": units}
    return Money(minor=each.minor * units, currency=currency), reckoning


def _units(per: Per, answers: Answers, on: date) -> tuple[int, str]:
    """How often an amount counts, and what was counted: what was started counts whole; of several choices each one."""
    answer = answers.get(per.question)
    if per.month_since:
        try:
            since = date.fromisoformat(str(answer))
        except ValueError as error:
            raise TariffGap(f"{per.month_since} is not a day") from error
        months = (on.year - since.year) * 12 + on.month - since.month
        return max(months + (on > shifted(since, months, "month")), 0), since.isoformat()
    if per.each_of and isinstance(answer, str) and answer[:1].islower():  # as the id of a choice begins
        return len(answer.split()), answer
    measure = _measure(per.question, answers)
    return int(measure.to_integral_value(ROUND_CEILING)), str(measure)


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
        **({"phrase": {"ar": row.phrase.ar, "en": row.phrase.en}} if row.phrase else {}),
    }


def _falls_due(rule: ChargeRule, due: str, on: date) -> bool:
    in_effect = rule.from_ <= on and (rule.until is None or on <= rule.until)
    return in_effect and _moment(rule) == due


def _moment(rule: ChargeRule) -> str:
    return rule.due.replace(" ", "-")


def _stands(charge: Charge, at: datetime) -> bool:
    return charge.is_settled or not charge.is_expired(at)

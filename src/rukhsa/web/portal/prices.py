"""What a service costs, before an application is started: its charges with their rows, bands and waivers in words."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from rukhsa.applications.models import Application
from rukhsa.catalogue import spoken
from rukhsa.catalogue.charges import Bands, ChargeRow, ChargeRule, Per, Waiver
from rukhsa.catalogue.definition import Definition, effective_answers
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.territory import territory
from rukhsa.payments.amount import WRITTEN
from rukhsa.payments.tariff import TariffGap, price
from rukhsa.values.money import Money
from rukhsa.values.names import Text


@dataclass(frozen=True, kw_only=True)
class Price:
    """A fee, a fine or a deposit: the rows of its tariff in words, and the amount by the answers so far."""

    name: Text
    kind: str
    due: str
    rows: list["PriceRow"]
    waived: tuple[Waiver, ...]
    law: Text  # empty where it is assumed
    returned: Text | None  # when a deposit goes back
    reckoned: Money | None  # None while the answers do not determine it


@dataclass(frozen=True, kw_only=True)
class PriceRow:
    """One row of the tariff: the amount, its unit, bounds, authorities and condition.

    `amount` is None where bands give it, or where it is set case by case. Without authorities it applies to all.
    """

    amount: Money | None
    unit: str
    bands: list["PriceBand"]
    banded_by: Text | None
    when: Text | None
    authorities: list[Text]
    at_least: Money | None
    at_most: Money | None
    reason: Text | None
    told: (
        Text | None
    )  # the whole amount in words, where it is reckoned from other charges or from several choices
    is_rest: bool  # applies where no row before it does


@dataclass(frozen=True, kw_only=True)
class PriceBand:
    """The amount up to and including a value; the last band has no upper limit."""

    to: str
    measured_in: str
    amount: Money
    unit: str


def prices(definition: Definition, application: Application | None = None) -> list[Price]:
    """The charges in force today, with the amounts for an application if one is given."""
    today = timezone.localdate()
    in_force = [
        rule for rule in definition.charges if rule.from_ <= today and not (rule.until and rule.until < today)
    ]
    reckoned = _reckoned(in_force, application) if application else {}
    return [_price(definition, rule, reckoned.get(rule.id)) for rule in in_force]


def _price(definition: Definition, rule: ChargeRule, reckoned: Money | None) -> Price:
    return Price(
        name=rule.name,
        kind=rule.kind,
        due=rule.due,
        rows=[_row(definition, row, is_first=row is rule.rows[0]) for row in rule.rows],
        waived=rule.waived,
        law=definition.on_laws(rule.law),
        returned=rule.returned,
        reckoned=reckoned,
    )


def _reckoned(rules: list[ChargeRule], application: Application) -> dict[str, Money]:
    """The amounts by the rules, without those that depend on an answer or an authority that is not known yet."""
    authority, currency, today = application.authority_id, territory().currency, timezone.localdate()
    answers = effective_answers(application.definition, application.answers)
    found: dict[str, Money] = {}
    for rule in rules:
        rests_on = {id for row in rule.rows for id in row.summed} & {each.id for each in rules}
        waits = authority is None and any(row.authorities for row in rule.rows)
        if waits or not rests_on <= found.keys():
            continue
        try:
            priced = price(rule, answers, currency, authority=authority, on=today, before=found)
        except TariffGap:
            continue
        found[rule.id] = priced.money
    return found


def _row(definition: Definition, row: ChargeRow, *, is_first: bool) -> PriceRow:
    return PriceRow(
        amount=_money(row.amount),
        unit=_unit(row.per),
        bands=_bands(definition.question(row.bands.of), row.bands) if row.bands else [],
        banded_by=definition.question(row.bands.of).ask if row.bands else None,
        when=spoken.phrase(definition, row) if row.when else None,
        authorities=[
            territory().authority(code).name(on=timezone.localdate()) for code in row.authorities or ()
        ],
        at_least=_money(row.at_least),
        at_most=_money(row.at_most),
        reason=row.reason,
        told=spoken.row(definition, row, str(WRITTEN.get(territory().currency, territory().currency)))
        if row.summed or row.chosen
        else None,
        is_rest=row.when is None and not row.authorities and not is_first,
    )


def _bands(question: Question, bands: Bands) -> list[PriceBand]:
    return [
        PriceBand(
            to="" if step.to is None else str(step.to),
            measured_in=question.measured_in,
            amount=Money.parse(step.amount, territory().currency),
            unit=_("for each unit") if bands.counted == "marginal" else _unit(step.per),
        )
        for step in bands.steps
    ]


def _unit(per: Per | None) -> str:
    if per is None:
        return ""
    return {
        "metre_of": _("for each metre"),
        "square_metre_of": _("for each square metre"),
        "day_of": _("for each day"),
        "month_of": _("for each month"),
        "year_of": _("for each year"),
        "month_since": _("for each started month of delay"),
        "each_of": _("each"),
    }[per.measure]


def _money(amount: str | None) -> Money | None:
    return Money.parse(amount, territory().currency) if amount else None

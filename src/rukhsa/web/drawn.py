"""What a drawing comes to: its size as the server measured it, and the charges that follow from it today."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.catalogue.charges import ChargeRule
from rukhsa.catalogue.definition import effective_answers
from rukhsa.catalogue.questions.drawing import Drawing
from rukhsa.catalogue.territory import territory
from rukhsa.payments.tariff import Price, TariffGap, price
from rukhsa.web.reckoning import LineShown, line_shown


@dataclass(frozen=True, kw_only=True)
class DrawnCharge:
    """What a charge comes to; `is_most`: answers that are still missing may lower it."""

    line: LineShown
    is_most: bool


@dataclass(frozen=True, kw_only=True)
class DrawnFigures:
    """The size of a drawing in its unit, and what each charge by its size comes to."""

    geometry: Mapping[str, Any]  # GeoJSON
    size: Decimal
    unit: str
    charges: tuple[DrawnCharge, ...]

    @property
    def has_started_unit(self) -> bool:
        """Whether a part of a metre is charged as a whole one."""
        return self.size % 1 != 0 and any(each.line.units is not None for each in self.charges)


def figures_of(application: Application, question: Drawing) -> DrawnFigures | None:
    """The figures of a drawing that was answered; None before."""
    answers: dict[str, Any] = effective_answers(application.definition, application.answers)
    drawn = answers.get(question.id)
    if not drawn:
        return None
    today = timezone.localdate()
    rules = [
        rule
        for rule in application.definition.charges
        if rule.from_ <= today and not (rule.until and rule.until < today) and _is_by(rule, question.id)
    ]
    charges = (_charge(rule, answers, application.authority_id) for rule in rules)
    return DrawnFigures(
        geometry=drawn["geometry"],
        size=Decimal(drawn["measure"]),
        unit=question.measured_in,
        charges=tuple(charge for charge in charges if charge is not None),
    )


def _is_by(rule: ChargeRule, question: str) -> bool:
    """Whether a charge depends on the size of a drawing."""
    return any(
        (row.per is not None and row.per.question == question)
        or (row.bands is not None and row.bands.of == question)
        for row in rule.rows
    )


def _charge(rule: ChargeRule, answers: dict[str, Any], authority: str | None) -> DrawnCharge | None:
    """None while the charge depends on an authority, or on other answers for its amount, that are not known."""
    if authority is None and any(row.authorities for row in rule.rows):
        return None
    currency = territory().currency
    whole = _priced(rule, answers, currency, authority)
    if whole is not None:
        return DrawnCharge(line=line_shown(whole.line, currency), is_most=False)
    # A condition is about an answer that comes later: the dearest row that may still apply.
    rows = (row.model_copy(update={"when": None}) for row in rule.rows if row.is_of(authority))
    single = (rule.model_copy(update={"rows": (row,)}) for row in rows)
    possible = [one for rule in single if (one := _priced(rule, answers, currency, authority)) is not None]
    if not possible:
        return None
    dearest = max(possible, key=lambda one: one.money.minor)
    return DrawnCharge(line=line_shown(dearest.line, currency), is_most=True)


def _priced(rule: ChargeRule, answers: dict[str, Any], currency: str, authority: str | None) -> Price | None:
    try:
        return price(rule, answers, currency, authority=authority, on=timezone.localdate())
    except TariffGap:
        return None

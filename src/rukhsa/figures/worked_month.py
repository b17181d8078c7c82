"""Which figures of a month were worked out, and by which meaning: what has another one now is worked out again."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db import models

from rukhsa.figures.figure import Figure
from rukhsa.figures.registry import FIGURES

_MEANINGS: Final = {figure.id: figure.meaning for figure in FIGURES}


class WorkedMonth(models.Model):
    """By which meaning a figure was worked out for all days of a month. It is no fact: the next time writes over it."""

    begins = models.DateField()
    figure = models.CharField(max_length=20)
    meaning = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["begins", "figure"], name="one_meaning_a_month")]


def newest_due(months: Iterable[date]) -> tuple[date, list[Figure]] | None:
    """The latest month that lacks figures as they mean now, with these figures; None where all have them."""
    kept: dict[date, dict[str, str]] = {}
    for begins, figure, meaning in WorkedMonth.objects.values_list("begins", "figure", "meaning"):
        kept.setdefault(begins, {})[figure] = meaning
    for month in sorted(months, reverse=True):
        has = kept.get(month, {})
        if due := [figure for figure in FIGURES if has.get(figure.id) != _MEANINGS[figure.id]]:
            return month, due
    return None


def keep(month: date, figures: Iterable[Figure]) -> None:
    """Write down that these figures of a month are worked out as they mean now."""
    WorkedMonth.objects.bulk_create(
        [WorkedMonth(begins=month, figure=figure.id, meaning=_MEANINGS[figure.id]) for figure in figures],
        update_conflicts=True,
        unique_fields=["begins", "figure"],
        update_fields=["meaning"],
    )

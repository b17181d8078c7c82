"""The rows of figures: of each day, worked out from facts, and of each month, added up from its days."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import QuerySet

from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Holder, ScopedQuerySet
from rukhsa.figures.figure import Counted

_COLUMNS = ("begins", "authority_id", "service", "figure", "key", "count", "total")


class AggregateQuerySet(ScopedQuerySet["Aggregate"]):
    """Which rows an actor may read."""

    def on_which(self, actor: Holder, permission: Permission, *also: Permission) -> Self:
        """Those of the authorities in which the actor holds the permission, and those of no one authority."""
        here = actor.authorities_where(permission, *also)
        return self.filter(models.Q(authority__in=here) | models.Q(authority=None)) if here else self.none()


class Aggregate(models.Model):
    """A count and a total of one figure and key. It can be worked out again from the facts at any time."""

    begins = models.DateField()
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+", db_index=False)
    service = models.CharField(max_length=60, blank=True)
    figure = models.CharField(max_length=20)
    key = models.CharField(max_length=60, blank=True)
    count = models.BigIntegerField()
    total = models.BigIntegerField()

    authority_path = "authority"
    objects = AggregateQuerySet.as_manager()

    class Meta:
        abstract = True


class DayRow(Aggregate):
    """A row of one day."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["begins", "figure", "authority", "service", "key"],
                nulls_distinct=False,
                name="one_row_a_day",
            )
        ]


class MonthRow(Aggregate):
    """A row of one month, which begins on its first day."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["begins", "figure", "authority", "service", "key"],
                nulls_distinct=False,
                name="one_row_a_month",
            )
        ]


class Mark(models.Model):
    """Up to which entry of the journal the days were looked for about which something new is known. One row."""

    # An entry may be committed after a younger one: what was seen lately is looked at again.
    sure = models.BigIntegerField()
    seen = models.BigIntegerField()
    seen_at = models.DateTimeField()


def replace(kept: "QuerySet[Any]", wanted: Iterable[Counted]) -> int:
    """Let the rows of a set be as they are wanted; gives how many differed. What is right is not written again."""
    present = {tuple(row[1:]): row[0] for row in kept.values_list("pk", *_COLUMNS)}
    rows = {_columns(each) for each in wanted}
    wrong = [pk for columns, pk in present.items() if columns not in rows]
    missing = sorted(rows - present.keys(), key=str)
    if wrong:
        kept.model.objects.filter(pk__in=wrong).delete()
    if missing:
        kept.model.objects.bulk_create(
            [kept.model(**dict(zip(_COLUMNS, each, strict=True))) for each in missing], batch_size=5000
        )
    return max(len(wrong), len(missing))


def _columns(row: Counted) -> tuple[date, str | None, str, str, str, int, int]:
    return (row.day, row.authority, row.service, row.figure, row.key, row.times, row.total)

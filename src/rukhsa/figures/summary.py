"""What the rows of months say: sums by any part of them, and the numbers that are worked out from sums."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q

from rukhsa.figures.aggregate import AggregateQuerySet
from rukhsa.figures.backlog import AGES
from rukhsa.figures.cost import Cost, PerDocument, Spent, per_document
from rukhsa.figures.decision_time import IN_TIME, LATE
from rukhsa.figures.parties import APPLICANT, OFFICER, PARTIES

MONTHS = 13  # of a chart: a year, and the month with which it is compared


class Row(NamedTuple):
    """A row of a month."""

    month: date
    authority: str | None
    service: str
    figure: str
    key: str
    times: int
    total: int


def read(rows: AggregateQuerySet, *, month: date) -> "Sums":
    """The rows of a month and of the same month a year before; of those between, only the documents. One query."""
    first = months_before(month, MONTHS - 1)
    wanted = Q(begins__in=(month, first)) | Q(begins__gt=first, begins__lt=month, figure="documents")
    columns = ("begins", "authority_id", "service", "figure", "key", "count", "total")
    return Sums([Row(*row) for row in rows.filter(wanted).values_list(*columns)])


def months_before(month: date, count: int) -> date:
    """The first day of the month so many months before."""
    years, number = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(years, number + 1, 1)


@dataclass(frozen=True)
class Sums:
    """Rows that are added up as they are asked for."""

    rows: list[Row]

    def where(self, **parts: Any) -> "Sums":
        """The rows of one month, authority, service, figure or key."""
        return Sums([row for row in self.rows if all(getattr(row, name) == v for name, v in parts.items())])

    @property
    def count(self) -> int:
        """How many."""
        return sum(row.times for row in self.rows)

    @property
    def total(self) -> int:
        """What they come to."""
        return sum(row.total for row in self.rows)

    def by(self, part: str) -> dict[Any, "Sums"]:
        """The rows apart by one of their parts."""
        found: defaultdict[Any, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[getattr(row, part)].append(row)
        return {value: Sums(rows) for value, rows in found.items()}

    def counts(self, figure: str, part: str = "key") -> dict[str, int]:
        """The counts of one figure by its keys, the most first."""
        counts = {key: each.count for key, each in self.where(figure=figure).by(part).items()}
        return dict(sorted(counts.items(), key=lambda each: (-each[1], str(each[0]))))

    def totals(self, figure: str) -> dict[str, int]:
        """The totals of one figure by its keys."""
        return {key: each.total for key, each in self.where(figure=figure).by("key").items()}

    @property
    def in_time(self) -> int | None:
        """How many per cent of what was promised was decided in time; None where nothing was promised."""
        counts = self.counts("decision-time")
        promised = counts.get(IN_TIME, 0) + counts.get(LATE, 0)
        return percent(counts.get(IN_TIME, 0), promised)

    def decided_within(self, share: int) -> int | None:
        """The least number of working days within which this share, in per cent, of the decisions were taken."""
        days = {int(key): n for key, n in self.counts("decision-time").items() if key.isdecimal()}
        return within(share, days)

    @property
    def days_of_parties(self) -> list[tuple[str, int, int, int]]:
        """Each party, the authority first and the agencies last, with how many applications it had, and the days that
        were enough for half of them and for 9 of 10."""
        found: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for key, count in self.counts("party-days").items():
            party, _colon, days = key.rpartition(":")
            found[party][int(days)] = count
        order = [party for party in (OFFICER, APPLICANT) if party in found]
        order += sorted(party for party in found if party not in (OFFICER, APPLICANT))
        return [
            (each, sum(found[each].values()), within(50, found[each]) or 0, within(90, found[each]) or 0)
            for each in order
        ]

    @property
    def parties(self) -> list[tuple[str, int, int]]:
        """Each party with its seconds and its share in per cent."""
        totals = self.totals("days-by-party")
        whole = sum(totals.values())
        return [(party, totals.get(party, 0), percent(totals.get(party, 0), whole) or 0) for party in PARTIES]

    @property
    def backlog(self) -> list[tuple[str, int]]:
        """How many wait for a decision, by age."""
        counts = self.counts("backlog")
        return [(age, counts.get(age, 0)) for age in AGES]

    @property
    def satisfaction(self) -> Decimal | None:
        """The mean rating with one digit after the point."""
        rated = self.where(figure="satisfaction")
        return round(Decimal(rated.total) / rated.count, 1) if rated.count else None

    @property
    def forged(self) -> int:
        """The forged documents that were seen."""
        return self.where(figure="verifications", key="altered").count

    def cost(
        self, costs: dict[str, dict[str, Cost]], all_services: "Sums | None" = None
    ) -> PerDocument | None:
        """The cost of one document in one month. Of a part of the services, `all_services` are the rows of all."""
        theirs, whole = self.by("authority"), (all_services or self).by("authority")
        return per_document(
            (costs[code], _spent(rows, whole[code])) for code, rows in theirs.items() if code in costs
        )


def _spent(rows: Sums, of_all: Sums) -> Spent:
    documents, all_documents = (each.where(figure="documents").count for each in (rows, of_all))
    return Spent(
        seconds=rows.where(figure="officer-minutes").total,
        visits=rows.where(figure="visits-avoided").count,
        documents=documents,
        share=Decimal(documents) / all_documents if all_documents else Decimal(0),
    )


def within(share: int, days: dict[int, int]) -> int | None:
    """The least number of days that was enough for this share, in per cent, of what took these days; None of none."""
    wanted, reached = share * sum(days.values()), 0
    for number in sorted(days):
        reached += 100 * days[number]
        if reached >= wanted:
            return number
    return None


def percent(part: int, whole: int) -> int | None:
    """The part in whole per cent, a half upward; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def largest(counts: dict[Any, int], most: int, name: Callable[[Any], Any]) -> list[tuple[Any, int, int]]:
    """The largest of some counts with their names and shares in per cent."""
    whole = sum(counts.values())
    ranked = Counter(counts).most_common(most)
    return [(name(key), count, percent(count, whole) or 0) for key, count in ranked]


def services_in(rows: Iterable[Row]) -> list[str]:
    """The services of some rows, by name."""
    return sorted({row.service for row in rows if row.service})

"""The upkeep of the rows: of the days about which something new is known, of a month before, or all of them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min, QuerySet, Sum
from django.utils import timezone
from procrastinate.contrib.django import app

from rukhsa.applications.models import Step
from rukhsa.audit.models import JournalEntry
from rukhsa.figures.aggregate import DayRow, Mark, MonthRow, replace
from rukhsa.figures.figure import Counted, Days, Figure
from rukhsa.figures.registry import FIGURES, STANDING
from rukhsa.figures.worked_month import keep, newest_due
from rukhsa.locks import one_at_a_time

# No transaction lasts as long: an entry that was written by then is committed or gone.
_SETTLED = timedelta(hours=1)
_AT_FIRST = 1000  # entries that are looked at when nothing was looked at before


@app.periodic(cron="*/10 * * * *")
@app.task(name="figures.keep_up", queue="figures", queueing_lock="figures.keep_up")
def keep_up_now(timestamp: int) -> None:
    """Bring the rows up to date; the cost grows with what is new, with what waits for a decision, and by one month."""
    at = datetime.now(UTC)
    keep_up(at=at)
    catch_up(at=at)


@transaction.atomic
def keep_up(*, at: datetime) -> int:
    """Work out the rows of today, and of every day since the earliest about which the journal has a new entry.

    Each act writes the journal in its own transaction with its own time: what arrives late is found by that. Gives how
    many rows differed. The number of statements does not depend on what there is.
    """
    one_at_a_time("figures")
    today = timezone.localdate(at)
    first = min(today, _earliest_news(at) or today)
    return sum(_work_out(days, today) for days in _months(Days(first=first, last=today)))


def catch_up(*, at: datetime) -> int:
    """Work out the latest month that lacks figures as they mean now, and of it only these; gives how many rows changed.

    So a new figure, or one that is worked out otherwise since a release, has its months before, one at each time.
    """
    today = timezone.localdate(at)
    months = {days.first.replace(day=1): days for days in _months(_all_days(today))}
    if (due := newest_due(months)) is None:
        return 0
    month, figures = due
    _count_the_facts()
    with transaction.atomic():
        one_at_a_time("figures")
        changed = _work_out(Days(first=month, last=months[month].last), today, figures)
        keep(month, figures)
    return changed


def rebuild(*, at: datetime) -> int:
    """Work out all rows from the facts, a month at a time; gives how many differed."""
    today = timezone.localdate(at)
    changed = 0
    _count_the_facts()
    for days in _months(_all_days(today)):
        with transaction.atomic():
            one_at_a_time("figures")
            changed += _work_out(days, today)
            keep(days.first.replace(day=1), FIGURES)
    return changed


def _count_the_facts() -> None:
    """Let the database count its tables: one that was filled just now it believes to be empty.

    It then looks every step up for every other one, and a year of 10,000 applications takes hours.
    """
    tables = sorted({table for figure in FIGURES for table in figure.facts})
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, tables))}")


def _work_out(days: Days, today: date, figures: Sequence[Figure] = FIGURES) -> int:
    """The rows of these figures of these days, which lie in one month, and of the month."""
    # Not by the names of these figures: rows of one that is no longer there go too.
    others = [figure.id for figure in FIGURES if figure not in figures]
    within = DayRow.objects.filter(begins__gte=days.first, begins__lte=days.last).exclude(figure__in=others)
    changed = replace(within, (row for figure in figures for row in figure.rows(days)))
    month = days.first.replace(day=1)
    of_month = MonthRow.objects.filter(begins=month).exclude(figure__in=others)
    return changed + replace(of_month, _added_up(month, today, others))


def _added_up(month: date, today: date, others: list[str]) -> Iterator[Counted]:
    """The rows of a month: sums of its days, and of what stands, how it stood on the last of them."""
    last = min(_end_of(month), today)
    rows = DayRow.objects.exclude(figure__in=others)
    added = rows.filter(begins__gte=month, begins__lte=last).exclude(figure__in=STANDING)
    standing = rows.filter(begins=last, figure__in=STANDING)
    for row in (*_sums(added), *_sums(standing)):
        yield Counted(month, *row)


def _sums(rows: "QuerySet[Any]") -> Iterator[Any]:
    named = rows.values_list("authority_id", "service", "figure", "key")
    yield from named.annotate(Sum("count"), Sum("total")).order_by()


def _earliest_news(at: datetime) -> date | None:
    """The earliest day of the journal's new entries."""
    newest = JournalEntry.objects.aggregate(newest=Max("id"))["newest"] or 0
    mark = Mark.objects.first() or Mark(sure=newest - _AT_FIRST, seen=newest, seen_at=at)
    earliest = JournalEntry.objects.filter(id__gt=mark.sure).aggregate(earliest=Min("at"))["earliest"]
    if at - mark.seen_at >= _SETTLED:
        mark.sure, mark.seen, mark.seen_at = mark.seen, newest, at
    mark.save()
    return timezone.localdate(earliest) if earliest else None


def _all_days(today: date) -> Days:
    """From the first day that has facts or rows to today."""
    acted = Step.objects.aggregate(first=Min("at"))["first"]
    kept = DayRow.objects.aggregate(first=Min("begins"))["first"]
    days = [day for day in (acted and timezone.localdate(acted), kept) if day]
    return Days(first=min([*days, today]), last=today)


def _months(days: Days) -> Iterator[Days]:
    """The days in parts that each lie in one month."""
    first = days.first
    while first <= days.last:
        last = min(_end_of(first), days.last)
        yield Days(first=first, last=last)
        first = last + timedelta(days=1)


def _end_of(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)

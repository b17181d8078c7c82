"""Service against the promise: in how many working days it was decided, and whether that was in time."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from rukhsa.catalogue.definition import Definition, days_of, effective_answers
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.service_version import followed
from rukhsa.catalogue.territory import territory
from rukhsa.figures.figure import Counted, Days, Figure
from rukhsa.values.names import Text
from rukhsa.values.periods import WorkingCalendar

IN_TIME, LATE, UNPROMISED = "in-time", "late", "unpromised"
_CHUNK = 2000


class Decided(NamedTuple):
    """A decision with what its time is worked out from."""

    authority: str
    service: str
    version: int
    process: int | None
    answers: dict[str, Any]
    decided_at: datetime
    begun_at: datetime
    pauses: list[list[str]]  # of each its first and last moment


_STATEMENT = """
SELECT application.authority_id, version.service, application.service_version_id, application.process_version_id,
       application.answers, step.at, coalesce(paid.at, begun.at),
       coalesce((
           SELECT jsonb_agg(jsonb_build_array(pause.at, pause.next) ORDER BY pause.at) FROM (
               SELECT act, at, lead(at) OVER (ORDER BY id) AS next, lead(act) OVER (ORDER BY id) AS answer
               FROM applications_step WHERE application_id = step.application_id
           ) AS pause WHERE act = 'return' AND answer = 'resubmit' AND pause.at >= begun.at AND next <= step.at
       ), '[]') || coalesce((
           SELECT jsonb_agg(jsonb_build_array(visit.since, visit.paid)) FROM (
               SELECT min(charge.assessed_at) AS since, max(receipt.at) AS paid
               FROM payments_charge AS charge JOIN payments_receipt AS receipt ON receipt.charge_id = charge.id
               WHERE charge.application_id = step.application_id AND charge.due = 'after-inspection'
           ) AS visit WHERE visit.since >= begun.at AND visit.paid <= step.at
       ), '[]')
FROM applications_step AS step
JOIN applications_application AS application ON application.id = step.application_id
JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
CROSS JOIN LATERAL (
    SELECT id, at FROM applications_step
    WHERE application_id = step.application_id AND act IN ('submit', 'reopen') AND id < step.id
    ORDER BY id DESC LIMIT 1
) AS begun
LEFT JOIN review_beginning AS paid ON paid.submission_id = begun.id
WHERE step.act IN ('grant', 'refuse') AND step.at >= %(begin)s AND step.at < %(end)s
      AND application.authority_id IS NOT NULL
"""


def _rows(days: Days) -> Iterable[Counted]:
    """A row for each number of working days, and one for how many were in time."""
    counted: Counter[tuple[date, str, str, str]] = Counter()
    took: Counter[tuple[date, str, str, str]] = Counter()
    calendars = {
        each.code: CountedDays(territory().calendar_of(each.code)) for each in territory().authorities
    }
    definition_of = _definitions()
    for each in _decided(days):
        spent = working_days(each, calendars[each.authority])
        definition = definition_of(each.version, each.process)
        promised = _promised(definition, each.answers)
        kept = UNPROMISED if not promised else IN_TIME if spent <= promised else LATE
        day = each.decided_at.astimezone(territory().zone).date()
        for key in (str(spent), kept):
            counted[day, each.authority, each.service, key] += 1
            took[day, each.authority, each.service, key] += spent
    for (day, authority, service, key), count in counted.items():
        yield Counted(
            day, authority, service, DECISION_TIME.id, key, count, took[day, authority, service, key]
        )


def working_days(decided: Decided, days: "CountedDays") -> int:
    """The working days after the one on which it began, up to the decision, without those it was with the applicant.

    The day of a return is the applicant's, the day of the answer is the authority's again (review/deadline.py).
    """
    spent = days.between(_day(decided.begun_at), _day(decided.decided_at))
    a_day = timedelta(days=1)
    for start, end in decided.pauses:
        first, last = (_day(datetime.fromisoformat(each)) for each in (start, end))
        spent -= days.between(first - a_day, last - a_day)
    return max(spent, 0)


class CountedDays:
    """The working days of a calendar, each counted once however many applications ask."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar
        self._before: dict[int, list[int]] = {}

    def between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and including `last`."""
        years = sum(self._year(year)[-1] for year in range(first.year, last.year))
        return years + self._until(last) - self._until(first)

    def _until(self, day: date) -> int:
        return self._year(day.year)[day.timetuple().tm_yday]

    def _year(self, year: int) -> list[int]:
        """The working days of a year up to each of its days, from 0 before the first."""
        if year not in self._before:
            counts, day = [0], date(year, 1, 1)
            while day.year == year:
                counts.append(counts[-1] + self._calendar.is_working(day))
                day += timedelta(days=1)
            self._before[year] = counts
        return self._before[year]


def _decided(days: Days) -> Iterator[Decided]:
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"begin": days.begin, "end": days.end})
        while rows := cursor.fetchmany(_CHUNK):
            for authority, service, version, process, answers, decided_at, begun_at, pauses in rows:
                read = json.loads(answers), decided_at, begun_at, json.loads(pauses)
                yield Decided(authority, service, version, process, *read)


def _definitions() -> Any:
    versions = ServiceVersion.objects.in_bulk()

    @cache
    def definition(version: int, process: int | None) -> Definition:
        form = versions[version]
        return form.definition if process is None else followed(form, versions[process])

    return definition


def _promised(definition: Definition, answers: dict[str, Any]) -> int:
    if any(getattr(step, "when", None) is not None for step in definition.steps):
        answers = effective_answers(definition, answers)
    return days_of(definition, answers)


def _day(moment: datetime) -> date:
    return moment.astimezone(territory().zone).date()


DECISION_TIME = Figure(
    id="decision-time",
    name=Text(ar="القرار في موعده", en="Service against the promise"),
    counts=Text(
        ar="لكل قرار أيام عمل الجهة من بدء النظر (التقديم، أو دفع ما يُستحق عنده، أو إعادة الفتح) إلى القرار، دون أيام"
        " كان فيها الطلب لدى مقدمه. في موعده: لم يزد على ما وعد به تعريف الخدمة لهذه الأجوبة. الوسيط أقل عدد من الأيام"
        " قُرر فيه نصف القرارات على الأقل؛ و«9 من كل 10» أقل عدد قُرر فيه 90 بالمئة منها.",
        en="For each decision, the working days of the authority from the beginning of the review (submission, payment"
        " of what is due then, or reopening) to the decision, without those on which the applicant had it. In time:"
        " no more than the definition promises for these answers. The median is the least number of days within which"
        " at least half of the decisions were taken; 9 of 10, the least within which 90 per cent were.",
    ),
    unit=Text(ar="أيام عمل النطاق", en="working days of the territory"),
    span=Text(ar="يوم القرار", en="the day of the decision"),
    rounding=Text(ar="أيام كاملة؛ والحصة بالمئة كاملة", en="whole days; the share in whole per cent"),
    facts=("applications_step", "review_beginning", "payments_charge", "payments_receipt"),
    keys=Text(ar="عدد أيام العمل، وفي موعده أو متأخر", en="the number of working days; in time or late"),
    rows=_rows,
)

"""An agency's own figures: what is open and late now, and how long its answers of the last 90 days took."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from rukhsa.applications.stages import OPEN_STAGES

SPAN: Final = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class AgencyFigures:
    """Counts, and days from the question to the answer: half of the answers took at most `median` days, and nine of
    ten at most `ninetieth`. None where nothing was answered."""

    open: int
    late: int
    answered: int
    median: float | None
    ninetieth: float | None


def figures_of(agencies: Iterable[str], *, at: datetime) -> AgencyFigures:
    """The figures of these agencies together, in one statement that reads what waits and 90 days of answers."""
    codes = sorted(agencies)
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [at, codes, [*OPEN_STAGES], codes, at - SPAN, at])
        opened, late, answered, median, ninetieth = cursor.fetchone()
    return AgencyFigures(open=opened, late=late, answered=answered, median=median, ninetieth=ninetieth)


_STATEMENT: Final = """
WITH waiting AS (
    SELECT row.due_at <= %s AS is_late
    FROM review_waitingreferral AS row
    JOIN review_referral AS asked ON asked.id = row.referral_id
    JOIN applications_application AS application ON application.id = asked.application_id
    WHERE row.agency_id = ANY(%s) AND application.stage = ANY(%s)
), answered AS (
    SELECT extract(epoch FROM opinion.at - asked.asked_at)::float8 / 86400 AS days
    FROM review_opinion AS opinion
    JOIN review_referral AS asked ON asked.id = opinion.referral_id
    WHERE asked.agency_id = ANY(%s) AND opinion.at > %s AND opinion.at <= %s
)
SELECT (SELECT count(*) FROM waiting), (SELECT count(*) FROM waiting WHERE is_late), count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY days), percentile_cont(0.9) WITHIN GROUP (ORDER BY days)
FROM answered
"""

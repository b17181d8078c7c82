"""The backlog: what waits for a decision at the end of a day, and for how long it has."""

from rukhsa.figures.figure import Figure, selected
from rukhsa.values.names import Text

AGES = ("0-7", "8-30", "31-90", "91-")

BACKLOG = Figure(
    id="backlog",
    name=Text(ar="ما ينتظر القرار", en="Backlog"),
    counts=Text(
        ar="الطلبات المقدَّمة أو المعادة عند نهاية اليوم، بعمرها: أيام التقويم منذ التقديم الأول.",
        en="The applications that are submitted or returned at the end of the day, by their age: calendar days since"
        " they were first submitted.",
    ),
    unit=Text(ar="طلب", en="applications"),
    span=Text(ar="نهاية اليوم؛ وللشهر نهاية يومه الأخير", en="the end of the day; of a month, its last day"),
    rounding=Text(ar="عدد كامل", en="a whole number"),
    facts=("applications_application", "applications_step"),
    keys=Text(ar="العمر بالأيام", en="the age in days"),
    # What was moved since the first day ended, and what is open now, is all that can have been open on one of them.
    # What was submitted later is left out: of a month long ago that is most of what there is.
    rows=selected(
        "backlog",
        """
        WITH candidate AS (
            SELECT id FROM applications_application
            WHERE authority_id = ANY(%(authorities)s) AND stage IN ('submitted', 'returned')
                  AND submitted_at < %(end)s
            UNION
            SELECT step.application_id FROM applications_step AS step
            JOIN applications_application AS application ON application.id = step.application_id
            WHERE step.at >= (%(first)s::date + 1)::timestamp AT TIME ZONE %(zone)s
                  AND application.submitted_at < %(end)s
        ), stretch AS (
            SELECT candidate.id, step.stage_after AS stage, step.at,
                   lead(step.at) OVER (PARTITION BY candidate.id ORDER BY step.id) AS until
            FROM candidate JOIN applications_step AS step ON step.application_id = candidate.id
        ), day AS (
            SELECT each::date AS day, (each::date + 1)::timestamp AT TIME ZONE %(zone)s AS ends
            FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS each
        ), open AS (
            SELECT day.day, application.authority_id, version.service,
                   day.day - (application.submitted_at AT TIME ZONE %(zone)s)::date AS age
            FROM stretch
            JOIN applications_application AS application ON application.id = stretch.id
            JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
            JOIN day ON stretch.at < day.ends AND (stretch.until IS NULL OR stretch.until >= day.ends)
            WHERE stretch.stage IN ('submitted', 'returned') AND application.authority_id IS NOT NULL
        )
        SELECT day, authority_id, service,
               CASE WHEN age <= 7 THEN '0-7' WHEN age <= 30 THEN '8-30' WHEN age <= 90 THEN '31-90' ELSE '91-' END,
               count(*), sum(age)
        FROM open GROUP BY 1, 2, 3, 4
        """,
    ),
    is_standing=True,
)

"""What only helps the work goes by a sweep: jobs that failed and why go after a month, and not before."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.operations.models import JobFailure
from rukhsa.sweeps import FAILED_KEPT, clear

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_a_job_that_failed_goes_after_a_month_with_the_reason() -> None:
    now = datetime.now(UTC)
    old, young = failed(now - FAILED_KEPT - HOUR), failed(now - FAILED_KEPT + HOUR)
    clear(timestamp=0)
    assert list(JobFailure.objects.values_list("job", flat=True)) == [young]
    kept = ProcrastinateJob.objects.filter(pk__in=[old, young])
    assert list(kept.values_list("pk", flat=True)) == [young]


def failed(at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('delivery', 'x', 'failed')"
            " RETURNING id"
        )
        (job,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', %s)", [job, at]
        )
    JobFailure.objects.create(job=job, task="x", error="builtins.ValueError", attempt=8, at=at)
    return int(job)

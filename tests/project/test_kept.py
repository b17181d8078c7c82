"""What only helps the work goes by a sweep: jobs that failed and why go after a month, and not before. A part of a
sweep that fails keeps no other from its work."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa import sweeps
from rukhsa.operations.models import JobFailure
from rukhsa.sweeps import FAILED_KEPT, clear
from tests.rooms.review import works

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_a_job_that_failed_goes_after_a_month_with_the_reason() -> None:
    now = datetime.now(UTC)
    old, young = failed(now - FAILED_KEPT - HOUR), failed(now - FAILED_KEPT + HOUR)
    clear(timestamp=0)
    assert list(JobFailure.objects.values_list("job", flat=True)) == [young]
    kept = ProcrastinateJob.objects.filter(pk__in=[old, young])
    assert list(kept.values_list("pk", flat=True)) == [young]


@pytest.mark.django_db
def test_what_cannot_be_cleared_keeps_nothing_else_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(**_: object) -> None:
        raise OSError("the store is away")

    failed(datetime.now(UTC) - FAILED_KEPT - HOUR)
    monkeypatch.setattr(sweeps, "forget_papers", breaks)
    with pytest.raises(OSError, match="the store is away"):
        clear(timestamp=0)
    assert not JobFailure.objects.exists()


@pytest.mark.django_db
def test_a_part_of_the_sweep_that_fails_keeps_no_lost_application_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(**_: object) -> None:
        raise OSError("no mail goes out")

    lost = works.submitted(works.publish(works.works()))
    monkeypatch.setattr(sweeps.lapsing, "remind", breaks)
    with pytest.raises(OSError, match="no mail goes out"):
        sweeps.sweep(timestamp=0)
    assert ProcrastinateJob.objects.filter(task_name="journey.advance", lock=str(lost.pk)).exists()


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

"""The lanes of the worker: an SMS provider that hangs holds up no other work, and a lost database ends the process."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from socket import create_server
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.manager import JobManager

from rukhsa.applications.models import Application
from rukhsa.delivery.models import Notice
from rukhsa.delivery.notice import send_notice
from rukhsa.issuance import clock
from rukhsa.jobs import advance_soon, run_later
from rukhsa.project import lanes
from rukhsa.project.databases import POOL
from rukhsa.project.lanes import LANES, ByDatabaseTime
from rukhsa.project.processes import RUKHSA
from rukhsa_rehearsal.cluster import programs
from tests import opinions
from tests.rooms.review import works
from tests.waiting import LONGEST, wait_until


def test_every_task_has_a_lane_and_no_lane_lacks_a_connection() -> None:
    app.perform_import_paths()
    ours = {task.queue for task in app.tasks.values() if not task.name.startswith("builtin:")}
    assert ours == {queue for lane in LANES for queue in lane.queues}
    assert sum(lane.places for lane in LANES) <= POOL["max_size"]


def test_a_lane_that_is_not_there_is_refused() -> None:
    with pytest.raises(CommandError, match="there is no lane letters"):
        call_command("worker", "letters")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("command", "held_up"),
    [(("worker",), False), (("procrastinate", "worker", "--concurrency", "4"), True)],
    ids=["lanes", "one pool"],
)
def test_while_the_provider_of_sms_hangs_an_application_goes_on(
    command: tuple[str, ...], held_up: bool, tmp_path: Path
) -> None:
    """In lanes. In one pool, the control, the messages take every place until they give up."""
    application = submitted()
    with create_server(("127.0.0.1", 0)) as hanging, working(command, hanging.getsockname()[1], tmp_path):
        for number in range(8):
            notice = unsent(application, f"hangs:{number}")
            run_later(send_notice, notice=str(notice.pk))
        wait_until(lambda: doing("delivery.send_notice") >= (4 if held_up else 2))
        advance_soon(application.pk)
        wait_until(lambda: Notice.objects.filter(failures__gt=0).exists() or not waits(application))
        assert waits(application) is held_up


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_database_is_lost_ends_with_a_code_that_supervisors_restart_on(tmp_path: Path) -> None:
    with working(("worker", "money"), 9, tmp_path) as worker:
        wait_until(lambda: listening() > 0)

        def lost_and_ended() -> bool:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
                )
            return worker.poll() is not None

        wait_until(lost_and_ended)  # a connection that is made meanwhile is lost too
        assert worker.wait(LONGEST) == os.EX_TEMPFAIL, (tmp_path / "worker.log").read_text()


TWO_DAYS = timedelta(days=2)


def ahead() -> datetime:
    return datetime.now(UTC) + TWO_DAYS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("manager", "put_off"), [(ByDatabaseTime, False), (JobManager, True)])
def test_a_machine_two_days_ahead_puts_no_job_off_by_two_days(
    manager: type[JobManager], put_off: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the library's own manager, the control, it does."""
    advance_soon(uuid4())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' RETURNING id")
        [[job]] = cursor.fetchall()
    monkeypatch.setattr(clock, "machine_time", ahead)
    async_to_sync(manager(app.connector).retry_job_by_id_async)(job, ahead() + timedelta(seconds=8))
    again = ProcrastinateJob.objects.get(pk=job)
    assert again.scheduled_at
    assert (again.scheduled_at > datetime.now(UTC) + TWO_DAYS / 2) is put_off


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", [[], [timedelta()]], ids=["at its start", "later"])
def test_a_worker_whose_clock_is_wrong_ends_with_a_code_that_supervisors_restart_on(
    first: list[timedelta], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong_by = chain(first, repeat(TWO_DAYS))
    monkeypatch.setattr(clock, "machine_time", lambda: datetime.now(UTC) + next(wrong_by))
    monkeypatch.setattr(lanes, "SECONDS_BETWEEN_LOOKS", 0)
    with pytest.raises(CommandError, match="this machine says") as refused:
        call_command("worker", "money")
    assert refused.value.returncode == os.EX_TEMPFAIL


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_two_days_ahead_takes_no_job(tmp_path: Path) -> None:
    shift = opinions.library(programs.libfaketime() or Path("libfaketime"), package="faketime")
    advance_soon(uuid4())
    clocks = {"LD_PRELOAD": str(shift), "FAKETIME": "+2d", "DONT_FAKE_MONOTONIC": "1"}
    with working(("worker",), 9, tmp_path, **clocks) as worker:
        assert worker.wait(LONGEST) == os.EX_TEMPFAIL
    assert "this machine says" in (tmp_path / "worker.log").read_text()
    assert ProcrastinateJob.objects.get().attempts == 0


def submitted() -> Application:
    works.agency()
    works.agency("traffic")
    application = works.submitted(works.publish(works.works()))
    ProcrastinateJob.objects.all()._raw_delete(using="default")
    return application


def unsent(application: Application, event: str) -> Notice:
    return Notice.objects.create(
        application=application,
        person=application.applicant,
        event=event.replace("hangs", "submitted"),
        channel="sms",
        language="ar",
        created_at=application.created_at,
    )


def doing(task: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=task, status="doing").count()


def waits(application: Application) -> bool:
    return ProcrastinateJob.objects.filter(lock=str(application.pk)).exists()


def listening() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%%' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


@contextmanager
def working(
    command: tuple[str, ...], sms: int, folder: Path, **more: str
) -> "Iterator[subprocess.Popen[bytes]]":
    known = connection.settings_dict
    named = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {name: known[key] for name, key in named.items() if known[key]} | known["OPTIONS"]
    environment = os.environ | {
        "DATABASE_URL": f"postgresql:///{known['NAME']}?{urlencode(given)}",
        "DJANGO_SETTINGS_MODULE": "rukhsa.project.settings",
        "RUKHSA_SMS_URL": f"http://127.0.0.1:{sms}",
        **more,
    }
    with (folder / "worker.log").open("wb") as told:
        worker = subprocess.Popen([*RUKHSA, *command], env=environment, stdout=told, stderr=subprocess.STDOUT)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait(LONGEST)

"""Issuing is stopped by command while two real workers issue: each ends at most the signature that it has begun, and
nothing that was paid is lost."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from rukhsa import journey, sweeps
from rukhsa.applications.models import Application
from rukhsa.issuance.models import Instrument, LogLeaf, Sealing, SignedFile
from rukhsa.jobs import advance_soon
from rukhsa.project.config import PROJECT
from tests import children
from tests import town as people
from tests.journeys import facts
from tests.town import Town
from tests.waiting import LONGEST, wait_until

DOCUMENTS, WORKERS = 8, 2


@pytest.mark.slow
def test_a_stop_holds_in_every_worker_and_all_that_waited_is_issued_once(town_of_many: Town) -> None:
    waiting = [town_of_many.grant(town_of_many.apply("proof-of-residence")) for _ in range(DOCUMENTS)]
    for application in waiting:
        people.pay_at_kiosk(town_of_many.begin_payment(application))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    before, after = waiting[::2], waiting[1::2]
    go_on_with(before)

    with workers():
        wait_until(lambda: Instrument.objects.exists())
        command("issuing", "stop", "--reason", "a drill")
        at_the_stop = signatures()
        wait_until(nothing_is_queued)
        held = signatures()
        assert sum(held) - sum(at_the_stop) <= WORKERS
        go_on_with(after)
        wait_until(nothing_is_queued)
        assert signatures() == held

        for operator in ("jasim", "khalid"):
            command("issuing", "start", "--reason", "the drill is over", "--as", f"{operator}@mun.example")
        the_minute_is_over()
        wait_until(lambda: Instrument.objects.count() == DOCUMENTS)
    assert signatures() == (DOCUMENTS, DOCUMENTS)
    for application in waiting:
        instrument = people.instrument_of(application)
        kinds = LogLeaf.objects.filter(intent=instrument.intent).values_list("kind", flat=True)
        assert sorted(kinds) == ["file", "seal"]
        assert facts.verdict_on(instrument, at=datetime.now(UTC)).word == "valid"


def go_on_with(applications: list[Application]) -> None:
    """Queue what is due next for each."""
    with transaction.atomic():
        for application in applications:
            advance_soon(application.pk)


def signatures() -> tuple[int, int]:
    """How many seals and files were ever signed."""
    return Sealing.objects.count(), SignedFile.objects.count()


def nothing_is_queued() -> bool:
    """Whether the workers have tried every application that they were given."""
    open_ones = ProcrastinateJob.objects.filter(task_name=journey.advance_now.name)
    return not open_ones.filter(status__in=("todo", "doing")).exists()


def the_minute_is_over() -> None:
    """The sweep that finds what waited runs now: workers queue it every minute."""
    assert (sweeps.sweep, "* * * * *") in [
        (each.task, each.cron) for each in app.periodic_registry.periodic_tasks.values()
    ]
    with suppress(AlreadyEnqueued):
        sweeps.sweep.defer(timestamp=int(time.time()))


def command(*arguments: str) -> None:
    call_command(*arguments, stdout=StringIO())


@contextmanager
def workers() -> Iterator[None]:
    """Real workers, each a process, until the block ends."""
    world = children.world_of(settings, sms_url=settings.CONFIG.sms_url)
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.lasting", world],
            env=os.environ | children.ENVIRONMENT,
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(WORKERS)
    ]
    try:
        for process in started:
            assert process.stdout
            assert process.stdout.readline()
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.communicate(timeout=LONGEST)

"""A job whose worker is killed by `kill -9` in the middle of it is done by the next worker, without help."""

import os
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.applications.models import Application
from rukhsa.delivery.models import Notice
from rukhsa.jobs import advance_soon
from rukhsa.project.processes import RUKHSA
from tests.database import waiting_for_a_lock
from tests.rooms.review import works
from tests.waiting import LONGEST, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def application() -> Application:
    """Layla's road works, just submitted: a notice to her is due."""
    works.agency()
    works.agency("traffic")
    application = works.submitted(works.publish(works.works()))
    ProcrastinateJob.objects.all()._raw_delete(using="default")
    return application


def test_a_job_whose_worker_was_killed_is_taken_up_and_does_its_work_once(
    application: Application, tmp_path: Path
) -> None:
    advance_soon(application.pk)
    _kill_a_worker_at_work_on(application, tmp_path / "killed.log")
    assert _work(application) == ["doing"]
    _let_its_signs_grow_old()

    # The lock of the job that died keeps a second one for the same application waiting.
    advance_soon(application.pk)
    _run_until_idle("journey", tmp_path / "without.log")
    assert _work(application) == ["doing", "todo"]
    assert not Notice.objects.exists()

    rescuer = _worker("journey,project", tmp_path / "rescuer.log")
    try:
        wait_until(lambda: _work(application) == [])
    finally:
        rescuer.terminate()
        rescuer.wait(LONGEST)
    assert "its worker died, and it is queued again" in (tmp_path / "rescuer.log").read_text()
    told = list(Notice.objects.values_list("event", "channel"))
    assert told
    assert len(told) == len(set(told))


def _kill_a_worker_at_work_on(application: Application, log: Path) -> None:
    with transaction.atomic():
        Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        worker = _worker("journey", log)
        try:
            wait_until(lambda: waiting_for_a_lock() > 0)
        finally:
            worker.kill()
            worker.wait()


def _let_its_signs_grow_old() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'"
        )


def _work(application: Application) -> list[str]:
    jobs = ProcrastinateJob.objects.filter(lock=str(application.pk))
    return list(jobs.order_by("id").values_list("status", flat=True))


def _worker(queues: str, log: Path, *more: str) -> "subprocess.Popen[bytes]":
    with log.open("wb") as told:
        return subprocess.Popen(
            [*RUKHSA, "procrastinate", "worker", "--delete-jobs", "successful", "--queues", queues, *more],
            env=os.environ
            | {"DATABASE_URL": _address(), "DJANGO_SETTINGS_MODULE": "rukhsa.project.settings"},
            stdout=told,
            stderr=subprocess.STDOUT,
        )


def _run_until_idle(queues: str, log: Path) -> None:
    assert _worker(queues, log, "--one-shot").wait(LONGEST) == 0, log.read_text()


def _address() -> str:
    """The database of this test, for a process of its own."""
    known = connection.settings_dict
    named = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {name: known[key] for name, key in named.items() if known[key]}
    return f"postgresql:///{known['NAME']}?{urlencode(given | known['OPTIONS'])}"

"""Work for later belongs to the transaction that makes it due, in a web process and inside a task of a worker."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.delivery.notice import send_notice
from rukhsa.jobs import run_later

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["web", "worker"])
def process(request: pytest.FixtureRequest) -> Iterator[str]:
    """As in a web process, and with the connection of its own that a worker gives the app."""
    if request.param == "web":
        yield request.param
        return
    assert isinstance(app.connector, DjangoConnector)
    worker = app.connector.get_worker_connector()
    own = worker.get_sync_connector()
    own.open()
    with app.replace_connector(worker):
        yield request.param
    own.close()


@pytest.fixture
def notice() -> str:
    """The notice that the job of a test is about."""
    return str(uuid4())


def jobs_of(notice: str) -> "QuerySet[ProcrastinateJob]":
    """The jobs about a notice."""
    return ProcrastinateJob.objects.filter(args={"notice": notice})


def test_a_job_is_there_when_its_transaction_commits(process: str, notice: str) -> None:
    with transaction.atomic():
        run_later(send_notice, lock="one", priority=3, notice=notice)
    job = jobs_of(notice).get()
    assert (job.task_name, job.lock, job.priority, job.args) == (
        "delivery.send_notice", "one", 3, {"notice": notice},
    )  # fmt: skip


def test_a_transaction_that_is_undone_leaves_no_job(process: str, notice: str) -> None:
    with transaction.atomic():
        run_later(send_notice, notice=notice)
        transaction.set_rollback(True)
    assert not jobs_of(notice).exists()


def test_without_it_a_worker_would_queue_outside_of_the_transaction(process: str, notice: str) -> None:
    # The negative control: what procrastinate itself does.
    with transaction.atomic():
        send_notice.defer(notice=notice)
        transaction.set_rollback(True)
    assert jobs_of(notice).exists() is (process == "worker")

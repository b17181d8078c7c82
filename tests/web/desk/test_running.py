"""What operators see of the system, and the acts that they can do there without a shell."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.agreement import ProposedByYourself
from rukhsa.applications.models import Application
from rukhsa.delivery.models import Notice
from rukhsa.issuance.issuing_stop import approve_start, current_stop, propose_start
from rukhsa.jobs import advance_soon
from rukhsa.operations.models import JobFailure, PeriodicRun
from rukhsa.operations.periodic_work import work
from rukhsa.operations.worker_watch import watch
from rukhsa.payments.gateway_contact import note_contacts
from rukhsa.payments.gateways.port import GatewayUnreachable
from rukhsa.payments.models import GatewayContact
from rukhsa.web.desk.running import TASKS
from tests.rooms.review import works
from tests.web.desk.conftest import SignIn
from tests.web.desk.holdings import unsent

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)


def test_regular_work_is_named_in_words() -> None:
    known = {each.task.name for each in app.periodic_registry.periodic_tasks.values()}
    assert known - TASKS.keys() == set()


def operator(
    name: str, sign_in: SignIn, role: Role = Role.OPERATOR, at: str = "CAP"
) -> tuple[Person, Client]:
    ordinal = {"CAP": 1, "MUH": 2}[at]
    person = works.staff(f"{name}@town.example", name, name, role, at=works.authority(at, ordinal))
    Authenticator.objects.get_or_create(user=person, type=Authenticator.Type.TOTP, defaults={"data": {}})
    return person, sign_in(person)


def test_a_failed_job_is_shown_with_the_class_of_its_error_and_retried_once(
    sign_in: SignIn, application: Application
) -> None:
    job = given_up(application)
    khalid = operator("khalid", sign_in)[1]
    page = khalid.get(reverse("desk:running")).text
    assert "rukhsa.issuance.errors.IssuanceError" in page
    shown = khalid.get(reverse("desk:job", args=[job])).text
    assert "Layla" not in page + shown
    assert str(application.pk) not in page + shown

    for _ in range(2):
        assert khalid.post(reverse("desk:retry-job", args=[job])).status_code == HTTPStatus.FOUND
    assert ProcrastinateJob.objects.get(pk=job).status == "todo"
    assert ProcrastinateJob.objects.count() == 1


def test_jobs_belong_to_operators_and_not_to_administrators(
    sign_in: SignIn, application: Application
) -> None:
    job = given_up(application)
    fatima = operator("fatima", sign_in, Role.ADMINISTRATOR)[1]
    page = fatima.get(reverse("desk:running")).text
    assert "IssuanceError" not in page
    assert fatima.get(reverse("desk:job", args=[job])).status_code == HTTPStatus.FORBIDDEN
    assert fatima.post(reverse("desk:retry-job", args=[job])).status_code == HTTPStatus.FORBIDDEN
    assert fatima.post(reverse("desk:stop-issuing"), {"reason": "x"}).status_code == HTTPStatus.FORBIDDEN


def test_periodic_work_that_did_not_run_is_late_and_one_that_ran_says_what_it_found(sign_in: SignIn) -> None:
    context = JobContext(
        app=app, start_timestamp=0, abort_reason=lambda: None,
        job=Job(id=1, queue="journey", lock=None, queueing_lock=None, task_name="journey.sweep"),
    )  # fmt: skip
    work(at=NOW)  # by now every task of the worker is known here
    watch(lambda: {"applications-found": 7}, context, None)
    installed(timezone.now() - timedelta(days=2))
    by_task = {each.task: each for each in work(at=timezone.now())}
    assert not by_task["journey.sweep"].is_late
    assert by_task["journey.remind"].is_late
    PeriodicRun.objects.update(succeeded_at=timezone.now() - timedelta(minutes=20))
    assert {each.task: each for each in work(at=timezone.now())}["journey.sweep"].is_late
    assert "7 applications found" in operator("khalid", sign_in)[1].get(reverse("desk:running")).text


def test_in_a_fresh_deployment_no_work_is_late_before_it_was_due() -> None:
    now = timezone.localtime().replace(hour=12, minute=30)  # hours after the work of each night
    work(at=now)
    installed(now - timedelta(minutes=5))
    assert not [
        each.task for each in work(at=now) if each.is_late and each.expected_at < now - timedelta(hours=1)
    ]
    assert "journey.sweep" in {each.task for each in work(at=now + timedelta(minutes=20)) if each.is_late}


def installed(at: datetime) -> None:
    """Let the newest migration have been applied at this moment."""
    MigrationRecorder.Migration.objects.update(applied=at)


def test_one_operator_stops_issuing_and_two_restart_it(sign_in: SignIn) -> None:
    person, khalid = operator("khalid", sign_in)
    page = reverse("desk:key-health")
    assert khalid.post(reverse("desk:stop-issuing"), {"reason": ""}).status_code == 422
    khalid.post(reverse("desk:stop-issuing"), {"reason": "a key may be lost"})
    assert current_stop()
    khalid.post(reverse("desk:ask-to-start"), {"reason": "found"})
    assert "Another person must approve it" in khalid.get(page).text
    stop = current_stop()
    assert stop
    proposal = stop.start_proposals.get()
    with pytest.raises(ProposedByYourself):
        approve_start(proposal, actor=works.act_as(person), at=NOW)
    assert current_stop()
    jasim = operator("jasim", sign_in)[1]
    assert "found" in jasim.get(page).text
    jasim.post(reverse("desk:act-on-start", args=[proposal.pk, "approve"]))
    assert current_stop() is None


def test_a_refused_restart_leaves_issuing_stopped(sign_in: SignIn) -> None:
    person, khalid = operator("khalid", sign_in)
    khalid.post(reverse("desk:stop-issuing"), {"reason": "a key may be lost"})
    proposal = propose_start("found", actor=works.act_as(person), at=NOW)
    jasim = operator("jasim", sign_in)[1]
    assert jasim.post(reverse("desk:act-on-start", args=[proposal.pk, "refuse"])).status_code == 422
    jasim.post(reverse("desk:act-on-start", args=[proposal.pk, "refuse"]), {"reason": "not yet"})
    assert current_stop()


def test_a_message_that_failed_is_sent_again_by_an_administrator_of_its_authority_alone(
    sign_in: SignIn, application: Application
) -> None:
    notice = unsent(application)
    elsewhere = operator("ahmed", sign_in, Role.ADMINISTRATOR, at="MUH")[1]
    assert application.reference not in elsewhere.get(reverse("desk:unsent")).text
    send = reverse("desk:send-again", args=[notice.pk])
    assert elsewhere.post(send).status_code == HTTPStatus.NOT_FOUND
    fatima = operator("fatima", sign_in, Role.ADMINISTRATOR)[1]
    page = fatima.get(reverse("desk:unsent")).text
    assert application.reference in page
    assert "ConnectError" in page
    assert "Layla" not in page
    before = ProcrastinateJob.objects.filter(task_name="delivery.send_notice").count()
    fatima.post(send)
    assert ProcrastinateJob.objects.filter(task_name="delivery.send_notice").count() == before + 1
    Notice.objects.update(channel=Notice.Channel.PUSH)
    assert "Notifications on a device" in fatima.get(reverse("desk:unsent")).text
    Notice.objects.update(sent_at=NOW)
    assert "Every message was sent." in fatima.get(reverse("desk:unsent")).text


def test_a_gateway_that_does_not_answer_is_failing_since_the_first_time(sign_in: SignIn) -> None:
    note_contacts({"sadad": None}, at=NOW)
    for minutes in (1, 2):
        note_contacts({"sadad": GatewayUnreachable("ConnectError")}, at=NOW + timedelta(minutes=minutes))
    line = GatewayContact.objects.get()
    assert (line.heard_at, line.failing_since) == (NOW, NOW + timedelta(minutes=1))
    assert "gateway-unreachable" in operator("khalid", sign_in)[1].get(reverse("desk:running")).text
    note_contacts({"sadad": None}, at=NOW + timedelta(minutes=3))
    assert GatewayContact.objects.get().failing_since is None


def given_up(application: Application) -> int:
    """A job of an application that was given up, with the failure that the worker kept."""
    advance_soon(application.pk)
    job = ProcrastinateJob.objects.get(task_name="journey.advance")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job.pk])
    JobFailure.objects.create(
        job=job.pk, task=job.task_name, error="rukhsa.issuance.errors.IssuanceError", attempt=3, at=NOW
    )
    return int(job.pk)

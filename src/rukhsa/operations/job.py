"""Jobs that wait too long, have no worker any more or were given up; why they failed; and queueing one again."""

from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from procrastinate.manager import JobManager

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import TERRITORY
from rukhsa.errors import RukhsaError

# A worker gives a sign every 10 s, and one that gave none for 30 s has its job taken up by the next.
SILENT = timedelta(minutes=1)
WAITS = timedelta(minutes=10)  # longer than this no worker takes what is due


class NotFailed(RukhsaError):
    """The job is queued or done by now, so there is nothing to retry."""

    code = "job-not-failed"


class JobFailure(models.Model):
    """The last failure of a job: the class of the error, and nothing of what it said or was given."""

    job = models.BigIntegerField(primary_key=True)
    task = models.CharField(max_length=128)
    error = models.CharField(max_length=200)  # as module.Class
    attempt = models.PositiveIntegerField()
    at = models.DateTimeField()


def keep_failure(job: int, task: str, error: BaseException, *, attempt: int, at: datetime) -> None:
    """Write down why a job failed just now."""
    kind = type(error)
    said = {"task": task, "error": f"{kind.__module__}.{kind.__qualname__}", "attempt": attempt, "at": at}
    JobFailure.objects.update_or_create(job=job, defaults=said)


def failed() -> QuerySet[ProcrastinateJob]:
    """The jobs that were given up, the newest first."""
    return ProcrastinateJob.objects.filter(status="failed").order_by("-id")


def stuck(*, at: datetime) -> QuerySet[ProcrastinateJob]:
    """The jobs in work whose worker gives no sign, and those that have been due for ten minutes; the oldest first."""
    alive = ProcrastinateWorker.objects.filter(pk=OuterRef("worker_id"), last_heartbeat__gt=at - SILENT)
    overdue = Q(scheduled_at__lt=at - WAITS) | Q(scheduled_at=None, waits_since__lt=at - WAITS)
    waiting = ProcrastinateJob.objects.annotate(
        waits_since=models.Min("procrastinateevent__at", filter=Q(procrastinateevent__type="deferred"))
    )
    idle: QuerySet[ProcrastinateJob] = waiting.filter(
        (Q(status="doing") & ~Exists(alive)) | (Q(status="todo") & overdue)
    )
    return idle.order_by("id")


def unfinished(job: int) -> ProcrastinateJob | None:
    """The job of this number, if it is queued, in work or given up."""
    return ProcrastinateJob.objects.filter(pk=job, status__in=("failed", "doing", "todo")).first()


@transaction.atomic
def retry(job: int, *, actor: Actor, at: datetime) -> None:
    """Queue a job again that was given up, once. Every task may run twice and does its work once.

    Raises NotPermitted, NotFailed.
    """
    actor.require(Permission.OPERATE, at=TERRITORY)
    found = ProcrastinateJob.objects.select_for_update().filter(pk=job, status="failed").first()
    if found is None:
        raise NotFailed(str(job))
    JobManager(DjangoConnector()).retry_job_by_id(job, retry_at=at)
    record("retry-job", actor.person, actor=actor, at=at, job=job, task=found.task_name)

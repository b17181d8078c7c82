"""Queues jobs again whose worker was killed."""

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

logger = logging.getLogger(__name__)

SECONDS_WITHOUT_A_SIGN = 30  # a worker sends a heartbeat every 10 seconds
# A job that kills every worker must end at some point.
MOST_ATTEMPTS = 20


# Without a lock: a killed run of this task would block every later one.
@app.periodic(cron="* * * * * */10")
@app.task(
    name="project.take_up_stalled",
    queue="project",
    queueing_lock="project.take_up_stalled",
    pass_context=True,
    priority=100,
)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """Queue every job again whose worker sends no heartbeat; tasks may run twice and do their work once."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SECONDS_WITHOUT_A_SIGN):
        try:
            logger.warning(
                "task %s, job %s: its worker died, %s", job.task_name, job.id, await _take_up(manager, job)
            )
        except ConnectorException as error:
            # The job just ended, or another worker took it: the next round looks again.
            logger.warning(
                "task %s, job %s: not taken up now (%s)", job.task_name, job.id, type(error).__name__
            )


async def _take_up(manager: JobManager, job: Job) -> str:
    if job.attempts >= MOST_ATTEMPTS:
        await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        return f"and it is given up after {job.attempts} attempts"
    try:
        await manager.retry_job(job)
    except UniqueViolation:
        # Only one job of this kind may wait, such as a sweep, and one does.
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
        return "and another one waits already"
    return "and it is queued again"

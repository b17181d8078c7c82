"""Takes up again the jobs whose worker was killed while it worked on them."""

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

logger = logging.getLogger(__name__)

SECONDS_WITHOUT_A_SIGN = 30  # a worker gives one every 10
# A job that ends every worker that takes it must not go on for ever.
MOST_ATTEMPTS = 20


# It holds no lock: one that was killed itself would keep every later one from running.
@app.periodic(cron="* * * * * */10")
@app.task(
    name="project.take_up_stalled",
    queue="project",
    queueing_lock="project.take_up_stalled",
    pass_context=True,
    priority=100,
)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """Queue every job again whose worker gives no sign; each task may run twice and does its work once."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SECONDS_WITHOUT_A_SIGN):
        try:
            logger.warning(
                "task %s, job %s: its worker died, %s", job.task_name, job.id, await _take_up(manager, job)
            )
        except ConnectorException as error:
            # It ended at this very moment, or another worker was quicker: the next round sees what is left.
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
        # One of the kind of which a single one waits, such as a sweep, waits already.
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
        return "and another one waits already"
    return "and it is queued again"

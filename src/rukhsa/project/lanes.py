"""The lanes of the worker: what hangs in one, such as the provider of SMS, takes no place from the others."""

import asyncio
import copy
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from procrastinate.periodic import PeriodicRegistry

from rukhsa.issuance import clock


@dataclass(frozen=True, kw_only=True)
class Lane:
    """Queues whose jobs share a few places of a worker."""

    name: str
    queues: tuple[str, ...]
    places: int


# Together no more than a process has connections to the database (databases.POOL).
LANES: Final = (
    Lane(name="issuing", queues=("journey", "issuance"), places=3),
    Lane(name="money", queues=("payments",), places=1),
    Lane(name="notices", queues=("delivery",), places=2),
    Lane(name="outside", queues=("outside",), places=1),  # witnesses and time stamps, which may not answer
    Lane(name="sweeps", queues=("sweeps", "figures", "staff", "project"), places=1),
)


SECONDS_BETWEEN_LOOKS: Final = 15  # at the clock


class LaneEnded(Exception):
    """A lane ended without being told to, as when it lost the database."""

    code = "lane-ended"


class ByDatabaseTime(JobManager):
    """Puts off a job that failed by the clock of the database.

    By that of a machine two days ahead it would wait for two days, and all that waits for the same lock with it.
    """

    async def retry_job_by_id_async(
        self,
        job_id: int,
        retry_at: datetime,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        at = await database_time(self.connector) + (retry_at - clock.machine_time())
        await super().retry_job_by_id_async(job_id, at, priority, queue, lock)


async def work(app: App, lanes: Sequence[Lane]) -> None:
    """Run jobs in these lanes until SIGTERM or SIGINT, and end after the jobs that run.

    Raises LaneEnded, and ClockDiffers where this machine's clock is not that of the database: it takes no job then.
    """
    clock.require_same(await database_time(app.connector))
    loop = asyncio.get_running_loop()
    # Each place needs a thread: the loop's own executor has fewer of them where there are few cores.
    loop.set_default_executor(ThreadPoolExecutor(max_workers=sum(lane.places for lane in lanes) + 2))
    running = [asyncio.create_task(_run(each, lane), name=lane.name) for each, lane in _apps(app, lanes)]
    running.append(asyncio.create_task(_look_at_the_clock(app), name="clock"))
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    ending = asyncio.create_task(told.wait())
    await asyncio.wait([*running, ending], return_when=asyncio.FIRST_COMPLETED)
    ended = next((task for task in running if task.done()), None)
    for task in (*running, ending):
        task.cancel()
    await asyncio.gather(*running, ending, return_exceptions=True)
    if ended and not told.is_set():
        error = ended.exception()
        if isinstance(error, clock.ClockDiffers):
            raise error
        cause = error.__cause__ or error if error else "its listener lost the database"
        raise LaneEnded(f"the lane {ended.get_name()} ended: {cause}") from error


def _apps(app: App, lanes: Sequence[Lane]) -> list[tuple[App, Lane]]:
    """The app for each lane: the first one alone queues what is due by the clock."""
    first = copy.copy(app)
    first.job_manager = ByDatabaseTime(app.connector)
    quiet = copy.copy(first)
    quiet.periodic_registry = PeriodicRegistry()  # type: ignore[no-untyped-call]
    return [(first if position == 0 else quiet, lane) for position, lane in enumerate(lanes)]


async def database_time(connector: BaseConnector) -> datetime:
    """The time of the database."""
    row = await connector.execute_query_one_async("SELECT clock_timestamp() AS now")
    moment: datetime = row["now"]
    return moment


async def _look_at_the_clock(app: App) -> None:
    """Look from time to time; raises ClockDiffers. Of a database that is away the lanes say so themselves."""
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        with suppress(ConnectorException):
            clock.require_same(await database_time(app.connector))


async def _run(app: App, lane: Lane) -> None:
    await app.run_worker_async(
        queues=list(lane.queues),  # psycopg writes a tuple as a row, not as an array
        concurrency=lane.places,
        name="worker",  # under this name the settings keep what it logs short
        delete_jobs="successful",
        install_signal_handlers=False,
    )

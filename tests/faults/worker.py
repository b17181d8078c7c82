"""A real worker in a process of its own, which may be told where to die: see test_killed_workers.py."""

import json
import sys
from dataclasses import replace

from tests.children import die_at_each, enter


def main() -> None:
    """Do what is queued in the database of the test, then end; die on the way where it is said."""
    from tests import settings

    world = json.loads(sys.argv[1])
    enter(
        world,
        CONFIG=replace(settings.CONFIG, sms_url=world["sms_url"]),
        MAILERS={"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}},
    )
    die_at_each(
        world["die_at"], _work, needs=(*settings.PROCRASTINATE_IMPORT_PATHS, "rukhsa.project.stalled_jobs")
    )


def _work(point: str) -> None:
    import asyncio
    import contextlib
    import time

    from django.conf import settings
    from django.db import connection
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    from rukhsa.project import stalled_jobs

    settings.RUKHSA_FAULT_POINT = point
    with connection.cursor() as cursor:  # the one that died was silent for long enough
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    # What is tried again after a while is tried again now.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    with contextlib.suppress(AlreadyEnqueued):
        stalled_jobs.take_up_stalled.defer(timestamp=int(time.time()))
    connection.close()
    worker = app.with_connector(app.connector.get_worker_connector())
    asyncio.run(_run(worker))


async def _run(worker: object) -> None:
    async with worker.open_async():  # type: ignore[attr-defined]
        await worker.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()

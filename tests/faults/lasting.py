"""A real worker in a process of its own, which works until it is ended: see test_stopped.py."""

import json
import sys
from dataclasses import replace

from tests.children import enter, say


def main() -> None:
    """Work in the database of the test, and say so once it has begun."""
    from tests import settings

    world = json.loads(sys.argv[1])
    enter(
        world,
        CONFIG=replace(settings.CONFIG, sms_url=world["sms_url"]),
        MAILERS={"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}},
    )
    import asyncio

    from procrastinate.contrib.django import app

    say({"begun": True})
    asyncio.run(_run(app.with_connector(app.connector.get_worker_connector())))


async def _run(worker: object) -> None:
    async with worker.open_async():  # type: ignore[attr-defined]
        await worker.run_worker_async(fetch_job_polling_interval=0.2)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()

"""A process that enters the database of a test and works there in children, and each of them may die on the way."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any

from rukhsa.project.config import PROJECT

ENVIRONMENT = {"PYTHONPATH": f"{PROJECT}/src:{PROJECT}"}
NAMES = ("RUKHSA_TERRITORY", "RUKHSA_KEYS", "RUKHSA_PUBLIC", "MEDIA_ROOT")
LONGEST = 900  # seconds, on a busy machine


def run(module: str, settings: Any, **told: Any) -> list[dict[str, Any]]:
    """Run a module of the tests in a process of its own, in this database; what it said, line by line."""
    done = subprocess.run(
        [sys.executable, "-m", module, world_of(settings, **told)],
        capture_output=True,
        text=True,
        env=os.environ | ENVIRONMENT,
        cwd=PROJECT,
        timeout=LONGEST,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def world_of(settings: Any, **told: Any) -> str:
    """The database and the settings of the test, for the command line of a process that is to `enter` them."""
    from django.db import connection

    values = {name: str(getattr(settings, name)) for name in NAMES}
    values |= {"PAYMENT_GATEWAYS": settings.PAYMENT_GATEWAYS}
    return json.dumps({"database": connection.settings_dict["NAME"], "settings": values, **told})


def enter(world: dict[str, Any], **more: Any) -> None:
    """Set Django up for the database and the settings that a test names; `more` are further settings."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from tests import settings

    settings.DATABASES["default"]["NAME"] = world["database"]
    for name, value in (world["settings"] | more).items():
        setattr(settings, name, value)
    import django

    django.setup()


def die_at_each(points: list[str], work: Callable[[str], object], *, needs: Iterable[str]) -> None:
    """Work in one child after another, each told where to die, and say how each ended.

    `needs` are the modules that the work imports: here once, and not again in every child.
    """
    for module in needs:
        importlib.import_module(module)
    for point in points:
        child = os.fork()
        if not child:
            work(point)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say({"point": point, "ended": os.waitstatus_to_exitcode(status)})


def all_at_once(count: int, work: Callable[[], object], *, needs: Iterable[str]) -> None:
    """Work in so many children at once, and fail where one of them does; `needs` as for `die_at_each`."""
    for module in needs:
        importlib.import_module(module)
    started = []
    for _ in range(count):
        if not (child := os.fork()):
            work()
            os._exit(0)
        started.append(child)
    assert [os.waitpid(child, 0)[1] for child in started] == [0] * count


def say(what: dict[str, Any]) -> None:
    """A line of JSON for the test that started the process."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()

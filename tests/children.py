"""A process that enters the database of a test and works there in children, each of which may die on the way."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any


def enter(world: dict[str, Any], **more: Any) -> None:
    """Set Django up for the database and the settings that a test names; `more` are further settings."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from tests import settings

    settings.DATABASES["default"]["NAME"] = world["database"]
    for name, value in (world["settings"] | more).items():
        setattr(settings, name, value)
    import django

    django.setup()


def die_at_each(points: list[str], work: Callable[[str], object]) -> None:
    """Work in one child after another, each told where to die, and say how each ended."""
    for point in points:
        child = os.fork()
        if not child:
            work(point)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say({"point": point, "ended": os.waitstatus_to_exitcode(status)})


def say(what: dict[str, Any]) -> None:
    """A line of JSON for the test that started the process."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()

"""A process that issues one application in children that die on the way: see test_killed.py."""

import json
import os
import sys
from typing import Any


def main() -> None:
    """Issue the application named on the command line, in one child after another, and say how each ended."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    world = json.loads(sys.argv[1])
    from tests import settings

    settings.DATABASES["default"]["NAME"] = world["database"]
    for name, value in world["settings"].items():
        setattr(settings, name, value)
    import django

    django.setup()
    for point in world["die_at"]:
        child = os.fork()
        if not child:
            _issue(world["application"], point)
        _, status = os.waitpid(child, 0)
        _say(json.dumps({"point": point, "ended": os.waitstatus_to_exitcode(status)}))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _issue(application: str, point: str) -> Any:
    from django.conf import settings

    from rukhsa.applications.models import Application
    from rukhsa.issuance import cycle
    from rukhsa.issuance.models import Instrument
    from tests.rooms.issuance.conftest import NOW

    settings.RUKHSA_FAULT_POINT = point
    _say(json.dumps({"released before": Instrument.objects.exists()}))
    number = cycle.issue(Application.objects.get(pk=application), at=NOW).number
    _say(json.dumps({"number": number}))
    os._exit(0)


if __name__ == "__main__":
    main()

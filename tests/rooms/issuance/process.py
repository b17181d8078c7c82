"""A process that issues one application in children that die on the way: see test_killed.py."""

import json
import sys
from functools import partial

from tests.children import all_at_once, die_at_each, enter, say


def main() -> None:
    """Issue the application named on the command line, in children, and say how each ended."""
    world = json.loads(sys.argv[1])
    enter(world)
    needs = ("rukhsa.issuance.cycle", "tests.rooms.issuance.conftest")
    work = partial(_issue, world["application"])
    if at_once := world.get("at_once"):
        all_at_once(at_once, partial(work, ""), needs=needs)
    else:
        die_at_each(world["die_at"], work, needs=needs)


def _issue(application: str, point: str) -> None:
    from django.conf import settings

    from rukhsa.applications.models import Application
    from rukhsa.issuance import cycle
    from rukhsa.issuance.models import Instrument
    from tests.rooms.issuance.conftest import NOW

    settings.RUKHSA_FAULT_POINT = point
    say({"released before": Instrument.objects.exists()})
    number = cycle.issue(Application.objects.get(pk=application), at=NOW).number
    say({"number": number})


if __name__ == "__main__":
    main()

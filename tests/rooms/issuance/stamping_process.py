"""A process that stamps what waits in children that die on the way: see test_stamping.py."""

import json
import sys

from tests.children import die_at_each, enter, say


def main() -> None:
    """Stamp in one child after another, and say how each ended."""
    world = json.loads(sys.argv[1])
    enter(world)
    from django.conf import settings

    from rukhsa.project.config import TimeStamping

    settings.RUKHSA_TSA = TimeStamping(address=world["tsa"], policy="", certificates=None)
    needs = ("rukhsa.issuance.time_stamp", "tests.rooms.issuance.conftest")
    die_at_each(world["die_at"], _stamp, needs=needs)


def _stamp(point: str) -> None:
    from django.conf import settings

    from rukhsa.issuance import time_stamp
    from rukhsa.issuance.models import TimeStamp
    from tests.rooms.issuance.conftest import NOW

    settings.RUKHSA_FAULT_POINT = point
    say({"stamped": TimeStamp.objects.count()})
    time_stamp.stamp_waiting(at=NOW)


if __name__ == "__main__":
    main()

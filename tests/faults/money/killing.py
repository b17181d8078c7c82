"""A process that does each piece of work in children that die at one effect each, goes on, and says how it ended."""

import json
import os
import sys
from dataclasses import asdict
from typing import Any

from tests.children import enter, say


def main() -> None:
    """Do what the command line names in the database of the test."""
    told = json.loads(sys.argv[1])
    enter(told)
    from tests.faults.money import works, world

    for work in works.works(tuple(told["gateways"])):
        _kill_at_each(work, world.build(), told)


def _kill_at_each(work: Any, there: Any, told: dict[str, Any]) -> None:
    from tests.faults.money.effects import Effects
    from tests.faults.money.world import end_of

    charge = work.begin(there)
    with Effects().watched() as effects:
        work.act(there, charge)
    work.go_on(there, charge, told["sandbox"])
    unharmed = end_of(charge, told["sandbox"])
    points = [(number, side) for number in range(len(effects.names)) for side in ("before", "after")]
    for number, side in points[told["first"] :: told["every"]]:
        charge = work.begin(there)
        ended = _die(work, there, charge, number, side)
        work.go_on(there, charge, told["sandbox"])
        end = end_of(charge, told["sandbox"])
        say({
            "point": f"{work.name}: {side} {effects.names[number]} ({number + 1} of {len(effects.names)})",
            "killed": ended == -9, "same": end == unharmed, "lost": end.lost, "double": end.double,
            "end": asdict(end), "unharmed": asdict(unharmed),
        })  # fmt: skip


def _die(work: Any, there: Any, charge: Any, number: int, side: str) -> int:
    from django.db import connections

    from tests.faults.money.effects import Effects

    connections.close_all()  # a child has a connection of its own
    child = os.fork()
    if not child:
        with Effects(die_at=number, side=side).watched():
            work.act(there, charge)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()

"""`make cluster`: everything that a country's service has more than one of, on one machine, to be tried out."""

import argparse
import sys
from pathlib import Path

from rukhsa.project.ports import PortsBusy
from rukhsa.project.supervisor import AlreadyRunning, say
from rukhsa_rehearsal.cluster import lifetime
from rukhsa_rehearsal.cluster.layout import BASE, CannotReach
from rukhsa_rehearsal.cluster.programs import ProgramsMissing


def main() -> int:
    """Start it, print the addresses, and keep it until Ctrl-C."""
    told = _parser().parse_args()
    asked = {"base": told.base, "strict": not told.asynchronous, "fresh": told.fresh}
    try:
        with lifetime.opened(told.folder, **asked) as layout:
            return lifetime.run(layout, act=lifetime.play_story if told.story else None)
    except (ProgramsMissing, CannotReach, PortsBusy, AlreadyRunning) as refused:
        say(str(refused))
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("--story", action="store_true", help="play the story in it, then end it")
    parser.add_argument("--asynchronous", action="store_true", help="commits do not wait for a standby")
    parser.add_argument("--fresh", action="store_true", help="begin again with an empty folder")
    parser.add_argument("--base", type=int, default=BASE, help=f"the first port; {BASE} without it")
    parser.add_argument("--folder", type=Path, default=lifetime.FOLDER, help="its folder")
    return parser


if __name__ == "__main__":
    sys.exit(main())

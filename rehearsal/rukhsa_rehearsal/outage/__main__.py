"""`make outage`: break a cluster under load, each part in turn, and count what was lost."""

import argparse
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import django

from rukhsa.project.ports import PortsBusy
from rukhsa.project.supervisor import AlreadyRunning, say
from rukhsa_rehearsal.cluster import lifetime, primary
from rukhsa_rehearsal.cluster.layout import BASE, CannotReach, Layout
from rukhsa_rehearsal.cluster.parts import environment
from rukhsa_rehearsal.cluster.programs import ProgramsMissing
from rukhsa_rehearsal.outage import breaking
from rukhsa_rehearsal.outage.cut import heal
from rukhsa_rehearsal.outage.losses import Reckoning, reckon
from rukhsa_rehearsal.outage.told import Told
from rukhsa_rehearsal.outage.upgrade import upgrade

SECONDS_BEFORE = 5


class Outage:
    """The faults that are asked for, in one cluster; `wrong` counts what may not be."""

    def __init__(self, *, only: str, control: bool) -> None:
        self._faults = [
            fault for fault in breaking.faults() if any(part in fault.name for part in only.split(","))
        ]
        self._control = control
        self.wrong = 0

    @property
    def upgrades(self) -> bool:
        """Whether the cluster begins with an earlier version of the product."""
        return any(fault.act is upgrade for fault in self._faults)

    def play(self, layout: Layout) -> int:
        """Break and mend under load, reckon, and then the control; 1 where something was lost or is there twice."""
        os.environ.update(environment(layout))
        django.setup()
        from rukhsa_rehearsal.outage.crowd_of_people import (  # of the story, which asks for Django's settings
            Load,
            original,
        )

        load = Load(layout, original(layout))
        load.start()
        time.sleep(SECONDS_BEFORE)
        done = sum(self.try_one(layout, fault, load.told) for fault in self._faults)
        primary.wait_for(lambda: primary.is_whole(layout))
        load.end()
        found = reckon(layout, load.told)
        self.wrong += found.lost + found.double + len(load.told.gave_up)
        for error in load.told.gave_up:
            say(f"a person gave up: {error[:300]}")
        if self._control and layout.by_root:
            say(f"control, asynchronous: {breaking.control(layout)}")
        say(f"verdicts: {load.told.verdicts}, refused requests: {load.told.refusals}, fsck: {found.said}")
        say(last_line(done, found, load.told))
        return int(bool(self.wrong))

    def try_one(self, layout: Layout, fault: breaking.Fault, told: Told) -> bool:
        """Break and mend one thing, and say what was seen; False if it cannot be tried here."""
        if fault.needs_root and not layout.by_root:
            say(f"{fault.name}: not tried, since only root can")
            return False
        primary.wait_for(lambda: primary.is_whole(layout))
        told.begin_fault()
        try:
            seen = fault.act(layout)
        except Exception as error:  # the others are still to be tried
            self.wrong += 1
            seen = f"FAILED, {error!r}"
        say(f"{fault.name}: {seen}; unavailable {told.here:.1f} s, verifier {told.verifier_here:.1f} s")
        return True


def last_line(done: int, found: Reckoning, told: Told) -> str:
    """What the run is read by."""
    return (
        f"outage: {done} faults, {found.submissions} submissions, {found.documents} documents: lost {found.lost},"
        f" double {found.double}, unavailable at most {told.unavailable:.0f} s, verifier at most {told.verifier:.0f} s"
    )


def main() -> int:
    """Run it; the exit code is 1 where something was lost or is there twice, and 130 where it was told to end."""
    told = _parser().parse_args()
    outage = Outage(only=told.only, control=not told.no_control)
    try:
        with lifetime.opened(told.folder, base=told.base, fresh=told.fresh) as layout:
            layout = replace(layout, earlier=told.earlier)
            try:
                return lifetime.run(layout, act=outage.play, earlier_first=outage.upgrades)
            finally:
                if layout.by_root:
                    heal(layout)
    except (ProgramsMissing, CannotReach, PortsBusy, AlreadyRunning) as refused:
        say(str(refused))
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make outage", description=__doc__)
    parser.add_argument(
        "--only", default="", help="only the faults whose name has one of these in it, with commas"
    )
    parser.add_argument("--no-control", action="store_true", help="without the cut in asynchronous mode")
    parser.add_argument("--fresh", action="store_true", help="begin with an empty folder")
    parser.add_argument(
        "--earlier",
        metavar="COMMIT",
        default="",
        help="the version that is upgraded from; without it the one before the newest migration",
    )
    parser.add_argument("--base", type=int, default=BASE, help=f"the first port; {BASE} without it")
    parser.add_argument("--folder", type=Path, default=lifetime.FOLDER, help="the cluster's folder")
    return parser


if __name__ == "__main__":
    sys.exit(main())

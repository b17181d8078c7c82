"""Runs kinds of tries one after the other, counts, and says in its last line what came of all."""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.attack.deployment import faults, processes
from tests.attack.ground import Ground
from tests.attack.tries import Kind, NotTried, Outcome, Try
from tests.attack.watcher import Watcher

SHOWN = 5  # of the tries of a kind that did not hold
LONGEST = 10  # seconds within which the verifier must have answered


@dataclass(kw_only=True)
class Tally:
    """What came of the tries so far."""

    tries: Counter[Outcome] = field(default_factory=Counter)
    controls: Counter[Outcome] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    not_tried: list[str] = field(default_factory=list)
    longest: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether nothing came through, nothing of ours failed, and every control showed that it could have."""
        failed = (
            counted[one]
            for counted in (self.tries, self.controls)
            for one in Outcome
            if one is not Outcome.HELD
        )
        return not sum(failed) and not self.faults and self.longest <= LONGEST

    def attack(self, ground: Ground, kinds: Sequence[Kind]) -> None:
        """Run them, with the watcher beside, and look at the deployment afterwards."""
        before = processes(ground.world)
        with Watcher(site=ground.verifier, text=ground.text) as watcher:
            for each in kinds:
                self._run(each, ground, watcher)
        self.longest = watcher.longest
        self.faults += [f"the verifier, asked meanwhile: {fault}" for fault in watcher.faults[:SHOWN]]
        self.faults += faults(ground.world, before)
        most = max(processes(ground.world).values(), key=lambda one: one.megabytes)
        self.say(
            f"Most memory of a process: {most.megabytes} MB ({most.name}); verifier asked {watcher.asked} times."
        )

    def _run(self, each: Kind, ground: Ground, watcher: Watcher) -> None:
        began, made = time.monotonic(), list[Try]()
        watcher.longest_of_kind = 0.0
        try:
            made.extend(each.run(ground))
        except NotTried as reason:
            self.not_tried.append(each.name)
            self.say(f"{each.name:<24} NOT TRIED: {reason}")
            return
        except Exception as error:
            self.faults.append(f"{each.name} could not be tried to its end: {error!r}")
        tries = Counter(one.outcome for one in made if not one.control)
        controls = Counter(one.outcome for one in made if one.control)
        self.tries.update(tries)
        self.controls.update(controls)
        if (tries.total(), controls.total()) != (each.tries, each.controls):
            said = f"{each.tries} tries and {each.controls} controls"
            self.faults.append(f"{each.name} says {said} and made {tries.total()} and {controls.total()}")
        told = (
            f"{tries.total()} tries, {tries[Outcome.THROUGH]} through, {tries[Outcome.ERROR]} errors of ours"
        )
        held = f"controls {controls.total()}, held {controls[Outcome.HELD]}"
        took = f"{time.monotonic() - began:.1f} s, verifier {watcher.longest_of_kind:.1f} s"
        self.say(f"{each.name:<24} {told}; {held} ({took})")
        for one in [one for one in made if one.outcome is not Outcome.HELD][:SHOWN]:
            self.say(f"    {'control ' if one.control else ''}{one}")

    def close(self) -> None:
        """Say what is wrong, and the last line."""
        for fault in self.faults:
            self.say(f"FAULT {fault}")
        controls, counted = self.controls, self.tries
        self.say(f"controls {controls.total()}, held {controls[Outcome.HELD]}")
        self.say(
            f"attack: {counted.total()} tries, {counted[Outcome.THROUGH]} through,"
            f" {counted[Outcome.ERROR]} errors of ours, verifier answered within {self.longest:.1f} s throughout"
            + (f"; NOT TRIED: {', '.join(self.not_tried)}" if self.not_tried else "")
        )

    @staticmethod
    def say(line: str) -> None:
        """A line for who waits."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

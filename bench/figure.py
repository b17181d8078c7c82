"""One figure of the bench: ours beside a peer's, measured in the same run, and the ratio wanted."""

import importlib.metadata
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`ours` and `peer` in `unit`; a figure is met when ours is at least (or, for times, at most) as wanted.

    `less_is_better`: the ratio is then peer / ours, so that more is better in every printed line. `other` is the
    word for what `peer` is (a peer, a limit, another size), `digits` how many follow the point.
    """

    name: str
    ours: float
    peer: float
    wanted: float
    unit: str = "a second"
    less_is_better: bool = False
    other: str = "peer"
    digits: int = 1

    @property
    def ratio(self) -> float:
        """How many times as good as the peer."""
        return self.peer / self.ours if self.less_is_better else self.ours / self.peer

    @property
    def met(self) -> bool:
        """Whether the ratio wanted is reached."""
        return self.ratio >= self.wanted

    def __str__(self) -> str:
        verdict = "met" if self.met else "NOT MET"
        return (
            f"{self.name}: ours {self.ours:,.{self.digits}f} {self.unit}, {self.other} "
            f"{self.peer:,.{self.digits}f}, ratio {self.ratio:.2f}, wanted {self.wanted:g}, {verdict}"
        )


def rate(act: Callable[[int], object], *, seconds: float = 3.0, warm_up: int = 3) -> float:
    """How many times a second `act` runs; it is given a rising number, so that nothing is asked twice."""
    for number in range(warm_up):
        act(number)
    done, start = 0, time.perf_counter()
    while (taken := time.perf_counter() - start) < seconds:
        act(warm_up + done)
        done += 1
    return done / taken


def best_rates(
    ours: Callable[[int], object], peer: Callable[[int], object], *, rounds: int = 3, seconds: float = 3.0
) -> tuple[float, float]:
    """The best of some rounds for each side, taken in turns, so that a busy moment hurts both alike."""
    pairs = []
    for number in range(rounds):
        first = 1_000_000 * number
        pairs.append(
            (
                rate(lambda n, first=first: ours(first + n), seconds=seconds),  # type: ignore[misc]
                rate(lambda n, first=first: peer(first + n), seconds=seconds),  # type: ignore[misc]
            )
        )
    return max(ours for ours, _ in pairs), max(peer for _, peer in pairs)


def machine(*packages: str) -> str:
    """What this was measured on: processor, cores, versions."""
    versions = ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)
    return f"machine: {_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()

"""The same act in a process for each core, all at once: what a machine does in a second."""

import multiprocessing
import os
import time
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from bench.town import leave_town

type Act = Callable[[int], object]


class Crew:
    """A process for each core; each repeats the act that `make` made there.

    The act is given a number that no other process of the crew is given.
    """

    def __init__(self, make: Callable[[], Act]) -> None:
        self.processes = os.cpu_count() or 1
        self._make = make
        self._people: list[tuple[multiprocessing.process.BaseProcess, Connection]] = []

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        for number in range(self.processes):
            here, there = context.Pipe()
            numbers = (number, self.processes)
            process = context.Process(target=_serve, args=(self._make, numbers, there))
            process.start()
            there.close()
            self._people.append((process, here))
        self.rate(seconds=0.5)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for process, pipe in self._people:
            pipe.close()
            process.join(10)
            if process.is_alive():
                process.kill()

    def rate(self, *, seconds: float) -> float:
        """How many acts a second all of them complete."""
        for _, pipe in self._people:
            pipe.send(seconds)
        return sum(self._answer(pipe) for _, pipe in self._people)

    def _answer(self, pipe: Connection) -> float:
        answer = pipe.recv()
        if not isinstance(answer, float):
            raise RuntimeError(f"a process of the crew failed: {answer}")
        return answer


def best_of_crews(ours: Crew, peer: Crew, *, rounds: int = 6, seconds: float = 3.0) -> tuple[float, float]:
    """The best of some rounds for each side, taken in turns, so that a busy moment hurts both alike."""
    pairs = [(ours.rate(seconds=seconds), peer.rate(seconds=seconds)) for _ in range(rounds)]
    return max(ours for ours, _ in pairs), max(peer for _, peer in pairs)


def _serve(make: Callable[[], Act], numbers: tuple[int, int], pipe: Connection) -> None:
    try:
        act, numbering = make(), count(*numbers)
        while True:
            pipe.send(_rate(act, numbering, pipe.recv()))
    except EOFError:
        return
    except Exception as error:
        pipe.send(repr(error))
        raise
    finally:
        leave_town()


def _rate(act: Act, numbering: "count[int]", seconds: float) -> float:
    done, start = 0, time.perf_counter()
    while (taken := time.perf_counter() - start) < seconds:
        act(next(numbering))
        done += 1
    return done / taken

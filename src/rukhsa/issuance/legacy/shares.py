"""Reissuing in several processes, each with its share of the documents."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from rukhsa.issuance.legacy.reissue import NotReissuable, Reissued


def report_share(done: Iterable[Reissued]) -> None:
    """Report each document to the starting process, one line each.

    Where it has died, the line cannot be written (BrokenPipeError), and the share ends with it.
    """
    for document in done:
        sys.stdout.write(json.dumps(vars(document)) + "\n")
        sys.stdout.flush()


def run_shares(register: str, *, folder: Path, processes: int, limit: int | None) -> Iterator[Reissued]:
    """Start the shares and yield the lines that they print, as they arrive.

    Raises `NotReissuable` as soon as one of them fails, and ends the others: otherwise a run at half its speed, or one
    that waits for a missing share, would be noticed hours later.
    """
    started = [_start(register, folder, share, processes, limit) for share in range(processes)]
    try:
        yield from _merged(started)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def _start(
    register: str, folder: Path, share: int, processes: int, limit: int | None
) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "rukhsa.project.command", "legacy", "reissue"]
    command += ["--register", register, "--folder", str(folder), "--share", str(share), str(processes)]
    command += ["--limit", str(limit)] if limit else []
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own command


def _merged(started: "list[subprocess.Popen[str]]") -> Iterator[Reissued]:
    """The lines of several processes, in the order of their arrival. Raises NotReissuable."""
    lines: queue.SimpleQueue[str | int] = queue.SimpleQueue()
    for process in started:
        threading.Thread(target=_pour, args=(process, lines), daemon=True).start()
    running = len(started)
    while running:
        line = lines.get()
        if isinstance(line, str):
            yield Reissued(**json.loads(line))
            continue
        running -= 1
        if line:
            raise NotReissuable(f"a process failed ({line}); what it issued stays, run it again to continue")


def _pour(process: "subprocess.Popen[str]", told: "queue.SimpleQueue[str | int]") -> None:
    """Put each line that a process prints into the queue, and at the end its exit code."""
    assert process.stdout
    for line in process.stdout:
        told.put(line)
    told.put(process.wait())

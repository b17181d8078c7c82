"""Issuing again with several processes, each taking its share; a share dies with the process that started it."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from rukhsa.issuance.legacy.reissue import NotReissuable, Reissued


def report_share(done: Iterable[Reissued]) -> None:
    """Tell the starting process of each document, a line each.

    Where it has died, the line cannot be written (BrokenPipeError), and the share ends with it.
    """
    for document in done:
        sys.stdout.write(json.dumps(vars(document)) + "\n")
        sys.stdout.flush()


def run_shares(register: str, *, folder: Path, processes: int, limit: int | None) -> Iterator[Reissued]:
    """Start the shares and give what they tell, as it comes. Raises `NotReissuable` where one fails."""
    started = [_start(register, folder, share, processes, limit) for share in range(processes)]
    try:
        yield from _merged([process.stdout for process in started if process.stdout])
        if any(process.wait() for process in started):
            raise NotReissuable("a process failed; run it again to continue")
    finally:
        for process in started:
            process.terminate()


def _start(
    register: str, folder: Path, share: int, processes: int, limit: int | None
) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "rukhsa.project.command", "legacy", "reissue"]
    command += ["--register", register, "--folder", str(folder), "--share", str(share), str(processes)]
    command += ["--limit", str(limit)] if limit else []
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own command


def _merged(outputs: list[IO[str]]) -> Iterator[Reissued]:
    """The lines of several processes, in the order in which they come."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    for output in outputs:
        threading.Thread(target=_pour, args=(output, lines), daemon=True).start()
    running = len(outputs)
    while running:
        line = lines.get()
        if line is None:
            running -= 1
        else:
            yield Reissued(**json.loads(line))


def _pour(output: IO[str], lines: "queue.SimpleQueue[str | None]") -> None:
    for line in output:
        lines.put(line)
    lines.put(None)

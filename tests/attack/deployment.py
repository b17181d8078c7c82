"""What must be true of the processes of a deployment after it was attacked: alive, small, without a traceback."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rukhsa_rehearsal.deployment import Deployment

# A web process at rest has some 200 MB, and one body of 17 MB may lie in it four times.
BOUND = 600  # MB of the most that a process ever had


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process of the deployment, with the most memory that it ever had, in MB."""

    pid: int
    name: str
    megabytes: int


def processes(world: Deployment) -> dict[int, Process]:
    """Those of the deployment itself; of PostgreSQL's none."""
    marked = f"RUKHSA_DATA={world.config.data}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if marked in environment and b"python" in words[0]:
                pid = int(folder.name)
                found[pid] = Process(pid=pid, name=_name(words), megabytes=_most(folder))
        except OSError:  # it ended meanwhile, or is another user's
            continue
    found.pop(os.getpid(), None)
    return found


def faults(world: Deployment, before: dict[int, Process]) -> Iterator[str]:
    """What is wrong with the deployment now: who died, who grew, what the log tells, what `rukhsa fsck` says."""
    now = processes(world)
    for pid, process in before.items():
        if pid not in now:
            yield f"{process.name} ({pid}) is gone"
    for process in now.values():
        if process.megabytes > BOUND:
            yield f"{process.name} had {process.megabytes} MB, and {BOUND} are allowed"
    log = (world.config.data / "processes.log").read_text(errors="replace")
    if "Traceback (most recent call last)" in log:
        where = log.index("Traceback (most recent call last)")
        yield f"processes.log has a traceback: {log[max(0, where - 300) : where + 1500]}"
    last = world.command("fsck").splitlines()[-1]
    if " 0 faults" not in last:
        yield f"rukhsa fsck: {last}"


def _name(words: list[bytes]) -> str:
    told = [word.decode(errors="replace") for word in words[1:] if word and not word.startswith(b"-")]
    return " ".join(told[:3])[:60]


def _most(folder: Path) -> int:
    for line in (folder / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return 0

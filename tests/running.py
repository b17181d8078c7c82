"""The processes of this machine: which run, and which a process started."""

import psutil


def running(*told: str) -> list[psutil.Process]:
    """Every process that has not ended, and in its `info` what is asked of it: None where we may not look."""
    everyone = psutil.process_iter(["status", *told])
    return [each for each in everyone if each.info["status"] != psutil.STATUS_ZOMBIE]


def is_running(pid: int) -> bool:
    """Whether it has not ended; one that ended and is not yet waited for has."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def children_of(pid: int) -> list[int]:
    """The processes that it started, the first one first."""
    return [each.pid for each in sorted(psutil.Process(pid).children(), key=psutil.Process.create_time)]

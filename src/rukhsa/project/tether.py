"""Runs a program that ends when its parent process ends, however that ends."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # Linux, prctl(2); it stays in force after exec


def command(*program: str) -> list[str]:
    """The command line that runs `program` tied to the process that starts it."""
    return [sys.executable, "-m", "rukhsa.project.tether", str(os.getpid()), *program]


def main() -> None:
    """Tie this process to its parent, then become the program given."""
    parent, *program = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit(1)  # the parent ended before this process was tied to it
    os.execvp(program[0], program)  # noqa: S606 - the program that our own command names


if __name__ == "__main__":
    main()

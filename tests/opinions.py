"""Second opinions: what others' programs and others' files say of what our own tests prove already.

No registry that `make` fetches from has these programs, so a machine may lack them: the test that asks is skipped, and
the run ends with a line for each opinion that was not heard. `.ci/run` installs all of them, and with
OPINIONS=all an absent one fails its test. Files that lie beside the project are counted apart: nothing
installs them.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
AS_ROOT = os.geteuid() == 0  # asked once: a test may say that it is another user
PROGRAM, BESIDE = "opinion not heard: ", "not beside the project: "


def program(name: str, *, package: str) -> str:
    """Where a program is; without it the test is skipped, or fails where all opinions are asked for."""
    found = shutil.which(name) or shutil.which(
        name, path="/usr/sbin:/sbin"
    )  # not on the path of an ordinary user
    return found or _unheard(f"{name} (Debian's {package})")


def library(file: Path, *, package: str) -> Path:
    """A file that a package of the system brings; likewise."""
    return file if file.exists() else Path(_unheard(f"{file.name} (Debian's {package})"))


def root(what: str) -> None:
    """What can be asked by root alone; likewise."""
    if not AS_ROOT:
        _unheard(f"{what} (needs root)")


def two_users() -> None:
    """Whether the kernel keeps two users of this machine apart, where both reach the checkout; likewise."""
    root("the kernel on two users of this machine")
    if not _reached_by_others():
        _unheard("another user of this machine (none has a way to where the checkout and its Python lie)")


def _reached_by_others() -> bool:
    try:
        command = [sys.executable, "-c", "import os, sys, django; os.chdir(sys.argv[1])", str(PROJECT)]
        return (
            subprocess.run(command, user="nobody", cwd="/", capture_output=True, check=False).returncode == 0
        )
    except PermissionError:
        return False


def _unheard(what: str) -> str:
    said = f"{PROGRAM}{what}"
    if os.environ.get("OPINIONS") == "all":
        pytest.fail(said)
    pytest.skip(said)


def beside(name: str) -> Path:
    """What lies beside the project, in `shared/` or by its own name; without it the test is skipped."""
    for folder in PROJECT.parents:
        for found in (folder / "shared" / name, folder / name):
            if found.exists():
                return found
    pytest.skip(f"{BESIDE}{name}")


def lines(reasons: list[str]) -> list[str]:
    """What a run says at its end of the reasons for which tests were skipped."""
    told = []
    for kind, several in ((PROGRAM, "opinions not heard"), (BESIDE, "not beside the project")):
        counted = Counter(reason for reason in reasons if reason.startswith(kind))
        told += [f"{reason}: asked for by {count} tests" for reason, count in sorted(counted.items())]
        if counted:
            told.append(f"{several}: {len(counted)}, asked for by {counted.total()} tests")
    return told

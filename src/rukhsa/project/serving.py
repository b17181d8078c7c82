"""`rukhsa serve`: one process of a deployment, checked before it starts, for a unit of systemd or a container."""

import argparse
import os
import subprocess
import sys
from typing import NoReturn

from rukhsa.project.config import config
from rukhsa.project.processes import RUKHSA, processes

PROCESSES = ("portal", "verifier", "worker", "signer")
DESCRIPTION = """\
Start one process of a deployment in the place of this one, once `rukhsa check --process` finds no fault. Exit code 78:
a person must act, and it is no use to start it again; 69: the database is away, and it is.
"""


def serve(arguments: list[str]) -> NoReturn:
    """Check the process that the arguments name, and become it; what else they have is handed on to it."""
    parser = argparse.ArgumentParser(prog="rukhsa serve", description=DESCRIPTION)
    parser.add_argument("process", choices=PROCESSES)
    told, more = parser.parse_known_args(arguments)
    part = next(each for each in processes(config()) if each.name == told.process)
    environment = {**os.environ, **part.environment}
    check = [*RUKHSA, "check", "--process", told.process]
    if code := subprocess.run(check, env=environment, check=False).returncode:  # noqa: S603 - our own command
        sys.exit(code)
    command = (*part.command, *more)
    os.execve(command[0], command, environment)  # noqa: S606 - our own command

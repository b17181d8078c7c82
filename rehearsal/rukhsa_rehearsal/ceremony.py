"""Development only: hold the ceremony of the trust list, with a root in a folder beside the deployment's data.

The running system drafts and publishes; between the two a process of its own signs, which has no database and no
settings, as the offline machine has none. Production has no such folder: there people carry the files.
"""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

from django.core.management import call_command

import rukhsa
from rukhsa.project.config import config
from rukhsa.trust.ceremony import PRIVATE, PUBLIC
from rukhsa_rehearsal.sandbox import tsa


def hold() -> None:
    """Make the root where there is none, and have a trust list signed and published where one is due."""
    offline, draft = config().data / "offline", config().data / "trust-list.draft.json"
    if not (offline / PRIVATE).exists():
        _offline_machine("create-root", str(offline), "--no-passphrase")
    tsa.stamper(config().data / "sandbox")  # its certificate goes into the list
    draft.unlink(missing_ok=True)
    call_command("trust_list", "draft", "--if-due", "--output", str(draft), stdout=StringIO())
    if draft.exists():
        signed = offline / "trust-list.jws"
        _offline_machine(
            "sign", str(draft), "--root", str(offline / PRIVATE), "--output", str(signed), "--yes"
        )
        call_command(
            "trust_list", "publish", str(signed), "--root-key", str(offline / PUBLIC), stdout=StringIO()
        )
        draft.unlink()


def _offline_machine(*arguments: str) -> None:
    """What happens on the other machine: nothing of ours but the files that were carried there."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(rukhsa.__file__).parents[1])}
    command = [sys.executable, "-m", "rukhsa.trust.ceremony", *arguments]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command

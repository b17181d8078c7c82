"""`rukhsa setup` in development: also a territory, services, people, keys and the ceremony of the trust list."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

import rukhsa
from rukhsa.catalogue.management.commands.services import Command as Services
from rukhsa.issuance import publishing
from rukhsa.issuance.publishing import NotAllPublished
from rukhsa.project.config import config
from rukhsa.project.management.commands.setup import Command as OfTheProduct
from rukhsa.project.management.commands.setup import Steps
from rukhsa.trust.ceremony import PRIVATE, PUBLIC
from rukhsa_rehearsal.sandbox import tsa


class Ceremony(BaseCommand):
    """Holds the ceremony of the trust list, with a root in the folder of the deployment's data.

    The running system drafts and publishes the list. In between, a separate process signs it, which like the offline
    machine has no database and no settings. In production people carry the files to that machine.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        _hold_ceremony()


class PublicFiles(BaseCommand):
    """Publishes what can be published, and says what cannot: a log that stands still stops no process."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            publishing.everything(at=timezone.now())
        except NotAllPublished as error:
            self.stderr.write(f"\n{error.code}: {error}")


class Command(OfTheProduct):
    def steps(self) -> Steps:
        """The steps of the product, and those with public keys, secrets and people, which production must not have."""
        return {
            **super().steps(),
            "territory": ("territory", "load"),
            # The catalogue's command, since that of the rehearsal imports everything.
            "services": (Services(), "publish", "--without-gate"),
            "people": ("cast",),
            "keys": ("keys", "create"),
            "trust list": (Ceremony(),),
            "public files": (PublicFiles(),),
        }


def _hold_ceremony() -> None:
    """Create the root if there is none, and sign and publish a trust list if one is due."""
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
    """Run a command as the offline machine does, which has only the files that were carried there."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(rukhsa.__file__).parents[1])}
    command = [sys.executable, "-m", "rukhsa.trust.ceremony", *arguments]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command

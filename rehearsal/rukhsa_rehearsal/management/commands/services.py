"""`rukhsa services walk`: play services along their paths, in a database of their own."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.management.commands.services import require_known
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import service_files
from rukhsa.project.config import Witnesses, config
from rukhsa.project.management.commands.services import Command as OfTheProduct
from rukhsa.project.ports import held_ports
from rukhsa.project.processes import RUKHSA
from rukhsa_rehearsal.deployment import PORTS, empty, environment_in
from rukhsa_rehearsal.walks import counter
from rukhsa_rehearsal.walks.dry_run import NotReckoned
from rukhsa_rehearsal.walks.proof import Unbalanced, prove
from rukhsa_rehearsal.walks.tour import open_world, table, walk_services
from rukhsa_rehearsal.walks.walk import WalkFailed

MORE = """
  rukhsa services walk               play every service along its paths to every end, in a database of its own
                                     under var/walk/: for each and for all how many ways of answering there are,
                                     how many distinct paths, how many were played, and how these ended; all paths,
                                     played or not, are reckoned: their answers are read, every charge has
                                     its row, and the facts fit the seal. It takes minutes and counts meanwhile. The
                                     first path that does not end as it should is told with its answers and what
                                     stood in the way; the exit code is then 1
  rukhsa services walk road-works-licence        only this one, and what it needs
"""


class Command(OfTheProduct):
    help = OfTheProduct.help + MORE
    acts = (*OfTheProduct.acts, "walk")

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and with what."""
        super().add_arguments(parser)
        parser.add_argument("--here", action="store_true", help="for walk: in this database, which is empty")

    def _walk(self, folder: Path, options: dict[str, Any]) -> None:
        if options["here"]:
            self._walk_here(options)
            return
        require_known(
            options["services"], (read_definition(file).value.service for file in service_files(folder))
        )
        scratch = config().data / "walk"
        scratch.mkdir(parents=True, exist_ok=True)
        empty(scratch)
        command = [*RUKHSA, "services", "walk", "--here", *options["services"]]
        with held_ports(len(PORTS)) as ports:
            environment = environment_in(scratch, {"RUKHSA_TERRITORY": str(folder.absolute())}, ports=ports)
            code = subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own command
        if code:
            sys.exit(code)

    def _walk_here(self, options: dict[str, Any]) -> None:
        call_command("migrate", "--no-input", verbosity=0)
        if config().in_production or ServiceVersion.objects.exists() or Application.objects.exists():
            raise CommandError("walks are played in an empty database only: leave --here out")
        settings.PAYMENT_GATEWAYS = counter.GATEWAYS  # a walk must reach no outside system
        settings.RUKHSA_WITNESSES = Witnesses(named=(), quorum=0)
        began = timezone.now()
        root = config().data / "offline"
        root.mkdir(parents=True, exist_ok=True)
        playing = open_world(root=root, at=began, tell=self._progress)
        versions = list(ServiceVersion.objects.current())
        chosen = [each for each in versions if each.service in options["services"] or not options["services"]]
        start = timezone.now()
        try:
            walked = walk_services(playing, chosen)
            prove([walk for each in walked for walk in each.walks], at=playing.at, tell=self._progress)
        except (NotReckoned, Unbalanced, WalkFailed) as failed:
            raise CommandError(str(failed)) from failed
        self.stdout.write(table(walked, seconds=(timezone.now() - start).total_seconds()))

    def _progress(self, what: str, done: int, of: int) -> None:
        """Print the progress: on a terminal in one line that counts, elsewhere a line now and then."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{what}: {done} of {of}  ", ending="\n" if done == of else "")
        elif done == of or done % 50 == 0:
            self.stderr.write(f"{what}: {done} of {of}", ending="\n")

"""`rukhsa services`: the acts of the catalogue, and those that need the whole house."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.catalogue.management.commands.services import DESCRIPTION
from rukhsa.catalogue.management.commands.services import Command as OfTheCatalogue
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.project.config import Witnesses, config
from rukhsa.project.parts import RUKHSA
from rukhsa.project.world import empty, environment_in
from rukhsa.walks import counter
from rukhsa.walks.proof import prove
from rukhsa.walks.telling import table
from rukhsa.walks.walk import WalkFailed
from rukhsa.walks.whole import walk_services
from rukhsa.walks.world import open_world

MORE = """
  rukhsa services walk               play every service along its paths to every end, in a database of its own
                                     under var/walk/, and say how many paths there are and how each ended
  rukhsa services walk road-works-licence        only this one, and what it needs
"""


class Command(OfTheCatalogue):
    help = DESCRIPTION + MORE
    acts = (*OfTheCatalogue.acts, "walk")

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and with what."""
        super().add_arguments(parser)
        parser.add_argument("--here", action="store_true", help="for walk: in this database, which is empty")

    def _walk(self, folder: Path, options: dict[str, Any]) -> None:
        if options["here"]:
            self._walk_here(options)
            return
        scratch = config().data / "walk"
        scratch.mkdir(parents=True, exist_ok=True)
        empty(scratch)
        environment = environment_in(scratch, {"RUKHSA_TERRITORY": str(folder.absolute())})
        command = [*RUKHSA, "services", "walk", "--here", *options["services"]]
        if code := subprocess.run(command, env=environment, check=False).returncode:  # noqa: S603 - our own command
            sys.exit(code)

    def _walk_here(self, options: dict[str, Any]) -> None:
        call_command("migrate", "--no-input", verbosity=0)
        if config().in_production or ServiceVersion.objects.exists() or Application.objects.exists():
            raise CommandError("walks are played in an empty database only: leave --here out")
        settings.PAYMENT_GATEWAYS = counter.GATEWAYS  # nobody outside hears of a walk
        settings.RUKHSA_WITNESSES = Witnesses(named=(), quorum=0)
        began = timezone.now()
        root = config().data / "offline"
        root.mkdir(parents=True, exist_ok=True)
        playing = open_world(root=root, at=began)
        versions = list(ServiceVersion.objects.current())
        if unknown := set(options["services"]) - {version.service for version in versions}:
            raise CommandError(f"no such service: {', '.join(sorted(unknown))}")
        chosen = [each for each in versions if each.service in options["services"] or not options["services"]]
        start = timezone.now()
        try:
            walked = walk_services(playing, chosen)
            for each in walked:
                prove(each.walks, at=playing.at)
        except WalkFailed as failed:
            raise CommandError(str(failed)) from failed
        self.stdout.write(table(walked, seconds=(timezone.now() - start).total_seconds()))

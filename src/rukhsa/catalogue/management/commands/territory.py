"""`rukhsa territory`: brings the territory's authorities, offices, agencies and blocks into the database."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rukhsa.catalogue.load import load
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.territory import territory_folder

DESCRIPTION = """\
A territory is a folder: territory.yaml, blocks.csv, policies.yaml and services/. docs/formats/territory.md explains it.
Which one is served, the environment says: RUKHSA_TERRITORY=bahrain.

  rukhsa territory load      write its authorities, offices, agencies and blocks into the database;
                             a second time changes only what changed in the files
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A parser that keeps the lines of the description."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        parser.add_argument("act", choices=["load"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the territory of this deployment."""
        folder = territory_folder()
        if not (folder / "territory.yaml").exists():
            raise CommandError(f"{folder} is not a territory: it has no territory.yaml")
        try:
            loaded = load(folder)
        except DefinitionRefused as refused:
            raise CommandError(str(refused)) from None
        counts = {name: getattr(loaded, name) for name in ("authorities", "offices", "agencies", "blocks")}
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))

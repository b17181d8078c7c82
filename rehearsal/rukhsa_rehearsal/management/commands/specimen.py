"""`rukhsa specimen`: make a set of genuine and forged documents, for the training of staff who check them."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.catalogue.territory import territory
from rukhsa.teaching import TeachingCommand
from rukhsa_rehearsal.specimens import folder
from rukhsa_rehearsal.specimens.training import Training

DESCRIPTION = """\
Make a set for training: genuine documents and forgeries of every kind, each with a picture, the verdict that is due and
one sentence on how it was made. All are under keys that everybody knows and no trust list names: a real verifier
refuses every one.

  rukhsa specimen --to specimens          make the set, then open specimens/index.html

The set is good for a year. No database is needed. How to train with it: docs/operating/training.md
"""


class Command(TeachingCommand):
    help = DESCRIPTION

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("--to", type=Path, required=True, help="a folder that is empty or does not exist")

    def handle(self, *args: Any, to: Path, **options: Any) -> None:
        """Write the set."""
        if to.exists() and (not to.is_dir() or any(to.iterdir())):
            raise CommandError(f"{to} is not empty: name a folder that is empty or does not exist yet")
        at = timezone.now().replace(microsecond=0)
        count = folder.write(Training(territory=territory(), at=at), to)
        self.stdout.write(f"{count} documents: open {to / 'index.html'}\n  cd {to}\n  {folder.COMMAND}")

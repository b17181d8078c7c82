"""`rukhsa figures`: work out the rows of all figures again from the facts."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from rukhsa.figures import upkeep

HELP = """\
Work out the rows of the figures.

  rukhsa figures rebuild       all of them, from the first fact on, a month at a time
  rukhsa figures keep-up       those about which something new is known, and the latest month that lacks a figure as it
                               means now, as the worker does every ten minutes

The rows are nothing but what the facts say (docs/figures.md): where both agree, a rebuild changes none, and says so.
It may run at any time, beside everything else.
"""


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("verb", choices=("rebuild", "keep-up"))

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        at = timezone.now()
        parts = (upkeep.rebuild,) if verb == "rebuild" else (upkeep.keep_up, upkeep.catch_up)
        self.stdout.write(f"rows that differed from the facts: {sum(work(at=at) for work in parts)}")

"""Commands whose --help keeps the lines in which it was written."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class TeachingCommand(BaseCommand):
    """A command whose description keeps its lines."""

    # `rukhsa setup` runs the checks once; they import every page of the portal, which takes a second.
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A parser that does not reflow paragraphs."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

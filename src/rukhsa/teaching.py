"""Commands whose --help teaches: it is printed in the lines in which it was written."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class TeachingCommand(BaseCommand):
    """A command whose description keeps its lines."""

    # `rukhsa setup` asks for them once; each reads every page of the portal, for a second.
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A parser that fills no paragraphs."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

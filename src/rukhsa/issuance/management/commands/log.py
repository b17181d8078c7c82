"""`rukhsa log monitor`: follow the public logs as an outsider does."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from rukhsa.trust import watch


class Command(BaseCommand):
    help = "Follow the public logs by HTTP alone, and raise an alarm on what an honest log never does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(required=True, metavar="ACT")
        watch.add_arguments(acts.add_parser("monitor", help="follow the public logs and raise alarms"))

    def handle(self, *args: Any, **options: Any) -> None:
        from argparse import Namespace

        sys.exit(watch.run(Namespace(**options), self.stdout.write))

"""`rukhsa retention`: show what is over by the territory's rules, and erase what the rules let go by themselves."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from rukhsa.personal.retention import dry_run, sweep
from rukhsa.personal.retention_rule import rules

HELP = """\
How long personal data is kept.

  rukhsa retention rules    the rules of the territory (retention.yaml), with the law or the reason of each
  rukhsa retention show     what is over now: how many of each kind, the oldest, and a few by reference; changes nothing
  rukhsa retention sweep    erase a batch of each kind that its rule lets go by itself, as the worker does every night

What the rules leave to two people is never erased by this command. A hold keeps: a dispute, open money, a document in
force. The row of what was erased stays with its hash; docs/operating/personal-data.md says what goes and what stays.
"""


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("verb", choices=("rules", "show", "sweep"))

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        at = timezone.now()
        if verb == "sweep":
            self.stdout.write(f"erased: {sweep(at=at)}")
            return
        if verb == "rules":
            for kind, rule in rules().items():
                kept = f"{rule.keep} from {rule.from_}" if rule.keep else "without an end"
                self.stdout.write(f"{kind}: {kept}; {rule.by}. {rule.text.en}")
            return
        for due in dry_run(at=at):
            oldest = f", the oldest of {due.oldest:%Y-%m-%d}" if due.oldest else ""
            named = f": {', '.join(due.examples)}" if due.examples else ""
            self.stdout.write(
                f"{due.kind}: {due.count} to erase by {due.rule.by}, {due.held} held{oldest}{named}"
            )

"""`rukhsa places`: imports the official list of blocks, and tells what a block is on a day."""

import argparse
import csv
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.catalogue.block_list import Report, import_blocks
from rukhsa.catalogue.management.entering import add_entering, add_telling, headline, refusals
from rukhsa.catalogue.territory import territory
from rukhsa.places.block import NoSuchBlock, block_on
from rukhsa.teaching import TeachingCommand

DESCRIPTION = """\
The blocks decide which authority an application goes to.

  rukhsa places import-blocks FILE --from 2027-01-01 --source "Survey bureau, circular 12"
      enters a CSV file (columns number,authority,area-ar,area-en,source; UTF-8) as the next version of the list,
      which counts from that day on. Applications submitted before keep their authority.
      --rehearse     tells what would change, and writes nothing
      --leave-bad    leaves bad rows out and enters the rest; without it one bad row refuses the file
      --report FILE  writes every block with what became of it, as CSV

  rukhsa places block 428 [--on 2027-01-01]
      tells which authority a block belongs to on a day, and in which area it lies
"""


class Command(TeachingCommand):
    help = DESCRIPTION

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, with which file and from which day."""
        acts = parser.add_subparsers(dest="act", required=True, parser_class=argparse.ArgumentParser)
        add_entering(
            acts,
            "import-blocks",
            help="enter a list of blocks from a CSV file",
            source="who published the list, and where",
            report="where every block is listed, as CSV",
        )
        add_telling(acts, "block", help="tell what a block is on a day", number=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the one act that was asked for."""
        if options["act"] == "block":
            self._tell(options["number"], options["on"] or timezone.localdate())
        else:
            self._import(options)

    def _import(self, options: dict[str, Any]) -> None:
        day = options["effective_from"] or timezone.localdate()
        with refusals():
            report = import_blocks(
                options["file"],
                territory(),
                effective_from=day,
                source=options["source"][:200],
                at=timezone.now(),
                leave_bad=options["leave_bad"],
                rehearse=options["rehearse"],
            )
            if options["report"]:
                _write(report, options["report"])
        self.stdout.write(_summary(report, day))

    def _tell(self, number: int, day: date) -> None:
        try:
            block = block_on(number, on=day)
        except NoSuchBlock:
            raise CommandError(f"there is no block {number} on {day}") from None
        self.stdout.write(f"{number}: {block.authority}, {block.area.ar} ({block.area.en})")


def _summary(report: Report, day: date) -> str:
    head = headline(report.version, is_new=report.is_new, day=day)
    counts = (
        f"{len(report.new)} new, {len(report.moved)} to another authority, {len(report.renamed)} renamed, "
        f"{len(report.unchanged)} as before, {len(report.unnamed)} not in the file, {len(report.problems)} left out"
    )
    moved = [f"  {number}: {before} -> {now}" for number, before, now in report.moved]
    left_out = [f"  {problem}" for problem in report.problems]
    return "\n".join([head, counts, *moved, *left_out])


def _write(report: Report, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["block", "outcome", "detail"])
        writer.writerows((number, "new", "") for number in report.new)
        writer.writerows((number, "moved", f"{before} -> {now}") for number, before, now in report.moved)
        writer.writerows((number, "renamed", "") for number in report.renamed)
        writer.writerows((number, "as before", "") for number in report.unchanged)
        writer.writerows((number, "not in the file", "") for number in report.unnamed)
        writer.writerows(("", "left out", str(problem)) for problem in report.problems)

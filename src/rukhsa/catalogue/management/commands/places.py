"""`rukhsa places`: imports the official list of blocks, and tells what a block is on a day."""

import argparse
import csv
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rukhsa.catalogue.import_blocks import Report, import_blocks
from rukhsa.catalogue.problems import CatalogueError, DefinitionRefused
from rukhsa.catalogue.territory import territory
from rukhsa.places.routing import NoSuchBlock, block_on

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


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A parser that keeps the lines of the description."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, with which file and from which day."""
        acts = parser.add_subparsers(dest="act", required=True, parser_class=argparse.ArgumentParser)
        importing = acts.add_parser("import-blocks", help="enter a list of blocks from a CSV file")
        importing.add_argument("file", type=Path)
        importing.add_argument(
            "--from", dest="effective_from", type=date.fromisoformat, help="the day; today when left out"
        )
        importing.add_argument("--source", required=True, help="who published the list, and where")
        importing.add_argument("--leave-bad", action="store_true", help="leave bad rows out, enter the rest")
        importing.add_argument(
            "--rehearse", action="store_true", help="tell what would change, write nothing"
        )
        importing.add_argument("--report", type=Path, help="where every block is listed, as CSV")
        telling = acts.add_parser("block", help="tell what a block is on a day")
        telling.add_argument("number", type=int)
        telling.add_argument("--on", type=date.fromisoformat, help="the day; today when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the one act that was asked for."""
        if options["act"] == "block":
            self._tell(options["number"], options["on"] or timezone.localdate())
        else:
            self._import(options)

    def _import(self, options: dict[str, Any]) -> None:
        day = options["effective_from"] or timezone.localdate()
        try:
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
        except DefinitionRefused as refused:
            listed = "\n".join(str(problem) for problem in refused.problems)
            raise CommandError(f"{listed}\nnothing was entered; --leave-bad enters the rest") from None
        except (CatalogueError, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(_summary(report, day))

    def _tell(self, number: int, day: date) -> None:
        try:
            block = block_on(number, on=day)
        except NoSuchBlock:
            raise CommandError(f"there is no block {number} on {day}") from None
        self.stdout.write(f"{number}: {block.authority}, {block.area.ar} ({block.area.en})")


def _summary(report: Report, day: date) -> str:
    head = (
        "rehearsed: nothing was written"
        if report.version is None
        else f"version {report.version}, in force from {day}"
        if report.is_new
        else f"this file was entered before, as version {report.version}: nothing was written"
    )
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

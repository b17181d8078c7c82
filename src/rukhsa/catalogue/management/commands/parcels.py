"""`rukhsa parcels`: imports a list of parcels, and tells what a parcel is on a day."""

import argparse
import csv
from contextlib import ExitStack
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.catalogue.management.entering import add_entering, add_telling, headline, refusals
from rukhsa.catalogue.parcel_list import Outcome, Report, import_parcels
from rukhsa.catalogue.territory import territory
from rukhsa.places.block import block_on
from rukhsa.places.parcel import ParcelError, parcel_number, parcel_on
from rukhsa.teaching import TeachingCommand

DESCRIPTION = """\
The parcels of land, by which forms check a number, measure an area and hold drawings within their bounds.

  rukhsa parcels import FILE --from 2027-01-01 --source "Survey bureau, extract of December"
      enters a file as the next version of the parcels, which counts from that day on. GeoJSON: a FeatureCollection of
      polygons with the properties number and block. CSV: the columns number,block,wkt,gone (UTF-8). Longitude comes
      first, in degrees (WGS 84). A parcel that the file does not name stays as it is; gone: yes ends one.
      --rehearse     tells what would change, and writes nothing
      --leave-bad    leaves bad rows out and enters the rest; without it one bad row refuses the file
      --report FILE  writes every row with what became of it, the field and the reason, as CSV

  rukhsa parcels show 03-120045 [--on 2027-01-01]
      tells in which block a parcel lies on a day, which authority issues for it, and how large it is
"""


class Command(TeachingCommand):
    help = DESCRIPTION

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, with which file and from which day."""
        acts = parser.add_subparsers(dest="act", required=True, parser_class=argparse.ArgumentParser)
        add_entering(
            acts,
            "import",
            help="enter a list of parcels from a GeoJSON or CSV file",
            source="who surveyed the parcels, and when",
            report="where every row is listed, as CSV",
        )
        add_telling(acts, "show", help="tell what a parcel is on a day", number=str)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the one act that was asked for."""
        if options["act"] == "show":
            self._tell(options["number"], options["on"] or timezone.localdate())
        else:
            self._import(options)

    def _import(self, options: dict[str, Any]) -> None:
        day = options["effective_from"] or timezone.localdate()
        with refusals():
            report = _entered(options, day)
        self.stdout.write(_summary(report, day))
        if not territory().parcels:
            self.stdout.write(
                "forms take the numbers as they are written until territory.yaml says parcels: yes"
            )

    def _tell(self, number: str, day: date) -> None:
        try:
            parcel = parcel_on(parcel_number(number), on=day)
        except ParcelError:
            raise CommandError(f"there is no parcel {number} on {day}") from None
        block = block_on(parcel.block_id, on=day)
        self.stdout.write(f"{parcel.number}: {parcel.measure} m2, block {block.number}, {block.authority}")


def _entered(options: dict[str, Any], day: date) -> Report:
    with ExitStack() as opened:
        listed = None
        if options["report"]:
            file = opened.enter_context(options["report"].open("w", encoding="utf-8", newline=""))
            listed = csv.writer(file)
            listed.writerow(["row", "parcel", "outcome", "field", "reason"])

        def tell(outcome: Outcome) -> None:
            if listed:
                reason = outcome.reason.en
                listed.writerow([outcome.row, outcome.number, outcome.became, outcome.field, reason])

        return import_parcels(
            options["file"],
            effective_from=day,
            source=options["source"][:200],
            at=timezone.now(),
            leave_bad=options["leave_bad"],
            rehearse=options["rehearse"],
            tell=tell,
        )


def _summary(report: Report, day: date) -> str:
    head = headline(report.version, is_new=report.is_new, day=day)
    if not report.is_new:
        return head
    counts = ", ".join(f"{count} {became}" for became, count in report.counts.items())
    return "\n".join([head, counts, *(f"  {problem}" for problem in report.problems)])

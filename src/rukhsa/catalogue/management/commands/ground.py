"""`rukhsa ground`: imports what is on the ground, kind by kind, and tells what a block or a parcel is on a day."""

import argparse
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.catalogue.management import entering
from rukhsa.catalogue.own_ground import keep_ground
from rukhsa.places.block import NoSuchBlock, block_on
from rukhsa.places.models import SurveyVersion
from rukhsa.places.parcel import ParcelError, parcel_number, parcel_on
from rukhsa.teaching import TeachingCommand
from rukhsa.values.written_day import day_given

DESCRIPTION = """\
What is on the ground, from the survey authority's files: where an application goes, what the map shows, what a form
measures and checks, and which zones decide.

  rukhsa ground import KIND FILE --from 2027-01-01 --source "Survey bureau, extract of December"
      enters a file as the next version of its kind, which counts from that day on. KIND is one of:
      blocks        number,authority,area-ar,area-en,source as CSV; or their polygons, with number, as GeoJSON
      parcels       polygons with number and block; one that the file does not name stays as it is, gone: yes ends one
      governorates  polygons with name_ar, name_en
      roads         lines with number or name_ar, name_en; class (main, street, path), block
      buildings     polygons with number, road, block
      zones         polygons with zone, one of those in territory.yaml; name_ar, name_en
      GeoJSON: a FeatureCollection, longitude first, in degrees (WGS 84). CSV: these columns and wkt (UTF-8).
      --property number=parcel   the file calls our number parcel; may be given again
      --set zone=heritage        every row has this; may be given again
      --part "block 209"         the file is of this part of the territory, and replaces what this part had before
      --rehearse     tells what would change, and writes nothing
      --leave-bad    leaves bad rows out and enters the rest; without it one bad row refuses the file
      --report FILE  writes every row with what became of it, the field and the reason, as CSV
      An import that was killed is given again: it goes on where it stopped, and counts when it is whole.

  rukhsa ground show block 428 [--on 2027-01-01]
  rukhsa ground show parcel 03-120045
      tells to which authority it belongs on a day, and its area
  rukhsa ground versions
      lists what was imported
"""


class Command(TeachingCommand):
    help = DESCRIPTION

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, with which kind, file and day."""
        acts = parser.add_subparsers(dest="act", required=True, parser_class=argparse.ArgumentParser)
        entering.add_importing(acts.add_parser("import", help="enter a file as the next version of its kind"))
        telling = acts.add_parser("show", help="tell what a block or a parcel is on a day")
        telling.add_argument("kind", choices=["block", "parcel"])
        telling.add_argument("number")
        telling.add_argument("--on", type=day_given, help="the day; today when left out")
        acts.add_parser("versions", help="list what was imported")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the one act that was asked for."""
        if options["act"] == "import":
            day = options["effective_from"] or timezone.localdate()
            self.stdout.write(entering.import_file(options, day))
            now = timezone.now()
            if not options["rehearse"] and keep_ground(on=timezone.localdate(now), at=now):
                self.stdout.write("The map shows it now.")
        elif options["act"] == "versions":
            for each in SurveyVersion.objects.select_related("survey").order_by("kind", "number"):
                part = f" ({each.survey.part})" if each.survey.part else ""
                self.stdout.write(f"{each}{part}, from {each.survey.effective_from}: {each.survey.source}")
        else:
            day = options["on"] or timezone.localdate()
            tell = block_told if options["kind"] == "block" else parcel_told
            self.stdout.write(tell(options["number"], day))


def block_told(number: str, day: date) -> str:
    """What a block is on a day. Raises CommandError."""
    try:
        block = block_on(int(number), on=day)
    except (NoSuchBlock, ValueError):
        raise CommandError(f"there is no block {number} on {day}") from None
    return f"{number}: {block.authority}, {block.area.ar} ({block.area.en})"


def parcel_told(number: str, day: date) -> str:
    """What a parcel is on a day. Raises CommandError."""
    try:
        parcel = parcel_on(parcel_number(number), on=day)
    except ParcelError:
        raise CommandError(f"there is no parcel {number} on {day}") from None
    block = block_on(parcel.block_id, on=day)
    return f"{parcel.number}: {parcel.measure} m2, block {block.number}, {block.authority}"

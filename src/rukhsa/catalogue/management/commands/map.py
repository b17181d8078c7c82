"""`rukhsa map`: makes the ground of the map of what was imported, puts one in place, and tells what is there."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.catalogue.boundaries import read_boundaries
from rukhsa.catalogue.own_ground import keep_ground, make_own_ground
from rukhsa.catalogue.territory import territory, territory_folder
from rukhsa.places.ground_file import GroundFacts, GroundRefused, examine, ground_in_place, place
from rukhsa.places.ground_making import NothingToDraw
from rukhsa.teaching import TeachingCommand
from rukhsa.values.written_day import day_given

DESCRIPTION = """\
The ground of the map: what applicants and officers see under a drawing. Where you give none, `rukhsa setup`, `rukhsa
run` and `rukhsa ground import` make one of what is known: the boundaries of the authorities, and what was imported.

  rukhsa map ground FILE.pmtiles --attribution "Survey bureau 2027" [--link https://survey.example/]
      examines a file and puts it in place: PMTiles of version 3, vector tiles, layers by docs/formats/ground.md.
      Pages show it at once; the file before stays for a week, since pages that are open still name it. The
      attribution is shown on the map, on pages without it, and on documents; what is drawn from OpenStreetMap needs
      --attribution "© OpenStreetMap contributors" --link https://www.openstreetmap.org/copyright
      --rehearse     examines the file, and changes nothing

  rukhsa map make FILE.pmtiles [--on 2027-01-01]
      makes such a file of what `rukhsa ground import` entered, as it is on a day: the same file for the same data

  rukhsa map keep
      makes a ground of what is known today and puts it in place, unless it is there already or you gave one

  rukhsa map show
      tells which ground is in place
"""


class Command(TeachingCommand):
    help = DESCRIPTION

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and with which file."""
        acts = parser.add_subparsers(dest="act", required=True, parser_class=argparse.ArgumentParser)
        putting = acts.add_parser("ground", help="put a PMTiles file in place")
        putting.add_argument("file", type=Path)
        putting.add_argument("--attribution", required=True, help="whose data it is, as the map shows it")
        putting.add_argument("--link", default="", help="where the attribution leads")
        putting.add_argument("--rehearse", action="store_true", help="examine the file, change nothing")
        making = acts.add_parser("make", help="make a PMTiles file of what was imported")
        making.add_argument("file", type=Path)
        making.add_argument("--on", type=day_given, help="the day; today when left out")
        acts.add_parser("keep", help="make a ground where none was given")
        acts.add_parser("show", help="tell which ground is in place")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the one act that was asked for."""
        if options["act"] == "show":
            self.stdout.write(_told(ground_in_place()))
            return
        if options["act"] == "keep":
            now = timezone.now()
            self.stdout.write(_told(keep_ground(on=timezone.localdate(now), at=now) or ground_in_place()))
            return
        if options["act"] == "make":
            self.stdout.write(made(options["file"], options["on"] or timezone.localdate()))
            return
        told = {"attribution": options["attribution"].strip(), "link": options["link"]}
        if not told["attribution"]:
            raise CommandError("say whose data it is: --attribution")
        if told["link"] and not told["link"].startswith("https://"):
            raise CommandError("the link of the attribution begins with https://")
        try:
            facts = examine(options["file"], **told)
            require_here(facts)
            if not options["rehearse"]:
                place(options["file"], **told, at=timezone.now())
        except GroundRefused as refused:
            raise CommandError(f"{refused}: nothing was changed") from None
        self.stdout.write(_told(facts))
        if options["rehearse"]:
            self.stdout.write("rehearsed: nothing was changed")


def made(file: Path, day: date) -> str:
    """Make the ground of a day, and what is in it. Raises CommandError."""
    try:
        counts = make_own_ground(file, on=day)
    except NothingToDraw as nothing:
        raise CommandError(str(nothing)) from None
    told = ", ".join(f"{count} {layer}" for layer, count in counts.items())
    return f"{file}: {told}; {file.stat().st_size:,} bytes. Put it in place by: rukhsa map ground {file}"


def require_here(facts: GroundFacts) -> None:
    """Raise GroundRefused for a file of another part of the earth than the boundaries of the authorities."""
    known = read_boundaries(territory_folder(), territory()).values()
    west, south, east, north = facts.bounds
    boxes = [each.ground.bounds for each in known]
    if boxes and not any(w < east and west < e and s < north and south < n for w, s, e, n in boxes):
        raise GroundRefused(f"its bounds {facts.bounds} lie outside the boundaries of all authorities")


def _told(facts: GroundFacts | None) -> str:
    if facts is None:
        return "no ground is in place: the map shows a grid of squares"
    bounds = ", ".join(f"{edge:.4f}" for edge in facts.bounds)
    whose = facts.attribution or "made of the boundaries of the authorities"
    return (
        f"version {facts.version}: {', '.join(facts.layers)}; zoom {facts.minzoom} to {facts.maxzoom}; {bounds}\n"
        f"{whose} {facts.link}".rstrip()
    )

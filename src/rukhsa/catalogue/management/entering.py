"""How `rukhsa ground import` enters a file: each kind by its own import, one report for all."""

import argparse
import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError
from django.utils import timezone

from rukhsa.catalogue.block_list import Report as BlockReport
from rukhsa.catalogue.block_list import import_blocks
from rukhsa.catalogue.parcel_list import import_parcels
from rukhsa.catalogue.problems import CatalogueError, DefinitionRefused
from rukhsa.catalogue.survey_list import import_survey
from rukhsa.catalogue.survey_row import PROPERTIES, Reading
from rukhsa.catalogue.territory import territory
from rukhsa.locks import HeldElsewhere
from rukhsa.places.block import blocks_on
from rukhsa.places.survey import Kind
from rukhsa.values.written_day import day_given

KINDS: Final = {f"{kind}s": kind for kind in Kind}
type Tell = Callable[[Any, str, str, str, str], None]  # row, name, outcome, field, reason


def add_importing(parser: argparse.ArgumentParser) -> None:
    """Add what an import is told."""
    parser.add_argument("kind", choices=[*KINDS, "parcels"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--from", dest="effective_from", type=day_given, help="the day; today when left out")
    parser.add_argument("--source", required=True, help="who surveyed it, and when")
    parser.add_argument("--part", default="", help="the part of the territory that the file is of")
    parser.add_argument("--property", action="append", default=[], type=pair, metavar="OURS=THEIRS")
    parser.add_argument("--set", action="append", default=[], type=pair, metavar="OURS=VALUE", dest="fixed")
    parser.add_argument("--leave-bad", action="store_true", help="leave bad rows out, enter the rest")
    parser.add_argument("--rehearse", action="store_true", help="tell what would change, write nothing")
    parser.add_argument("--report", type=Path, help="where every row is listed, as CSV")


def pair(text: str) -> tuple[str, str]:
    """One of our properties, and what the file calls it or what it is. Raises ArgumentTypeError."""
    ours, mark, theirs = text.partition("=")
    known = [*PROPERTIES, "gone"]
    if not mark or ours not in known:
        message = f"{text!r} is no pair: write one of {', '.join(known)}, then = and what the file has"
        raise argparse.ArgumentTypeError(message)
    return ours, theirs


def import_file(options: dict[str, Any], day: date) -> str:
    """Import the file that the command names, and the summary of it. Raises CommandError."""
    with refusals(), reported(options["report"]) as tell:
        if options["kind"] == "blocks" and options["file"].suffix.lower() == ".csv":
            return blocks_entered(options, day, tell)
        if options["kind"] == "parcels":
            return parcels_entered(options, day, tell)
        return survey_entered(options, day, tell)


def survey_entered(options: dict[str, Any], day: date, tell: Tell) -> str:
    """The summary of an import of one kind of ground."""
    reading = Reading(
        kind=KINDS[options["kind"]],
        blocks=blocks_on(day),
        zones=territory().zones_as_written,
        renamed=dict(options["property"]),
        fixed=dict(options["fixed"]),
    )
    report = import_survey(
        options["file"],
        reading,
        part=options["part"][:60],
        effective_from=day,
        **_told(options),
        tell=lambda each: tell(each.row, each.name, each.became, each.field, each.reason.en),
    )
    return _summary(report, day)


def parcels_entered(options: dict[str, Any], day: date, tell: Tell) -> str:
    """The summary of an import of parcels."""
    if options["part"] or options["fixed"]:
        raise CommandError("a list of parcels has no part and no fixed properties: each row says it all")
    report = import_parcels(
        options["file"],
        effective_from=day,
        **_told(options),
        renamed=dict(options["property"]),
        tell=lambda each: tell(each.row, each.name, each.became, each.field, each.reason.en),
    )
    unused = "forms take the numbers as they are written until territory.yaml says parcels: yes"
    return "\n".join([_summary(report, day), *([] if territory().parcels else [unused])])


def blocks_entered(options: dict[str, Any], day: date, tell: Tell) -> str:
    """The summary of an import of a list of blocks."""
    if options["part"] or options["fixed"] or options["property"]:
        raise CommandError("a list of blocks has the columns number,authority,area-ar,area-en,source alone")
    report = import_blocks(options["file"], territory(), effective_from=day, **_told(options))
    list_blocks(report, tell)
    counts = (
        f"{len(report.new)} new, {len(report.moved)} to another authority, {len(report.renamed)} renamed, "
        f"{len(report.unchanged)} as before, {len(report.unnamed)} not in the file, {len(report.problems)} left out"
    )
    moved = [f"  {number}: {before} -> {now}" for number, before, now in report.moved]
    left_out = [f"  {problem}" for problem in report.problems]
    return "\n".join([headline(report.version, is_new=report.is_new, day=day), counts, *moved, *left_out])


def list_blocks(report: BlockReport, tell: Tell) -> None:
    """Tell what became of each block."""
    for became, numbers in (
        ("new", report.new),
        ("renamed", report.renamed),
        ("as before", report.unchanged),
        ("not in the file", report.unnamed),
    ):
        for number in numbers:
            tell("", str(number), became, "", "")
    for number, before, now in report.moved:
        tell("", str(number), "moved", "authority", f"{before} -> {now}")
    for problem in report.problems:
        tell(problem.line, "", "left out", problem.field, str(problem))


def _told(options: dict[str, Any]) -> dict[str, Any]:
    """What every import is told."""
    return {
        "source": options["source"][:200],
        "at": timezone.now(),
        "leave_bad": options["leave_bad"],
        "rehearse": options["rehearse"],
    }


@contextmanager
def reported(path: Path | None) -> Iterator[Tell]:
    """A function that writes each row to a CSV file; one that does nothing where no file is asked for."""
    if path is None:
        yield lambda *outcome: None
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "name", "outcome", "field", "reason"])
        yield lambda *outcome: writer.writerow(outcome)


@contextmanager
def refusals() -> Iterator[None]:
    """Report the problems of a refused file, and what to do about them. Raises CommandError."""
    try:
        yield
    except DefinitionRefused as refused:
        listed = "\n".join(str(problem) for problem in refused.problems)
        raise CommandError(f"{listed}\nnothing was entered; --leave-bad enters the rest") from None
    except HeldElsewhere:
        raise CommandError("another import of this kind is running: wait until it ended") from None
    except (CatalogueError, OSError) as error:
        raise CommandError(str(error)) from None


def _summary(report: Any, day: date) -> str:
    head = headline(report.version, is_new=report.is_new, day=day)
    if not report.is_new:
        return head
    counts = ", ".join(f"{count} {became}" for became, count in report.counts.items())
    return "\n".join([head, counts, *(f"  {problem}" for problem in report.problems)])


def headline(version: int | None, *, is_new: bool, day: date) -> str:
    """The sentence about the new version and its day; None for a rehearsal, which writes nothing."""
    if version is None:
        return "rehearsed: nothing was written"
    if is_new:
        return f"version {version}, in force from {day}"
    return f"this file was entered before, as version {version}: nothing was written"

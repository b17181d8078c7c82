"""`rukhsa backup`: the drill of a restore."""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from rukhsa.project.drill import Backup, DrillFailed, Report, drill

HELP = """\
Backups are made by the timer of rukhsa-backup (docs/operating/backup.md). This proves that they can be restored:

  rukhsa backup drill --files /var/backups/rukhsa

restores the database by pgBackRest to the newest consistent point, in a place of its own, beside the copied files;
brings the logs' tiles forward, and reads every file and every tile (rukhsa fsck --files). It prints what was restored,
to when, how long each part took and what was found. Exit code 0: whole; 1: something is wrong; 2: it was not restored.
"""


class Command(BaseCommand):
    help = HELP
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        one = verbs.add_parser(
            "drill", help="restore the newest backup in a place of its own, and look at it"
        )
        one.add_argument("--files", type=Path, required=True, help="the folder to which rukhsa-backup copies")
        one.add_argument(
            "--place", type=Path, default=Path("/var/lib/rukhsa/drill"), help="emptied, and emptied again"
        )
        one.add_argument("--stanza", default="rukhsa", help="of pgBackRest; rukhsa")
        one.add_argument("--config", default="", help="of pgBackRest; its own default")
        one.add_argument("--programs", type=Path, help="the folder of pg_ctl; the newest of Debian's")
        one.add_argument("--account", default="postgres", help="who runs PostgreSQL; postgres")
        one.add_argument("--report", type=Path, help="write the report there as JSON too")
        one.add_argument("--keep", action="store_true", help="leave what was restored")

    def handle(self, *args: Any, **options: Any) -> None:
        backup = Backup(
            files=options["files"].absolute(),
            stanza=options["stanza"],
            programs=options["programs"] or _programs(),
            account=options["account"],
            pinned=Path(settings.RUKHSA_KEYS) / "root.jwk",
            configuration=options["config"],
        )
        try:
            report = drill(backup, options["place"].absolute())
        except (DrillFailed, OSError) as error:
            raise CommandError(f"Not restored: {error}", returncode=2) from error
        if not options["keep"]:
            shutil.rmtree(options["place"])
        if options["report"]:
            options["report"].write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n")
        self.stdout.write("\n".join(_lines(report)))
        sys.exit(0 if report.is_whole else 1)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: float(path.parts[-3]))
    if not found:
        raise CommandError(
            "No PostgreSQL in /usr/lib/postgresql: name its folder by --programs.", returncode=2
        )
    return found[-1].parent


def _lines(report: Report) -> list[str]:
    stored, seconds = report.fsck["stored"], report.seconds
    files, tiles = f"{stored['files']} files, {_megabytes(stored['bytes'])}", sum(stored["tiles"].values())
    found = f"{report.fsck['faults']} faults of money and documents, {stored['faults']} of files and tiles"
    return [
        f"restored   {report.point}: everything until {report.at}",
        f"database   {_megabytes(report.database_bytes)} in {seconds['restore']:.1f} s,"
        f" served {seconds['recovery']:.1f} s later",
        f"files      {files}, and {tiles} tiles, read in {stored['seconds']} s",
        f"fsck       {found}",
        f"reckoned   {report.reckoned_minutes:.0f} minutes at 100 GB, by this rate of restoring",
        "drill: whole"
        if report.is_whole
        else "drill: NOT WHOLE (--keep leaves what was restored, to be looked at)",
        "",
    ]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"

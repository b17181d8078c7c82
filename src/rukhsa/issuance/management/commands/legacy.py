"""`rukhsa legacy`: read the registers of the paper documents of before, and issue them again with a seal."""

import argparse
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rukhsa.issuance.legacy.mapping import BadMapping
from rukhsa.issuance.legacy.register import BadRegister, count_rows, import_register
from rukhsa.issuance.legacy.reissue import NotReissuable, documents, reissue
from rukhsa.issuance.legacy.shares import report_share, run_shares


class Command(BaseCommand):
    help = "Import a register of paper documents, or issue its documents again with a seal."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        reading = verbs.add_parser("import", help="read a register by a mapping file")
        reading.add_argument("register", type=Path, help="the register, as CSV")
        reading.add_argument("--mapping", type=Path, required=True, help="how its columns are read, as YAML")
        reading.add_argument("--report", type=Path, help="where the rows that stay out are listed, as CSV")
        issuing = verbs.add_parser("reissue", help="issue every imported document again, with a seal")
        issuing.add_argument("--register", required=True, help="the register's name in its mapping")
        issuing.add_argument("--folder", type=Path, help="where the files are left; var/legacy/REGISTER")
        issuing.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        issuing.add_argument("--limit", type=int, help="only the first so many documents")
        # One of the processes that --processes starts: its number among how many.
        issuing.add_argument("--share", type=int, nargs=2, help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["verb"] == "import":
                self._import(**options)
            else:
                self._reissue(**options)
        except (BadMapping, BadRegister, NotReissuable, OSError) as error:
            raise CommandError(str(error)) from error

    def _import(self, *, register: Path, mapping: Path, report: Path | None, **_: Any) -> None:
        report = report or _folder() / f"{register.stem}.report.csv"
        report.parent.mkdir(parents=True, exist_ok=True)
        with _progress() as bar:
            task = bar.add_task(f"Reading {register.name}", total=count_rows(register))
            totals = import_register(
                register,
                mapping=mapping,
                report=report,
                at=timezone.now(),
                progress=lambda rows: bar.update(task, advance=rows),
            )
        self.stdout.write(
            f"{totals.rows:,} rows: {totals.imported:,} imported, {totals.present:,} there already, "
            f"{totals.refused:,} refused for {totals.faults:,} faults, listed in {report}"
        )

    def _reissue(
        self,
        *,
        register: str,
        folder: Path | None,
        processes: int,
        limit: int | None,
        share: list[int] | None,
        **_: Any,
    ) -> None:
        folder = folder or _folder() / register
        if share:
            own, shares = share
            report_share(
                reissue(register, folder=folder, clock=timezone.now, share=own, shares=shares, limit=limit)
            )
            return
        refused: list[str] = []
        with _progress() as bar:
            wanted = len(documents(register, limit=limit))
            task = bar.add_task(f"Issuing {register} again", total=wanted)
            for done in run_shares(register, folder=folder, processes=max(1, processes), limit=limit):
                bar.update(task, advance=1)
                if done.refusal:
                    refused.append(f"{done.number}: {done.refusal}")
        for line in refused:
            self.stderr.write(line)
        self.stdout.write(f"{wanted:,} documents: {wanted - len(refused):,} issued, in {folder}")
        if refused:
            raise CommandError(f"{len(refused):,} were refused; run it again to try these alone")


def _folder() -> Path:
    """Where the reports and the files of this deployment lie."""
    return Path(settings.MEDIA_ROOT).parent / "legacy"


def _progress() -> Progress:
    """A bar on a terminal, and nothing elsewhere, so that a log holds the closing line only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)

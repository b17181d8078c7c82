"""`rukhsa legacy`: import the registers of paper documents, and issue the documents again with a seal."""

import argparse
import csv
import os
from collections import Counter
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rukhsa.issuance.legacy.mapping import BadMapping
from rukhsa.issuance.legacy.register_import import import_register, inert
from rukhsa.issuance.legacy.reissue import NotReissuable, Reissued, documents, reissue
from rukhsa.issuance.legacy.shares import report_share, run_shares
from rukhsa.issuance.legacy.table import BadRegister, count_rows

INDEX: Final = "index.csv"  # the outcome of each row, beside the documents
TOLD: Final = 20


class Command(BaseCommand):
    help = "Import a register of paper documents, or issue its documents again with a seal."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        reading = verbs.add_parser("import", help="read a register by a mapping file")
        reading.add_argument("register", type=Path, help="the register, as CSV")
        reading.add_argument("--mapping", type=Path, required=True, help="how its columns are read, as YAML")
        reading.add_argument("--report", type=Path, help="where the rows that stay out are listed, as CSV")
        reading.add_argument(
            "--part",
            action="store_true",
            help="the file is a part of the register: what has no row in it stays as it is",
        )
        issuing = verbs.add_parser("reissue", help="issue every imported document again, with a seal")
        issuing.add_argument("--register", required=True, help="the register's name in its mapping")
        issuing.add_argument("--folder", type=Path, help="where the files are left; var/legacy/REGISTER")
        issuing.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        issuing.add_argument("--limit", type=int, help="only the first so many documents")
        # For the processes that --processes starts: the number of this one, and how many there are.
        issuing.add_argument("--share", type=int, nargs=2, help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["verb"] == "import":
                self._import(**options)
            else:
                self._reissue(**options)
        except (BadMapping, BadRegister, NotReissuable, OSError) as error:
            raise CommandError(str(error)) from error

    def _import(self, *, register: Path, mapping: Path, report: Path | None, part: bool, **_: Any) -> None:
        report = report or _folder() / f"{register.stem}.report.csv"
        report.parent.mkdir(parents=True, exist_ok=True)
        with _progress() as bar:
            task = bar.add_task(f"Reading {register.name}", total=count_rows(register))
            totals = import_register(
                register,
                mapping=mapping,
                report=report,
                at=timezone.now(),
                part=part,
                progress=lambda rows: bar.update(task, advance=rows),
            )
        self.stdout.write(
            f"{totals.rows:,} rows: {totals.imported:,} imported, {totals.present:,} there already, "
            f"{totals.refused:,} refused for {totals.faults:,} faults, listed in {report}"
        )
        for reason, count in totals.reasons:
            self.stdout.write(f"{count:>8,}  {reason}")
        for count, told in (
            (totals.replaced, "took the place of what an earlier reading said, and was not issued yet"),
            (
                totals.kept,
                "say something else than the document that was issued: they are listed, and it stays",
            ),
            (totals.omitted, "documents of an earlier reading have no row now, and are not issued"),
        ):
            if count:
                self.stdout.write(f"{count:,} {told}")

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
        folder = folder or _folder() / documents(register)[0].register
        if share:
            own, shares = share
            report_share(
                reissue(register, folder=folder, clock=timezone.now, share=own, shares=shares, limit=limit)
            )
            return
        index, refused, issued = folder / INDEX, Counter[str](), 0
        folder.mkdir(parents=True, exist_ok=True)
        with _progress() as bar, index.open("w", encoding="utf-8", newline="") as out:
            listed = csv.writer(out)
            listed.writerow(("row", "paper number", "document", "code", "reason"))
            task = bar.add_task(f"Issuing {register} again", total=_wanted(register, limit))
            for done in run_shares(register, folder=folder, processes=max(1, processes), limit=limit):
                bar.update(task, advance=1)
                cells = (done.paper_number, done.number, done.code, done.reason)
                listed.writerow([done.row, *map(inert, cells)])
                if done.code:
                    refused[done.code] += 1
                    self._tell(done, refused.total())
                else:
                    issued += 1
        self.stdout.write(f"{issued + refused.total():,} documents: {issued:,} issued, in {folder}")
        if refused:
            reasons = ", ".join(f"{count:,} {code}" for code, count in refused.most_common())
            raise CommandError(
                f"{refused.total():,} were refused ({reasons}), listed in {index}; the others are issued. "
                "Correct the register and import it again, then run this again: it tries these alone"
            )

    def _tell(self, refused: Reissued, count: int) -> None:
        """Write the first few refusals to the terminal. The index has all of them."""
        if count <= TOLD:
            named = f" ({refused.paper_number})" if refused.paper_number else ""
            self.stderr.write(f"row {refused.row}{named}: {refused.reason}")


def _wanted(register: str, limit: int | None) -> int:
    there = documents(register).count()
    return there if limit is None else min(there, limit)


def _folder() -> Path:
    """The folder of the reports and files of this deployment."""
    return Path(settings.MEDIA_ROOT).parent / "legacy"


def _progress() -> Progress:
    """A bar on a terminal, and nothing elsewhere, so that a log gets only the last line."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)

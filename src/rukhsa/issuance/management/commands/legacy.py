"""`rukhsa legacy`: read the registers of the paper documents of before, and issue them again with a seal."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rukhsa.issuance.legacy.mapping import BadMapping
from rukhsa.issuance.legacy.register import BadRegister, count_rows, import_register


class Command(BaseCommand):
    help = "Import a register of paper documents, or reissue its documents with a seal."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        reading = verbs.add_parser("import", help="read a register by a mapping file")
        reading.add_argument("register", type=Path, help="the register, as CSV")
        reading.add_argument("--mapping", type=Path, required=True, help="how its columns are read, as YAML")
        reading.add_argument("--report", type=Path, help="where the rows that stay out are listed, as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        {"import": self._import}[options["verb"]](**options)

    def _import(self, *, register: Path, mapping: Path, report: Path | None, **_: Any) -> None:
        report = report or _folder() / f"{register.stem}.report.csv"
        report.parent.mkdir(parents=True, exist_ok=True)
        try:
            with _progress(self) as bar:
                task = bar.add_task(f"Reading {register.name}", total=count_rows(register))
                totals = import_register(
                    register,
                    mapping=mapping,
                    report=report,
                    at=timezone.now(),
                    progress=lambda rows: bar.update(task, advance=rows),
                )
        except (BadMapping, BadRegister, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{totals.rows:,} rows: {totals.imported:,} imported, {totals.present:,} there already, "
            f"{totals.refused:,} refused for {totals.faults:,} faults, listed in {report}"
        )


def _folder() -> Path:
    """Where the reports of this deployment lie."""
    return Path(settings.MEDIA_ROOT).parent / "legacy"


def _progress(command: BaseCommand) -> Progress:
    """A bar on a terminal, and nothing elsewhere, so that a log holds the closing line only."""
    console = Console(file=command.stderr._out)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)

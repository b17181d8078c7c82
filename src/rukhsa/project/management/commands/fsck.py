"""`rukhsa fsck`: whether money and documents agree."""

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from rukhsa.project.fsck import stored_files
from rukhsa.project.fsck.report import Report, check
from rukhsa.project.fsck.stored_files import Stored
from rukhsa.values.money import Money

MOST_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Check the rules of money over everything there is: the books add up, no payment is without a home and none\n"
        "without an answer, no document is without its receipt, deposits add up. It only reads, and may run at any\n"
        "time. The rules are statements over the tables (project/fsck/), apart from the code they check.\n\n"
        "  rukhsa fsck                              what holds, and what does not\n"
        "  rukhsa fsck --gateways ADDRESS           and the simulators' own books against ours\n"
        "  rukhsa fsck --files                      and read every stored file and every tile of the logs: after a\n"
        "                                           restore, and now and then; it takes as long as the disk needs\n"
        "  rukhsa fsck --json                       for machines\n\n"
        "Exit code 0: no fault (something may wait for a person); 1: faults; 2: it could not look."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument(
            "--gateways", metavar="ADDRESS", default="", help="where the sandbox of the gateways is"
        )
        parser.add_argument(
            "--grace", type=int, default=600, metavar="SECONDS", help="what is paid may wait so long (600)"
        )
        parser.add_argument(
            "--files", action="store_true", help="read every stored file and every tile of the logs too"
        )
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *args: Any, gateways: str, grace: int, files: bool, json: bool, **options: Any) -> None:
        try:
            report = check(
                at=datetime.now(UTC), grace=timedelta(seconds=grace), gateways_at=gateways.rstrip("/")
            )
        except httpx.HTTPError as error:
            raise CommandError(
                f"The gateways' books cannot be read at {gateways}: {error} Is the sandbox running there?",
                returncode=2,
            ) from error
        stored = stored_files.look() if files else None
        if json:
            self.stdout.write(_json(report, stored))
        else:
            _show(report)
            _show_stored(stored)
        sys.exit(1 if report.faults or (stored and stored.faults) else 0)


def _json(report: Report, stored: Stored | None) -> str:
    told = report.as_json() | ({"stored": stored.as_json()} if stored else {})
    return json.dumps(told, ensure_ascii=False, indent=2)


def _show_stored(stored: Stored | None) -> None:
    if stored is None:
        return
    for code, subject in stored.found[:MOST_SHOWN]:
        sys.stdout.write(f"{code}: {subject}\n")
    tiles = sum(log.equal for log in stored.logs)
    sys.stdout.write(
        f"files: {stored.files} files ({stored.size / 1e6:.0f} MB) and {tiles} tiles of {len(stored.logs)} logs"
        f" in {stored.seconds:.0f} s, {stored.faults} faults\n"
    )


def _show(report: Report) -> None:
    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 140)
    table = Table(box=None, pad_edge=False)
    for name in ("rule", "what holds", "found"):
        table.add_column(name)
    for rule, found in report.rules:
        word = "waits" if rule.is_waiting else "BROKEN"
        table.add_row(rule.code, rule.holds, f"{word}: {len(found)}" if found else "holds")
    for gateway, differences in report.differences.items():
        found_there = f"BROKEN: {len(differences)}" if differences else "holds"
        table.add_row(f"books-of-{gateway}", "the gateway's own books and ours are the same", found_there)
    console.print(table)
    for rule, found in report.rules:
        for one in found[:MOST_SHOWN]:
            console.print(f"{rule.code}: {one.subject} ({one.detail})", soft_wrap=True)
        if len(found) > MOST_SHOWN:
            console.print(f"{rule.code}: and {len(found) - MOST_SHOWN} more; --json has all")
    for differences in report.differences.values():
        for apart in differences[:MOST_SHOWN]:
            console.print(
                f"{apart.gateway}: {apart.reference}: ours {apart.ours}, theirs {apart.theirs}",
                soft_wrap=True,
            )
    sums: dict[str, int] = {}
    for account, gateway, currency, amount in report.balances:
        sums[currency] = sums.get(currency, 0) + amount
        name = f"{account} {gateway}".strip()
        console.print(f"{name:<24} {Money(minor=amount, currency=currency)!s:>16} {currency}")
    for currency, total in sums.items():
        console.print(f"{'trial balance':<24} {Money(minor=total, currency=currency)!s:>16} {currency}")
    differing = sum(len(found) for found in report.differences.values())
    compared = (
        f", {len(report.differences)} gateways compared, {differing} differences"
        if report.differences
        else ""
    )
    console.print(
        f"fsck: {len(report.rules)} rules, {report.faults} faults, {report.waiting} waiting{compared}",
        soft_wrap=True,
    )

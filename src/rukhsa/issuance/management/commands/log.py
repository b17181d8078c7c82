"""`rukhsa log`: follow the public logs as an outsider does, and make the files of a log again from its rows."""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from rukhsa.authorities.models import Authority
from rukhsa.errors import RukhsaError
from rukhsa.issuance.rebuilding import Rebuilt, rebuild
from rukhsa.trust import watch

REBUILD: Final = """\
Make every tile of a log again from the rows of the database, and compare each with its file.

It stops before anything is written where the published checkpoint is none of ours (log-rolled-back), or where the rows
do not lead to the root of every checkpoint that was signed (rows-do-not-match). Otherwise the files follow from the
rows: missing ones are written, ones with other bytes replaced, and partial tiles that a full one covers removed.
It may run beside the workers. With --check nothing is written, and the exit code says whether anything differs.
"""


class Command(BaseCommand):
    help = "Follow the public logs by HTTP alone, or make the files of the logs again from the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(required=True, metavar="ACT", dest="act")
        watch.add_arguments(acts.add_parser("monitor", help="follow the public logs and raise alarms"))
        again = acts.add_parser(
            "rebuild",
            help="make the files again from the rows, and prove that they are what was published",
            description=REBUILD,
            formatter_class=RawDescriptionHelpFormatter,
        )
        again.add_argument("--authority", metavar="CODE", help="the log of this authority alone")
        again.add_argument("--check", action="store_true", help="compare and write nothing")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "monitor":
            sys.exit(watch.run(Namespace(**options), self.stdout.write))
        self._rebuild(options["authority"], writes=not options["check"])

    def _rebuild(self, code: str | None, *, writes: bool) -> None:
        authorities = Authority.objects.order_by("ordinal")
        if code and not (authorities := authorities.filter(code=code)):
            raise CommandError(f"there is no authority {code}")
        whole = [self._rebuild_one(each, writes=writes) for each in authorities]
        if not all(whole):
            sys.exit(1)

    def _rebuild_one(self, authority: Authority, *, writes: bool) -> bool:
        """Rebuild one log, and say how it went; the others are rebuilt all the same."""
        try:
            made = rebuild(authority, writes=writes)
        except RukhsaError as error:
            self.stdout.write(f"{authority.code}: {error}")
            return False
        self.stdout.write(_told(made, writes=writes))
        return writes or made.is_whole


def _told(made: Rebuilt, *, writes: bool) -> str:
    wrong = f"missing {made.missing}, with other bytes {made.other}"
    done = f", all written; partial tiles removed {made.pruned}" if writes else ""
    return (
        f"{made.authority}: {made.entries} entries and {made.checkpoints} checkpoints lead to what was published;"
        f" files as they were {made.equal}, {wrong}{done}"
    )

"""`rukhsa serving-role`: what portal, verifier and worker may in the database."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rukhsa.project import serving_rights

HELP = """\
Portal, verifier and worker come to the database as the role rukhsa_serving: it reads and writes rows, deletes no
fact, and can make, change, empty or drop no table, nor switch a trigger off. The owner of the tables migrates alone.

  rukhsa serving-role grant   give the role its rights, as the owner of the tables; `rukhsa setup` does it each time.
                              The database administrator creates the role itself: CREATE ROLE rukhsa_serving LOGIN
  rukhsa serving-role show    say the statements, and change nothing
  rukhsa serving-role check   refuse a DATABASE_URL whose role may do more (exit code 1)
"""


class Command(BaseCommand):
    help = HELP
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        verbs.add_parser("grant", help="give the role its rights in the database")
        verbs.add_parser("show", help="say the statements that do")
        verbs.add_parser("check", help="look whether this DATABASE_URL may do more")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "show":
            self.stdout.write("".join(f"{statement};\n" for statement in serving_rights.statements()))
        elif verb == "check":
            self._check()
        elif not serving_rights.grant() and options["verbosity"]:
            self.stdout.write(f"there is no role {serving_rights.ROLE}: the processes own the tables")

    def _check(self) -> None:
        try:
            serving_rights.require_no_more()
        except serving_rights.TooManyRights as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write("this role changes no table")

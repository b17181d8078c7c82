"""`rukhsa signer`: run the process that holds the keys, and grant its role its rights in the database."""

import argparse
import os
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.signers import rights, signer
from rukhsa.project.config import config
from rukhsa.project.supervisor import only_one

HELP = """\
The signer holds the keys of the authorities in a process and under a user of its own.

  rukhsa signer serve     listen at RUKHSA_SIGNER_SOCKET and sign what the ids say, for the worker's user alone
  rukhsa signer check     ask it for a signature of every key
  rukhsa signer grant     give the role rukhsa_signer its rights in the database, as the owner of the tables
                          (--show says them); the database administrator creates the role itself:
                          CREATE ROLE rukhsa_signer LOGIN

It is asked by ids and codes alone, reads what is to be signed itself, and counts what it signs: no more than
RUKHSA_SIGNATURES_AN_HOUR documents an hour for an authority (rukhsa issuing status). See docs/operating/keys.md.
"""


class Command(BaseCommand):
    help = HELP
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        verbs.add_parser("serve", help="listen and sign, until told to end")
        verbs.add_parser("check", help="ask for a signature of every key")
        granting = verbs.add_parser("grant", help="give the signer's role its rights in the database")
        granting.add_argument("--show", action="store_true", help="say the statements, and change nothing")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        getattr(self, f"_{verb}")(options)

    def _serve(self, options: dict[str, Any]) -> None:
        from rukhsa.issuance.signers.listener import Listener, keep_to_ourselves, users_served

        listens_at = getattr(settings, "SIGNER_LISTENS_AT", None)
        if listens_at is None:
            raise CommandError("start it as `rukhsa signer serve`, without other settings")
        address = Path(listens_at)
        keep_to_ourselves()
        os.umask(0o077)
        _require_its_place()
        address.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        with only_one(address.with_name(f"{address.name}.running")):
            listener = Listener(str(address), users=users_served(config().signing.workers_user))
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: listener.end())
            listener.listen(lambda: self.stdout.write(f"listens as process {os.getpid()}"))

    def _check(self, options: dict[str, Any]) -> None:
        try:
            signer().check()
        except IssuanceError as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write("every key signs")

    def _grant(self, options: dict[str, Any]) -> None:
        if options["show"]:
            self.stdout.write("".join(f"{statement};\n" for statement in rights.statements()))
        elif not rights.grant() and options["verbosity"]:
            self.stdout.write(
                f"there is no role {rights.ROLE}: the signer comes to the database as all others do"
            )


def _require_its_place() -> None:
    """In production, refuse to start without keys that only the signer reads and a role of its own."""
    if not config().in_production:
        return
    keys = Path(settings.RUKHSA_KEYS)
    found = keys.stat() if keys.exists() else None
    if found is None or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise CommandError(f"{keys} must be a folder of mode 0700 of the user under which the signer runs")
    if os.geteuid() == 0:
        raise CommandError("the signer runs under a user of its own, and not as root")
    try:
        rights.require_no_more()
    except rights.TooManyRights as error:
        raise CommandError(f"{error.code}: {error}") from error
    if config().signing.caps.others is None:
        raise CommandError(
            "production has a cap: RUKHSA_SIGNATURES_AN_HOUR names a number for all authorities"
        )

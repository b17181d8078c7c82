"""`rukhsa trust-list`: draft the next trust list for the offline root, and publish it once it is signed."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rukhsa.issuance import publishing, site, trust_list
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.operator import operator
from rukhsa.trust import trustlist
from rukhsa.trust.succession import changes
from rukhsa.trust.tiles import write_durably

HELP = """\
The trust list says who may issue what, with which keys and since when. The root signs it, on a machine that is
connected to nothing; this system drafts it and publishes it, and never reads the root.

  1. here:                    rukhsa trust-list draft
  2. on the offline machine:  rukhsa trust-list sign trust-list.draft.json --root root.pem --previous trust-list.jws
  3. here:                    rukhsa trust-list publish trust-list.jws

A ceremony is wanted after every change of keys, services or names, and once a quarter. Step 2 needs no database and
no Django: python -m rukhsa.trust.ceremony sign. docs/operating/keys.md has the ceremony with who stands by.
"""


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        drafting = verbs.add_parser("draft", help="write what the root is to sign, and say what is new in it")
        drafting.add_argument(
            "--output", type=Path, help="default: trust-list.draft.json in the folder of data"
        )
        drafting.add_argument(
            "--if-due",
            action="store_true",
            help="do nothing where the published list says the same and still holds",
        )
        verbs.add_parser(
            "sign", help="on the offline machine: see `rukhsa trust-list sign --help`", add_help=False
        )
        publishing = verbs.add_parser(
            "publish", help="check a signed list, enter it in the logs, and publish it"
        )
        publishing.add_argument("list", type=Path, help="what the root signed, a JWS")
        publishing.add_argument(
            "--root-key",
            type=Path,
            help="the root's public key, root.jwk: at the first publication, which pins it",
        )
        verbs.add_parser("show", help="what is published now, and until when")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            if verb == "draft":
                self._draft(options["output"], only_if_due=options["if_due"])
            elif verb == "publish":
                self._publish(options["list"], options["root_key"])
            else:
                self._show()
        except IssuanceError as error:
            raise CommandError(f"{error.code}: {error}") from error
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _draft(self, output: Path | None, *, only_if_due: bool) -> None:
        at = timezone.now()
        if only_if_due and not trust_list.is_due(at=at):
            self.stdout.write("nothing is new, and the published list holds: no ceremony is wanted")
            return
        text = trust_list.draft(at=at)
        output = output or settings.CONFIG.data / "trust-list.draft.json"
        write_durably(output, text.encode())
        for line in changes(trustlist.from_document(json.loads(text)), site.trust_list()):
            self.stdout.write(line)
        self.stdout.write(f"drafted: {output}. Carry it, and the published list, to the offline machine.")

    def _publish(self, signed: Path, root_key: Path | None) -> None:
        root = json.loads(root_key.read_text("utf-8")) if root_key else None
        new = trust_list.publish(signed.read_text("utf-8"), root=root, at=timezone.now(), operator=operator())
        # Readers of the new list refuse status lists under a compromised key.
        publishing.everything(at=timezone.now())
        self.stdout.write(f"published: version {new.version}, until {new.expires:%Y-%m-%d}")

    def _show(self) -> None:
        listed = site.trust_list()
        if listed is None:
            raise CommandError("no trust list is published yet")
        for line in changes(listed, None):
            self.stdout.write(line)
        if not trust_list.is_recorded(listed):
            self.stdout.write(
                "this database does not know it: rukhsa trust-list publish, with the published file"
            )
        elif trust_list.is_due(at=timezone.now()):
            self.stdout.write("a ceremony is due: rukhsa trust-list draft")

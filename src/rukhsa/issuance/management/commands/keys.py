"""`rukhsa keys`: make development keys where there are none, or check those that are there."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rukhsa.issuance import create_keys
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.keys import index
from rukhsa.issuance.operator import operator
from rukhsa.issuance.signers import signer


class Command(BaseCommand):
    help = "Make keys for every authority, or check the keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=("create", "check"))

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "create":
            made = create_keys.create_missing(at=timezone.now(), operator=operator())
            if options["verbosity"]:
                self.stdout.write(f"{len(made)} keys made, {len(index())} in all")
            return
        try:
            signer().check()
        except IssuanceError as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write(f"{len(index())} keys in order")

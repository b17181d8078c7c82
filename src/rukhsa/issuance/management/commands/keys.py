"""`rukhsa keys`: make development keys where there are none, or check those that are there."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.keys import create_development_keys, index
from rukhsa.issuance.signers import signer


class Command(BaseCommand):
    help = "Make development keys for every authority, or check the keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=("create", "check"))

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "create":
            if settings.CONFIG.in_production:
                raise CommandError("Keys of production are made where they stay: see docs/operating.")
            made = create_development_keys(at=timezone.now())
            if options["verbosity"]:
                self.stdout.write(f"{made} keys made, {len(index())} in all")
            return
        try:
            signer().check()
        except IssuanceError as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write(f"{len(index())} keys in order")

"""`rukhsa cast`: makes the staff of the town, in development."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rukhsa_rehearsal.cast import how_to_sign_in
from rukhsa_rehearsal.staffing import TerritoryMissing, make_cast


class Command(BaseCommand):
    help = "Make the staff of the town, the members of its committees included (development only)"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            make_cast()
        except TerritoryMissing:
            raise CommandError("there is no authority yet: run `rukhsa territory load` first") from None
        for line in how_to_sign_in():
            self.stdout.write(line)

"""`rukhsa cast`: makes the staff of the town, in development."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rukhsa.authorities.cast import CAST, TerritoryMissing, make_cast


class Command(BaseCommand):
    help = "make the staff of the town, the members of its committees included (development only)"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            make_cast()
        except TerritoryMissing:
            raise CommandError("there is no authority yet: run `rukhsa territory load` first") from None
        for member in CAST:
            role = member.role.replace("-", " ") + (f" of {member.agency.upper()}" if member.agency else "")
            self.stdout.write(f"{role:<22}{member.email:<22}{member.password}")

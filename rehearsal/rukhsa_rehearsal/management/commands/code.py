"""`rukhsa code NAME`: the one-time code of a member of the cast, in development."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rukhsa.accounts.models import Person, PersonKind
from rukhsa_rehearsal.known_secrets import code_of, refuse_in_production


class Command(BaseCommand):
    help = "Print the one-time code of a member of the cast (development only)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what stands before the @ in the mail address, such as salem")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_in_production()
        person = Person.objects.filter(
            kind=PersonKind.STAFF, email__startswith=f"{options['name'].lower()}@"
        ).first()
        if person is None:
            raise CommandError(
                f"nobody of the staff is called {options['name']!r}; `rukhsa cast` makes the cast"
            )
        self.stdout.write(code_of(person.email, at=timezone.now()))

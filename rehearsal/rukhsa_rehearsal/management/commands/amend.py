"""`rukhsa amend`: issue an instrument again with corrected answers, in development."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.authorities.actor import actor_for
from rukhsa.issuance.amendment import amend
from rukhsa.issuance.instrument import Instrument
from rukhsa_rehearsal.known_secrets import refuse_in_production


class Command(BaseCommand):
    help = (
        "Issue the next version of an instrument with answers put right, in the name of a supervisor.\n"
        "Whoever runs it acts as somebody else: it is refused in production."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number")
        parser.add_argument("--as", dest="email", required=True, help="the supervisor, by mail address")
        parser.add_argument("--answer", action="append", required=True, metavar="QUESTION=VALUE")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, number: str, email: str, reason: str, **options: Any) -> None:
        refuse_in_production()
        at = timezone.now()
        instrument = Instrument.objects.filter(intent__number=number).order_by("-intent__version").first()
        person = Person.objects.filter(email=email).first()
        if instrument is None or person is None:
            raise CommandError("there is no such instrument, or nobody with this mail address")
        answers = dict(text.partition("=")[::2] for text in options["answer"])
        amended = amend(instrument, answers, reason=reason, actor=actor_for(person, at=at), at=at)
        self.stdout.write(f"{amended.number} version {amended.version}, {amended.status(at)}")

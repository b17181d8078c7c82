"""`rukhsa amend`: issue a document again with corrected answers, in the names of two of the cast, in development."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import actor_for
from rukhsa.issuance.correction import CorrectionProposal, approve_correction, carry_out
from rukhsa.issuance.instrument import Instrument, application_of
from rukhsa_rehearsal.known_secrets import refuse_in_production


class Command(BaseCommand):
    help = (
        "Issue the next version of a document with answers put right, proposed by one of the cast and approved by\n"
        "another. Unlike the desk, it compares neither fee nor days: it makes documents to train with.\n"
        "The person who runs it acts as two others: it is refused in production."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number")
        parser.add_argument("--by", required=True, help="the officer who proposes, by mail address")
        parser.add_argument("--as", dest="email", required=True, help="the supervisor who approves")
        parser.add_argument("--answer", action="append", required=True, metavar="QUESTION=VALUE")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, number: str, by: str, email: str, reason: str, **options: Any) -> None:
        refuse_in_production()
        at = timezone.now()
        instrument = Instrument.objects.filter(intent__number=number).order_by("-intent__version").first()
        people = {each.email: each for each in Person.objects.filter(email__in=[by, email])}
        if instrument is None or len(people) < 2:
            raise CommandError("there is no such document, or no two people with these mail addresses")
        proposer, approver = (actor_for(people[each], at=at) for each in (by, email))
        proposal = CorrectionProposal(
            instrument=instrument,
            application=application_of(instrument),
            answers=dict(text.partition("=")[::2] for text in options["answer"]),
            reason=reason,
        )
        agreement.propose(proposal, permission=Permission.SUSPEND, actor=proposer, at=at)
        approve_correction(proposal, actor=approver, at=at)
        _, amended = carry_out(proposal.application, at=at)[-1]
        self.stdout.write(f"{amended.number} version {amended.version}, {amended.status(at)}")

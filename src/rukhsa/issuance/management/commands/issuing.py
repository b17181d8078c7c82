"""`rukhsa issuing`: stop and start issuing, in every worker at once."""

import argparse
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from rukhsa.accounts.models import Person
from rukhsa.agreement import ProposedByYourself, ReasonMissing
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import cap
from rukhsa.issuance.issuing_stop import (
    NotStopped,
    approve_start,
    current_stop,
    operators,
    propose_start,
    start_issuing,
    stop_issuing,
    waiting_start,
)
from rukhsa.issuance.operator import operator

HELP = """\
Stop issuing at once, in every worker on every machine, and start it again.

  rukhsa issuing stop --reason "a seal key may be lost" --as mariam@mun.example
  rukhsa issuing start --reason "the key was replaced" --as huda@mun.example    asks for the start
  rukhsa issuing start --reason "I agree" --as jasim@mun.example                another operator agrees
  rukhsa issuing status        also how many documents each authority was given within the hour, and its cap

While it is stopped nothing is sealed or signed: each signature asks first. Applications, decisions and payments go
on, what is paid waits, and all of it is issued, once, within a minute of the start. Revocations, status lists, the
log and verifying go on too. The desk says so on every page.

Two operators start it, as at the desk; what one asks for here the other may approve there. Where fewer than two
people hold the post of an operator, the one at the machine starts it alone.
"""


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        for verb, what in (("stop", "nothing more is sealed or signed"), ("start", "lift the stop")):
            acting = verbs.add_parser(verb, help=what)
            acting.add_argument(
                "--reason", required=True, help="for the journal and the desk; no names of persons"
            )
            acting.add_argument("--as", dest="email", help="who decided it, by mail address")
        verbs.add_parser("status", help="whether it is stopped, since when and why")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(options)
        except NotStopped as error:
            raise CommandError("issuing is not stopped") from error
        except ReasonMissing as error:
            raise CommandError("say why, with --reason") from error

    def _stop(self, options: dict[str, Any]) -> None:
        actor = _actor(options["email"])
        made = stop_issuing(reason=options["reason"], operator=operator(), actor=actor, at=timezone.now())
        self.stdout.write(f"stopped since {made.at:%Y-%m-%d %H:%M:%S} UTC: {made.reason}")

    def _start(self, options: dict[str, Any]) -> None:
        actor, at = _actor(options["email"]), timezone.now()
        if operators(at=at) < 2:
            start_issuing(reason=options["reason"], operator=operator(), actor=actor, at=at)
        elif not _by_two(options["reason"], actor, at):
            self.stdout.write("proposed: another operator approves it at the desk, or by the same command")
            return
        # The sweep finds what waits now, and not only at the next minute.
        with suppress(AlreadyEnqueued):
            app.configure_task("journey.sweep", queue="sweeps", queueing_lock="journey.sweep").defer(
                timestamp=int(timezone.now().timestamp())
            )
        self.stdout.write("started: what waited is issued now")

    def _status(self, options: dict[str, Any]) -> None:
        at = timezone.now()
        found = current_stop()
        self.stdout.write(
            f"stopped since {found.at:%Y-%m-%d %H:%M:%S} UTC by {found.operator}: {found.reason}"
            if found
            else "issuing"
        )
        codes = [rule.code for rule in territory().authorities]
        alarms_of = {alarm.authority_id: alarm for alarm in cap.alarms(codes, at=at)}
        for used in cap.used(codes, at=at):
            limit = "no cap" if used.cap is None else f"of {used.cap}"
            alarm = (
                f"  cap reached at {alarms_of[used.authority].at:%H:%M} UTC"
                if used.authority in alarms_of
                else ""
            )
            self.stdout.write(
                f"{used.authority:<4} {used.documents:>6} documents in the hour, {limit}{alarm}"
            )


def _by_two(reason: str, actor: Actor | None, at: datetime) -> bool:
    """Propose the start, or approve what another operator proposed; whether it starts."""
    if actor is None:
        raise CommandError("say who: --as MAIL, of an operator; another operator agrees")
    try:
        if (waiting := waiting_start()) is None:
            propose_start(reason, actor=actor, at=at)
            return False
        approve_start(waiting, actor=actor, at=at)
    except NotPermitted as error:
        raise CommandError("only an operator starts issuing") from error
    except ProposedByYourself as error:
        raise CommandError("another operator than the one who proposed it approves the start") from error
    return True


def _actor(email: str | None) -> Actor | None:
    if email is None:
        return None
    person = Person.objects.filter(email=email).first()
    if person is None:
        raise CommandError(f"nobody has the mail address {email}")
    return actor_for(person, at=timezone.now())

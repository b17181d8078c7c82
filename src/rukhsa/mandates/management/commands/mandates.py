"""`rukhsa mandates`: who may decide what; propose, sign and end mandates."""

import argparse
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Permission, Role
from rukhsa.accounts.second_factor import has_second_factor
from rukhsa.agreement import AgreementError, State
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
from rukhsa.authorities.models import Authority, Post
from rukhsa.catalogue.territory import territory
from rukhsa.mandates.errors import MandateError
from rukhsa.mandates.mandate import (
    Act,
    Extent,
    Mandate,
    acts_of,
    approve_mandate,
    end_mandate,
    propose_mandate,
)
from rukhsa.values.money import Money, MoneyError
from rukhsa.values.written_day import day_given

HELP = """\
Who may decide what. Without a mandate that two people signed no officer decides anything, so a new authority is put
into service in four steps:

  rukhsa staff first CAP one@mun.example two@mun.example   two administrators, who invite the others at the desk
  rukhsa mandates all CAP --by one@mun.example             propose, for each post without one, all that its role may
  rukhsa mandates waiting CAP                              read what was proposed
  rukhsa mandates approve CAP --by two@mun.example         sign all of it, as the other one

and, later:

  rukhsa mandates today CAP [--on 2027-01-31]              who may decide what on a day
  rukhsa mandates propose CAP MAIL ROLE --acts grant,refuse --by WHO
      [--for SUBJECT] [--services a,b] [--from DAY] [--until DAY] [--up-to 500.000]
  rukhsa mandates approve ID --by ANOTHER                  sign one
  rukhsa mandates end ID --reason TEXT --by WHO            one person is enough to take power away

WHO is the mail address of a supervisor or an administrator of the authority: the command does what that person may
do at the desk, and no more. No one proposes or signs what is about themselves.
"""


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        for name, help in (
            ("today", "who may decide what on a day"),
            ("waiting", "what waits to be signed"),
            ("all", "propose all that its role may, for each post without a mandate"),
        ):
            verbs.add_parser(name, help=help).add_argument("authority")
        verbs.choices["today"].add_argument("--on", type=day_given, help="today unless given")
        propose = verbs.add_parser("propose", help="propose a mandate for one post")
        for name in ("authority", "mail", "role"):
            propose.add_argument(name)
        propose.add_argument("--acts", required=True, help=", ".join(Act))
        propose.add_argument("--for", dest="subject", default="", help="every subject unless given")
        propose.add_argument("--services", default="", help="all services unless given")
        propose.add_argument("--from", dest="starts_on", type=day_given, help="today unless given")
        propose.add_argument("--until", type=day_given, help="no last day unless given")
        propose.add_argument("--up-to", help="an amount in the territory's currency; any unless given")
        approve = verbs.add_parser("approve", help="sign one mandate, or all that wait at an authority")
        approve.add_argument("what", help="the id of a mandate, or the code of an authority")
        end = verbs.add_parser("end", help="end a mandate now")
        end.add_argument("id")
        end.add_argument("--reason", required=True)
        for name in ("all", "propose", "approve", "end"):
            verbs.choices[name].add_argument("--by", required=True, help="the mail address of who does it")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            with transaction.atomic():
                getattr(self, f"_{verb}")(options, timezone.now())
        except (AgreementError, MandateError, MoneyError) as error:
            raise CommandError(f"{error.code}: {error}") from error
        except NotPermitted as error:
            raise CommandError(f"{error.code}: this person may not do that at this authority") from error

    def _today(self, options: dict[str, Any], at: datetime) -> None:
        if options["on"]:
            at = timezone.make_aware(datetime.combine(options["on"], time(12)))
        held = Mandate.objects.in_force(at=at).filter(authority=_authority(options["authority"]))
        self._list(held)

    def _waiting(self, options: dict[str, Any], at: datetime) -> None:
        self._list(Mandate.objects.filter(authority=_authority(options["authority"]), state=State.PROPOSED))

    def _all(self, options: dict[str, Any], at: datetime) -> None:
        actor, today = _actor(options, at), timezone.localdate(at)
        posts = Post.objects.in_force(on=today).filter(authority=_authority(options["authority"]))
        has_one = Mandate.objects.exclude(state=State.REFUSED).filter(end=None).values("post")
        without = posts.exclude(pk__in=has_one).exclude(person=actor.person).select_related("person")
        for post in without.order_by("person__email", "role"):
            if acts := acts_of(Role(post.role)):
                made = propose_mandate(post, Extent(acts=acts, starts_on=today), actor=actor, at=at)
                self.stdout.write(_line(made))

    def _propose(self, options: dict[str, Any], at: datetime) -> None:
        today = timezone.localdate(at)
        held = Post.objects.in_force(on=today).filter(
            person=_person(options["mail"]),
            authority=_authority(options["authority"]),
            role=options["role"],
        )
        post = held.first()
        if post is None:
            raise CommandError(f"{options['mail']} holds no post as {options['role']!r} there")
        money = options["up_to"] and Money.parse(options["up_to"], territory().currency)
        extent = Extent(
            acts=_listed(options["acts"]),
            subject=options["subject"],
            services=_listed(options["services"]),
            starts_on=options["starts_on"] or today,
            ends_on=options["until"],
            limit=money or None,
        )
        made = propose_mandate(post, extent, actor=_actor(options, at), at=at)
        self.stdout.write(f"{made.pk} waits for a second person: rukhsa mandates approve {made.pk} --by …")

    def _approve(self, options: dict[str, Any], at: datetime) -> None:
        waiting = Mandate.objects.filter(state=State.PROPOSED).select_related("post__person")
        here = waiting.filter(authority=options["what"]) if len(options["what"]) < 36 else None
        found = list(here.order_by("proposed_at")) if here is not None else [_mandate(options["what"])]
        if not found:
            raise CommandError(f"nothing waits at {options['what']!r}")
        for mandate in found:
            self.stdout.write(_line(approve_mandate(mandate, actor=_actor(options, at), at=at)))

    def _end(self, options: dict[str, Any], at: datetime) -> None:
        end_mandate(_mandate(options["id"]), options["reason"], actor=_actor(options, at), at=at)
        self.stdout.write("done")

    def _list(self, mandates: Any) -> None:
        for mandate in mandates.select_related("post__person").order_by("post__person__email", "pk"):
            self.stdout.write(_line(mandate))


def _line(mandate: Mandate) -> str:
    """A mandate on one line: its id, its holder, and what it allows."""
    said = [
        f"{mandate.pk}  {mandate.post.person.email:<32}{mandate.post.role:<12}{' '.join(mandate.acts)}",
        f"for {mandate.subject}" if mandate.subject else "",
        f"only {' '.join(mandate.services)}" if mandate.services else "",
        f"up to {mandate.limit}" if mandate.limit else "",
        f"from {mandate.starts_on}",
        f"until {mandate.ends_on}" if mandate.ends_on else "",
    ]
    return ", ".join(filter(None, said))


def _listed(typed: str) -> list[str]:
    return [each.strip() for each in typed.split(",") if each.strip()]


def _authority(code: str) -> Authority:
    if found := Authority.objects.filter(pk=code).first():
        return found
    raise CommandError(f"there is no authority {code!r} here")


def _mandate(key: str) -> Mandate:
    try:
        return Mandate.objects.select_related("post__person").get(pk=UUID(key))
    except (Mandate.DoesNotExist, ValueError):
        raise CommandError(f"there is no mandate {key!r} here") from None


def _person(mail: str) -> Person:
    if found := Person.objects.filter(email__iexact=mail, kind=PersonKind.STAFF).first():
        return found
    raise CommandError(f"there is no {mail!r} here")


def _actor(options: dict[str, Any], at: datetime) -> Actor:
    """The person on whose behalf it is done; not one whose own account is not set up."""
    person = _person(options["by"])
    if not has_second_factor(person):
        raise NotPermitted(Permission.PROPOSE_MANDATE)
    return actor_for(person, at=at)

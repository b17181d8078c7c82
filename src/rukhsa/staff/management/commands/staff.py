"""`rukhsa staff`: who works at an authority; invite, give, move and end posts, reset accounts."""

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Permission, Role
from rukhsa.accounts.second_factor import has_second_factor
from rukhsa.agreement import AgreementError, State
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
from rukhsa.authorities.models import Authority, Office, Post
from rukhsa.staff import change
from rukhsa.staff.change import Newcomer, StaffChange, StaffError, Wanted
from rukhsa.values.written_day import day_given

HELP = """\
The accounts of the staff, for an authority whose administrators cannot reach the desk:

  rukhsa staff first CAP one@mun.example two@mun.example   the first two administrators of an authority
  rukhsa staff list CAP
  rukhsa staff invite CAP MAIL ROLE --by ADMINISTRATOR --name-ar … --name-en …
  rukhsa staff give CAP MAIL ROLE --by ADMINISTRATOR [--instead-of ROLE]
  rukhsa staff end CAP MAIL ROLE --by ADMINISTRATOR
  rukhsa staff reset CAP MAIL --by ADMINISTRATOR
  rukhsa staff waiting CAP                                 what waits for a second administrator
  rukhsa staff approve ID --by ANOTHER

ADMINISTRATOR is the mail address of one of the authority: the command does what that person may do at the desk, and
no more. What gives much power waits for a second one here too. Links go out by mail and are never printed.
"""


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        first = verbs.add_parser("first", help="invite the first two administrators of an authority")
        first.add_argument("authority")
        first.add_argument("mail", nargs=2)
        for name in ("list", "waiting"):
            verbs.add_parser(name).add_argument("authority")
        for name in ("invite", "give", "end", "reset"):
            verb = verbs.add_parser(name)
            verb.add_argument("authority")
            verb.add_argument("mail")
            if name != "reset":
                verb.add_argument(
                    "role", choices=[role.value for role in Role if role not in change.OF_AGENCIES]
                )
            if name in ("invite", "give"):
                verb.add_argument("--committee", default="", help="of its members only")
                verb.add_argument("--office", default="", help="every office unless given")
                verb.add_argument("--from", dest="starts_on", type=day_given, help="today unless given")
            verb.add_argument("--by", required=True, help="the mail address of the administrator who does it")
        verbs.choices["give"].add_argument(
            "--instead-of", choices=list(Role), help="a post that ends with it"
        )
        for name in ("--name-ar", "--name-en"):
            verbs.choices["invite"].add_argument(name, required=True)
        approve = verbs.add_parser("approve", help="approve what another administrator asked for")
        approve.add_argument("id")
        approve.add_argument("--by", required=True)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            with transaction.atomic():
                getattr(self, f"_{verb}")(options, timezone.now())
        except (AgreementError, StaffError) as error:
            raise CommandError(f"{error.code}: {error}") from error
        except NotPermitted as error:
            raise CommandError(f"{error.code}: this person may not do that at this authority") from error

    def _first(self, options: dict[str, Any], at: datetime) -> None:
        authority = _authority(options["authority"])
        today = timezone.localdate(at)
        held = Post.objects.in_force(on=today).filter(role=Role.ADMINISTRATOR, authority=authority)
        if held.exists():
            raise CommandError(f"{authority} has administrators: they invite others")
        if len(set(map(str.lower, options["mail"]))) < 2:
            raise CommandError("two administrators are two people")
        for mail in options["mail"]:
            name = mail.partition("@")[0]
            newcomer = Newcomer(email=mail, name_ar=name, name_en=name, language=settings.LANGUAGE_CODE)
            wanted = Wanted(role=Role.ADMINISTRATOR, authority=authority.code, starts_on=today)
            change.carry_out(change.account_of(newcomer), wanted, by=None, at=at)
            self.stdout.write(f"{mail} is invited")

    def _list(self, options: dict[str, Any], at: datetime) -> None:
        held = Post.objects.in_force(on=timezone.localdate(at)).filter(
            authority=_authority(options["authority"])
        )
        for post in held.select_related("person").order_by("person__email", "role"):
            state = "" if has_second_factor(post.person) else "not set up"
            self.stdout.write(f"{post.person.email:<36}{post.role:<20}{post.starts_on}  {state}".rstrip())

    def _waiting(self, options: dict[str, Any], at: datetime) -> None:
        asked = StaffChange.objects.filter(authority=_authority(options["authority"]), state=State.PROPOSED)
        for proposed in asked.select_related("person", "proposed_by").order_by("proposed_at"):
            what = f"end {proposed.role}" if proposed.act == "end" else proposed.role or "reset"
            self.stdout.write(
                f"{proposed.pk}  {what:<18}{proposed.person.email}, asked for by {proposed.proposed_by.email}"
            )

    def _invite(self, options: dict[str, Any], at: datetime) -> None:
        newcomer = Newcomer(
            email=options["mail"],
            name_ar=options["name_ar"],
            name_en=options["name_en"],
            language=settings.LANGUAGE_CODE,
        )
        self._say(change.welcome(newcomer, _wanted(options, at), actor=_actor(options, at), at=at))

    def _give(self, options: dict[str, Any], at: datetime) -> None:
        person, actor = _person(options["mail"]), _actor(options, at)
        other = _post(options | {"role": options["instead_of"]}, at) if options["instead_of"] else None
        self._say(change.give(person, _wanted(options, at, instead_of=other), actor=actor, at=at))

    def _end(self, options: dict[str, Any], at: datetime) -> None:
        self._say(change.end(_post(options, at), actor=_actor(options, at), at=at))

    def _reset(self, options: dict[str, Any], at: datetime) -> None:
        authority = _authority(options["authority"]).code
        self._say(change.reset(_person(options["mail"]), authority, actor=_actor(options, at), at=at))

    def _approve(self, options: dict[str, Any], at: datetime) -> None:
        proposed = _found(lambda: StaffChange.objects.get(pk=options["id"]), options["id"])
        change.approve(proposed, actor=_actor(options, at), at=at)
        self.stdout.write("done")

    def _say(self, made: object) -> None:
        waits = isinstance(made, StaffChange)
        self.stdout.write(f"{made.pk} waits for a second administrator" if waits else "done")  # type: ignore[attr-defined]


def _authority(code: str) -> Authority:
    return _found(lambda: Authority.objects.get(pk=code), code)


def _person(mail: str) -> Person:
    return _found(lambda: Person.objects.get(email__iexact=mail, kind=PersonKind.STAFF), mail)


def _actor(options: dict[str, Any], at: datetime) -> Actor:
    """The administrator on whose behalf it is done; not one whose own account is not set up."""
    person = _person(options["by"])
    if not has_second_factor(person):
        raise NotPermitted(Permission.MANAGE_STAFF)
    return actor_for(person, at=at)


def _post(options: dict[str, Any], at: datetime) -> Post:
    held = Post.objects.in_force(on=timezone.localdate(at)).select_related("person")
    where = {"person": _person(options["mail"]), "authority": options["authority"], "role": options["role"]}
    return _found(lambda: held.get(**where), options["role"])


def _wanted(options: dict[str, Any], at: datetime, *, instead_of: Post | None = None) -> Wanted:
    return Wanted(
        role=Role(options["role"]),
        authority=_authority(options["authority"]).code,
        committee=options["committee"],
        office=_office(options["authority"], options["office"]) if options["office"] else None,
        starts_on=options["starts_on"] or timezone.localdate(at),
        instead_of=instead_of,
    )


def _office(authority: str, code: str) -> Office:
    return _found(lambda: Office.objects.get(authority=authority, code=code), code)


def _found[T](find: Callable[[], T], name: str) -> T:
    try:
        return find()
    except (
        Authority.DoesNotExist,
        Office.DoesNotExist,
        Person.DoesNotExist,
        Post.DoesNotExist,
        StaffChange.DoesNotExist,
        ValueError,
    ):
        raise CommandError(f"there is no {name!r} here") from None
    except Post.MultipleObjectsReturned:
        raise CommandError(f"{name!r} is held more than once: end it at the desk") from None

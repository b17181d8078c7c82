"""`rukhsa log`: follow the public logs as an outsider does, make their files again, and end one that cannot go on."""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.agreement import State
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
from rukhsa.authorities.models import Authority
from rukhsa.errors import RukhsaError
from rukhsa.issuance import log_succession, site
from rukhsa.issuance.log import LogSuccession
from rukhsa.issuance.log_succession import LogGoesOn, Lost, SuccessionProposal
from rukhsa.issuance.rebuilding import Rebuilt, rebuild
from rukhsa.trust import tlog, watch

REBUILD: Final = """\
Make every tile of a log again from the rows of the database, and compare each with its file.

It stops before anything is written where the published checkpoint is none of ours (log-rolled-back), or where the rows
do not lead to the root of every checkpoint that was signed (rows-do-not-match). Otherwise the files follow from the
rows: missing ones are written, ones with other bytes replaced, and partial tiles that a full one covers removed.
It may run beside the workers. With --check nothing is written, and the exit code says whether anything differs.
"""
SUCCEED: Final = """\
End a log whose commits are lost for good, and let another go on with all that it had.

Before this, bring the database forward from a standby or the archive: docs/operating/backup.md. Only where that cannot
be done, and the published log is longer than the database (log-rolled-back), a log is ended. Nothing that readers saw
is changed, and all that it proved stays proved.

  1. rukhsa log succeed --authority CAP --lost lost.txt        says what is lost and what will be done; changes nothing
  2. rukhsa log succeed --authority CAP --propose --reason "..." --as mariam@mun.example
  3. rukhsa log succeed --authority CAP --approve --as salem@mun.example            another operator; ends the log
  4. rukhsa trust-list draft, signed by the root, rukhsa trust-list publish         names the successor; it goes on

Until step 3 this authority is given no numbers, and its status lists are not signed: they end a day after the loss.
From step 3 to step 4 its documents are prepared and wait. The other authorities go on. It can be killed at any point
and run again: with no option it says where it stands, and finishes what was begun. The runbook, step by step:
docs/operating/log-troubles.md.
"""


class Command(BaseCommand):
    help = (
        "Follow the public logs by HTTP alone, make their files again from the database, or end one for good."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(required=True, metavar="ACT", dest="act")
        watch.add_arguments(acts.add_parser("monitor", help="follow the public logs and raise alarms"))
        again = acts.add_parser(
            "rebuild",
            help="make the files again from the rows, and prove that they are what was published",
            description=REBUILD,
            formatter_class=RawDescriptionHelpFormatter,
        )
        again.add_argument("--authority", metavar="CODE", help="the log of this authority alone")
        again.add_argument("--check", action="store_true", help="compare and write nothing")
        ending = acts.add_parser(
            "succeed",
            help="end a log whose commits are lost for good, and let another go on with all that it had",
            description=SUCCEED,
            formatter_class=RawDescriptionHelpFormatter,
        )
        ending.add_argument("--authority", metavar="CODE", required=True, help="whose log")
        ending.add_argument(
            "--lost", metavar="FILE", type=Path, help="write what was lost there, an entry a line"
        )
        steps = ending.add_mutually_exclusive_group()
        for step, what in (
            ("propose", "ask that it be ended where it ends in public"),
            ("approve", "end it, as another operator than who proposed it"),
            ("refuse", "leave it, as another operator, or take the proposal back"),
        ):
            steps.add_argument(f"--{step}", dest="step", action="store_const", const=step, help=what)
        ending.add_argument("--reason", default="", help="for the journal; no names of persons")
        ending.add_argument("--as", dest="email", help="who does it, by mail address: an operator")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "monitor":
            sys.exit(watch.run(Namespace(**options), self.stdout.write))
        if act == "succeed":
            return self._succeed(options)
        self._rebuild(options["authority"], writes=not options["check"])

    def _rebuild(self, code: str | None, *, writes: bool) -> None:
        authorities = Authority.objects.order_by("ordinal")
        if code and not (authorities := authorities.filter(code=code)):
            raise CommandError(f"there is no authority {code}")
        whole = [self._rebuild_one(each, writes=writes) for each in authorities]
        if not all(whole):
            sys.exit(1)

    def _succeed(self, options: dict[str, Any]) -> None:
        authority = Authority.objects.filter(code=options["authority"]).first()
        if authority is None:
            raise CommandError(f"there is no authority {options['authority']}")
        try:
            if options["step"]:
                getattr(self, f"_{options['step']}")(authority, options)
            self._stands(authority, options["lost"])
        except NotPermitted as error:
            raise CommandError(f"{error.code}: this needs the post of an operator") from error
        except RukhsaError as error:
            raise CommandError(f"{error.code}: {error}") from error

    def _propose(self, authority: Authority, options: dict[str, Any]) -> None:
        end = log_succession.end_of(authority)
        log_succession.propose(
            end, authority, reason=options["reason"], actor=_actor(options["email"]), at=timezone.now()
        )

    def _approve(self, authority: Authority, options: dict[str, Any]) -> None:
        log_succession.approve(_proposal(authority), actor=_actor(options["email"]), at=timezone.now())

    def _refuse(self, authority: Authority, options: dict[str, Any]) -> None:
        actor = _actor(options["email"])
        log_succession.refuse(_proposal(authority), options["reason"], actor=actor, at=timezone.now())

    def _stands(self, authority: Authority, lost: Path | None) -> None:
        """Say where the succession of a log stands and what is next, and finish what was begun."""
        if ended := log_succession.waiting(authority):
            made = log_succession.build(ended)
            self.stdout.write(_waits_for_list(ended, made))
            self._write(list(log_succession.lost_by(ended)), lost)
            return
        if site.former_logs(authority.code) and tlog.published(site.log_tiles(authority.code)) is None:
            self.stdout.write(
                f"{site.log_origin(authority.code)} is named: the worker, or rukhsa publish, begins it"
            )
            return
        try:
            end = log_succession.end_of(authority)
        except LogGoesOn as error:
            self.stdout.write(f"{error}; its log is {site.log_origin(authority.code)}")
            return
        origin, _ = site.named_log(authority.code, len(site.former_logs(authority.code)) + 2)
        self.stdout.write(
            f"the published log of {authority.code} ends with {end.state.size} entries, signed"
            f" {end.state.at:%Y-%m-%d %H:%M:%S} UTC, root {end.state.root.hex()}; the database knows {end.known}\n"
            f"once two operators agree, {end.state.origin} is ended there, and {origin} goes on with all of it"
        )
        self._write(list(log_succession.lost_of(end)), lost)
        for number, status in log_succession.contradictions(authority, at=timezone.now()).items():
            self.stdout.write(
                f"  {number} is {status} in the published list, and not here: decide it again at the desk"
            )
        proposal = SuccessionProposal.objects.filter(authority=authority, state=State.PROPOSED).first()
        command = f"rukhsa log succeed --authority {authority.code}"
        if proposal:
            self.stdout.write(f"proposed, to end it at {proposal.size}: {proposal.reason}")
            self.stdout.write(f"next, by another operator: {command} --approve --as MAIL")
        else:
            self.stdout.write(f"next: {command} --propose --reason TEXT --as MAIL")

    def _write(self, lost: list[Lost], file: Path | None) -> None:
        counts = ", ".join(f"{kind} {count}" for kind, count in log_succession.counted(lost).items())
        self.stdout.write(f"lost with the database, and in the log: {len(lost)} entries ({counts or 'none'})")
        if file:
            file.write_text("".join(f"{each.index} {each.kind} {each.digest}\n" for each in lost))
            self.stdout.write(f"  each with its place, kind and SHA-256 in {file}: tell relying parties")

    def _rebuild_one(self, authority: Authority, *, writes: bool) -> bool:
        """Rebuild one log, and say how it went; the others are rebuilt all the same."""
        try:
            made = rebuild(authority, writes=writes)
        except RukhsaError as error:
            self.stdout.write(f"{authority.code}: {error}")
            return False
        self.stdout.write(_told(made, writes=writes))
        return writes or made.is_whole


def _told(made: Rebuilt, *, writes: bool) -> str:
    wrong = f"missing {made.missing}, with other bytes {made.other}"
    done = f", all written; partial tiles removed {made.pruned}" if writes else ""
    return (
        f"{made.authority}: {made.entries} entries and {made.checkpoints} checkpoints lead to what was published;"
        f" files as they were {made.equal}, {wrong}{done}"
    )


def _actor(email: str | None) -> Actor:
    person = Person.objects.filter(email=email).first() if email else None
    if person is None:
        raise CommandError("say who does it, with --as and the mail address of an operator")
    return actor_for(person, at=timezone.now())


def _proposal(authority: Authority) -> SuccessionProposal:
    found = SuccessionProposal.objects.filter(authority=authority, state=State.PROPOSED).first()
    if found is None:
        raise CommandError(f"no end of the log of {authority.code} is proposed: --propose comes first")
    return found


def _waits_for_list(ended: LogSuccession, made: Rebuilt) -> str:
    origin, address = site.named_log(ended.authority_id, ended.number)
    return (
        f"the log of {ended.authority_id} ended with {ended.size} entries; {origin} has them at {address}"
        f" ({made.missing} files written now, {made.equal} were there)\n"
        "next: rukhsa trust-list draft, signed by the root, and rukhsa trust-list publish. What waits is issued then"
    )

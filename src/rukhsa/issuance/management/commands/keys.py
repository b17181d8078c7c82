"""`rukhsa keys`: create, list, rotate, retire and check keys, and mark one as compromised."""

import argparse
from datetime import UTC
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rukhsa.agreement import ReasonMissing
from rukhsa.audit.journal import record_about
from rukhsa.issuance import key_creation, key_index, keys, publishing, trust_list
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.key_index import IN_FILE, PURPOSES, IndexedKey
from rukhsa.issuance.log import size_at
from rukhsa.issuance.operator import operator
from rukhsa.issuance.signers import signer
from rukhsa.trust.moment import moment_given

HELP = """\
Each authority has keys for four purposes; the deployment has one root besides, which is offline.

  seal     the facts of documents       a key a month
  pdf      the files                    a key a month
  status   the status lists             a key a year
  log      the checkpoints of its log   a key for five years
  root     the trust list               rukhsa keys create --purpose root FOLDER, on the offline machine

A new key signs from the moment a published trust list names it; until then the one before it does. After every
change here a ceremony is wanted: rukhsa trust-list --help. A lost key: rukhsa keys compromised --help.
"""
LOST = """\
examples:
  rukhsa keys compromised f9453b93925cf568 --since 2026-12-24T09:00:00Z --reason "laptop of the operator stolen"

--since is the first moment at which somebody else may have had the key. What stood in the authority's log by then
stays valid; what this key signed and came later dies. The key signs nothing more from now on. Then:
  1. rukhsa issuing stop --reason …       if you do not know yet what else was lost
  2. rukhsa keys rotate KID               a key in its place
  3. rukhsa trust-list draft              and the ceremony: readers learn of it by the list, within five minutes
Status lists and logs are signed anew by the new key at once when the list is published.
"""
TEACHING: dict[str, Any] = {"formatter_class": argparse.RawDescriptionHelpFormatter}


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        _add_create(verbs.add_parser("create", help="make what is missing, for now and the months ahead"))
        listing = verbs.add_parser("list", help="every key, and what it does now")
        listing.add_argument("--authority", help="of one authority, by its code")
        rotating = verbs.add_parser("rotate", help="make a key that follows another one before its end")
        rotating.add_argument("kid", help="the key to be followed, by its name or the beginning of it")
        rotating.add_argument(
            "--signer", default=None, help="where the new one is held; default: as the old one"
        )
        retiring = verbs.add_parser("retire", help="end a key before its time; what it signed stays good")
        retiring.add_argument("kid")
        retiring.add_argument("--reason", required=True)
        lost = verbs.add_parser("compromised", help="a key may be in other hands", epilog=LOST, **TEACHING)
        lost.add_argument("kid")
        lost.add_argument(
            "--since", required=True, type=moment_given, help="with its time zone, as 2026-12-24T09:00:00Z"
        )
        lost.add_argument("--reason", required=True, help="for the journal; no names of persons")
        for asking in (retiring, lost):
            asking.add_argument("--yes", action="store_true", help="do not ask")
        verbs.add_parser("check", help="ask each key of its holder, and say what ends soon")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(options)
        except (IssuanceError, ReasonMissing) as error:
            raise CommandError(f"{error.code}: {error}") from error

    def _create(self, options: dict[str, Any]) -> None:
        made = key_creation.create_missing(
            at=timezone.now(),
            authorities=tuple(options["authority"] or ()),
            purposes=tuple(options["purpose"] or PURPOSES),
            held=options["signer"],
            ahead=options["ahead"],
            operator=operator(),
        )
        if options["verbosity"]:
            for key in made:
                self.stdout.write(_line(key, "made"))
            self.stdout.write(f"{len(made)} keys made, {len(key_index.index())} in all")
            self._say_what_is_next(made)

    def _list(self, options: dict[str, Any]) -> None:
        at = timezone.now()
        for key in key_index.index():
            if options["authority"] in (None, key.authority):
                self.stdout.write(_line(key, keys.state_of(key, at=at)))

    def _rotate(self, options: dict[str, Any]) -> None:
        old = key_index.named(options["kid"])
        period = (old.not_before, old.not_after)
        held = options["signer"] or old.held
        key = key_creation.create(
            old.authority, old.purpose, period, held=held, at=timezone.now(), operator=operator()
        )
        self.stdout.write(_line(key, f"made, to follow {old.kid}"))
        self._say_what_is_next([key])

    def _retire(self, options: dict[str, Any]) -> None:
        key, at = key_index.named(options["kid"]), timezone.now().replace(microsecond=0)
        others = keys.others_that_sign(key, at=at)
        warning = (
            ""
            if others
            else f"\nNo other key of {key.authority} signs for {key.purpose}: it will stand still."
        )
        self._confirm(f"Retire {key.name}?{warning}", options)
        key_index.change(key, not_after=min(key.not_after, at))
        record_about(
            "retire-key", key_creation.KIND, key.name, at=at, operator=operator(), reason=options["reason"]
        )
        self.stdout.write(_line(key, "retired: it signs nothing more"))
        self._say_what_is_next([key])

    def _compromised(self, options: dict[str, Any]) -> None:
        key, at = key_index.named(options["kid"]), timezone.now()
        size = size_at(key.authority, options["since"].astimezone(UTC))
        others = keys.others_that_sign(key, at=at)
        self._confirm(
            f"{key.name}: what it signed counts below entry {size} of the log of {key.authority} only."
            " This is never taken back.",
            options,
        )
        marked = keys.mark_compromised(
            key, since=options["since"].astimezone(UTC), reason=options["reason"], operator=operator(), at=at
        )
        self.stdout.write(
            _line(marked, f"compromised since {marked.compromised_since}, entry {size} and later")
        )
        if others:
            publishing.everything(at=at)
        else:
            self.stdout.write(f"No other key signs for {key.purpose}: rukhsa keys rotate {key.kid}")
        self._say_what_is_next([marked])

    def _check(self, options: dict[str, Any]) -> None:
        at = timezone.now()
        signer().check()
        self.stdout.write(f"{len(key_index.index())} keys in order")
        for warning in keys.warnings(at=at):
            self.stdout.write(f"! {warning}")
        if missing := keys.missing(at=at):
            raise CommandError("nothing signs for " + ", ".join(missing))

    def _confirm(self, question: str, options: dict[str, Any]) -> None:
        if options["yes"]:
            return
        try:
            answer = input(f"{question}\nType yes to do it: ")
        except EOFError:
            answer = ""
        if answer.strip() != "yes":
            raise CommandError("not confirmed: nothing was changed (--yes where nobody can be asked)")

    def _say_what_is_next(self, changed: list[IndexedKey]) -> None:
        if changed and trust_list.is_due(at=timezone.now()):
            self.stdout.write(
                "Next: rukhsa trust-list draft, and the ceremony. Until then readers know nothing of it."
            )


def _add_create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--purpose", action="append", choices=PURPOSES, help="of these only; may be repeated")
    parser.add_argument("--authority", action="append", help="of these only, by their codes; may be repeated")
    parser.add_argument(
        "--signer",
        default=IN_FILE,
        help="where they are held: file, or pkcs11:token=LABEL for a token (docs/operating/keys.md)",
    )
    parser.add_argument("--ahead", type=int, default=key_creation.AHEAD, help="months after this one; 3")


def _line(key: IndexedKey, state: str) -> str:
    period = f"{key.not_before:%Y-%m-%d} to {key.not_after:%Y-%m-%d}"
    return (
        f"{key.authority:<4} {key.purpose:<6} {key.kid}  {period}  {key.held.partition(';')[0]:<6}  {state}"
    )

"""`rukhsa statements`: takes in settlement statements, lists what differs, and writes the cash report of a day."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor, NotPermitted, actor_for
from rukhsa.authorities.models import Authority
from rukhsa.payments.errors import PaymentsError
from rukhsa.reconciliation import cash
from rukhsa.reconciliation.formats import PARSERS
from rukhsa.reconciliation.formats.read import BadStatement
from rukhsa.reconciliation.models import Difference
from rukhsa.reconciliation.statement_intake import take_in
from rukhsa.teaching import TeachingCommand
from rukhsa.values.written_day import day_given

DESCRIPTION = """\
A gateway writes a statement of each day: what it took and what it gave back. It is compared with our books, and every
difference has an owner until it is explained (docs/operating/payments.md).

  rukhsa statements take-in FILE --gateway national --day 2026-11-26 --by huda.salem@mun.example
                              take a file in, once; whoever takes it in owns what differs
  rukhsa statements differences --by huda.salem@mun.example
                              what is open, the oldest first
  rukhsa statements cash CAP --day 2026-11-26 --to cash.xlsx
                              the cash report of an authority and a day, as .xlsx or .json
"""


class Command(TeachingCommand):
    """The acts of this room."""

    help = DESCRIPTION

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and with what."""
        parser.add_argument("act", choices=["take-in", "differences", "cash"])
        parser.add_argument("subject", nargs="?", help="the file, or the authority's code")
        parser.add_argument("--gateway", choices=sorted(PARSERS))
        parser.add_argument("--day", type=day_given, help="such as 2026-11-26")
        parser.add_argument("--by", help="the address of mail of one of finance")
        parser.add_argument("--to", type=Path, help="for cash: where to write, .xlsx or .json")
        parser.add_argument("--language", choices=["ar", "en"], default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the one act that was asked for."""
        try:
            getattr(self, f"_{options['act'].replace('-', '_')}")(options)
        except BadStatement as refused:
            raise CommandError(refused.text.in_language(options["language"])) from None
        except NotPermitted:
            raise CommandError(f"{options['by']} is not of finance.") from None
        except PaymentsError as error:
            raise CommandError(str(error) or error.code) from None

    def _take_in(self, options: dict[str, Any]) -> None:
        self._require(options, "subject", "gateway", "day", "by")
        file = Path(options["subject"])
        if not file.is_file():
            raise CommandError(f"there is no file {file}")
        statement = take_in(
            options["gateway"],
            file.read_bytes(),
            day=options["day"],
            actor=self._actor(options),
            at=timezone.now(),
        )
        differences = statement.differences.count()
        self.stdout.write(
            f"{statement.gateway} {statement.day}: {statement.count} lines, {statement.money} {statement.currency}, "
            f"{differences} differences; come to the bank: {statement.settled_count} lines, {statement.settled}"
        )

    def _differences(self, options: dict[str, Any]) -> None:
        self._require(options, "by")
        at, actor = timezone.now(), self._actor(options)
        actor.require_somewhere(Permission.RECONCILE)
        found = Difference.objects.on_which(actor, Permission.RECONCILE).open().order_by("found_at", "pk")
        for each in found.prefetch_related("explanations").iterator(chunk_size=1000):
            self.stdout.write(self._line(each, at))
        self.stdout.write(f"{found.count()} open")

    def _line(self, each: Difference, at: Any) -> str:
        there, here = each.money_there or "nothing", each.money_here or "nothing"
        name = f"{each.gateway:10} {each.reference:20} {each.kind:16}"
        return f"{name} there {there}, here {here}, {each.age(at).days} days"

    def _cash(self, options: dict[str, Any]) -> None:
        self._require(options, "subject", "day", "to")
        authority = Authority.objects.filter(code=options["subject"]).first()
        if authority is None:
            raise CommandError(f"there is no authority {options['subject']}")
        report = cash.cash_report(authority, options["day"], at=timezone.now())
        match options["to"].suffix:
            case ".json":
                content = cash.as_json(report).encode()
            case ".xlsx":
                content = cash.as_xlsx(report, language=options["language"])
            case other:
                raise CommandError(f'the file ends with .xlsx or .json, and not with "{other}"')
        options["to"].write_bytes(content)
        self.stdout.write(f"written: {options['to']}")

    def _actor(self, options: dict[str, Any]) -> Actor:
        person = Person.objects.filter(email=options["by"]).first()
        if person is None:
            raise CommandError(f"nobody has the address {options['by']}")
        return actor_for(person, at=timezone.now())

    def _require(self, options: dict[str, Any], *names: str) -> None:
        missing = [name if name == "subject" else f"--{name}" for name in names if not options[name]]
        if missing:
            raise CommandError(f"{options['act']} needs {', '.join(missing)}: see `rukhsa statements --help`")

"""`rukhsa check`: Django's command, whether one process of this machine can start, and how all looks from outside."""

import sys
from collections.abc import Sequence
from typing import Any

from django.core.checks import ERROR, CheckMessage
from django.core.management.base import CommandParser
from django.core.management.commands import check

from rukhsa.project import from_outside, readiness
from rukhsa.project.system_checks import check_gateways
from rukhsa.project.variables import NOT_CONFIGURED
from rukhsa.teaching import TeachingCommand

TAKE_MONEY = ("portal", "worker")
UNREACHABLE = 69  # EX_UNAVAILABLE of sysexits.h: a supervisor tries again


class Command(TeachingCommand, check.Command):
    help = (
        "Look for faults of the settings and of the deployment.\n\n"
        "  rukhsa check --process portal    what keeps this process from starting: settings, folders, role, tables.\n"
        "                                   Exit code 0: nothing; 78: a person must act; 69: the database is away\n"
        "  rukhsa check --from-outside      whether portal and verifier look from outside as production.md asks: TLS,\n"
        "                                   certificate and its end, headers, http. Asks their public names\n"
        "  rukhsa check --from-outside --at 192.0.2.7    the same of a machine to which the names do not lead yet"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--process", choices=sorted(readiness.NEEDS), help="the process that is to start")
        parser.add_argument("--from-outside", action="store_true", help="ask the public names as visitors do")
        parser.add_argument("--at", default="", metavar="MACHINE", help="ask this machine for them")
        parser.add_argument("--tls-port", type=int, default=443, metavar="PORT", help="default: 443")
        parser.add_argument("--plain-port", type=int, default=80, metavar="PORT", help="of http; default: 80")

    def handle(self, *app_labels: Any, **options: Any) -> None:
        process, is_outside = options.pop("process", None), options.pop("from_outside", False)
        at, tls_port, plain_port = (options.pop(each, None) for each in ("at", "tls_port", "plain_port"))
        if is_outside:
            where = from_outside.Where(
                machine=at or "", tls_port=tls_port or 443, plain_port=plain_port or 80
            )
            if self._told(from_outside.faults(where)):
                sys.exit(NOT_CONFIGURED)
            self.stdout.write("Portal and verifier look from outside as docs/operating/production.md asks.")
        elif process:
            # Not all checks of Django: that of templates loads tags of the desk, which the verifier has not.
            gateways = check_gateways() if process in TAKE_MONEY else []
            if wrong := self._told([*readiness.faults(process), *gateways]):
                self.stderr.write(f"The {process} was not started: {len(wrong)} faults.")
                sys.exit(UNREACHABLE if {fault.id for fault in wrong} == {"rukhsa.E005"} else NOT_CONFIGURED)
        else:
            super().handle(*app_labels, **options)

    def _told(self, found: Sequence[CheckMessage]) -> list[CheckMessage]:
        """Tell all that was found, the gravest first; the faults of it."""
        for fault in sorted(found, key=lambda each: -each.level):
            kind = "fault" if fault.level >= ERROR else "warning"
            self.stderr.write(f"{kind} {fault.id}: {fault.msg} {fault.hint or ''}".rstrip())
        return [fault for fault in found if fault.level >= ERROR]

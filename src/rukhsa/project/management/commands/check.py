"""`rukhsa check`: Django's command, and whether one process of this machine can start."""

import sys
from typing import Any

from django.core.checks import ERROR
from django.core.management.base import CommandParser
from django.core.management.commands import check

from rukhsa.project import readiness
from rukhsa.project.system_checks import check_gateways
from rukhsa.project.variables import NOT_CONFIGURED

TAKE_MONEY = ("portal", "worker")
UNREACHABLE = 69  # EX_UNAVAILABLE of sysexits.h: a supervisor tries again


class Command(check.Command):
    help = (
        "Look for faults of the settings and of the deployment.\n\n"
        "  rukhsa check --process portal    what keeps this process from starting: settings, folders, role, tables.\n"
        "                                   Exit code 0: nothing; 78: a person must act; 69: the database is away"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--process", choices=sorted(readiness.NEEDS), help="the process that is to start")

    def handle(self, *app_labels: Any, **options: Any) -> None:
        process = options.pop("process", None)
        if process is None:
            super().handle(*app_labels, **options)
            return
        # Not all checks of Django: that of templates loads tags of the desk, which the verifier has not.
        gateways = check_gateways() if process in TAKE_MONEY else []
        found = [*readiness.faults(process), *gateways]
        for fault in sorted(found, key=lambda each: -each.level):
            kind = "fault" if fault.level >= ERROR else "warning"
            self.stderr.write(f"{kind} {fault.id}: {fault.msg} {fault.hint or ''}".rstrip())
        wrong = [fault for fault in found if fault.level >= ERROR]
        if wrong:
            self.stderr.write(f"The {process} was not started: {len(wrong)} faults.")
            sys.exit(UNREACHABLE if {fault.id for fault in wrong} == {"rukhsa.E005"} else NOT_CONFIGURED)

"""`rukhsa setup`: bring everything that a deployment needs before it serves up to date; safe to repeat."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any, Final

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from rukhsa.project.config import config

type Steps = dict[str, tuple[str | BaseCommand, ...]]

LOCK: Final = 0x7365747570  # "setup": an advisory lock of a session
SETTINGS = ("check", "--database", "default")
# `make check` looks at the rest of a checkout, so that no start waits for it.
SETTINGS_IN_DEVELOPMENT = (*SETTINGS, "--tag", "database")


class Command(BaseCommand):
    """In development the rehearsal's command of this name adds people, keys and a trust list."""

    help = "Bring database, translations, static files and (in development) keys and people up to date."
    requires_system_checks = ()  # its first step asks for those that are needed

    def handle(self, *args: Any, **options: Any) -> None:
        # The first time takes a minute: each step is named before it is done.
        with self._alone():
            self._tell("Bringing up to date:")
            for name, command in self.steps().items():
                self._tell(f" {name}")
                call_command(*command, verbosity=0, stdout=StringIO())
            self._tell(".\n")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait for any other setup of the same database, on whatever machine: each then finds its steps done."""
        own = connection.copy()  # the steps may close the usual connection
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                self._tell("Waiting for another `rukhsa setup` of this database ...\n")
                cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            with own.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            own.close()

    def steps(self) -> Steps:
        """What is brought up to date, and by which command: each is safe to repeat."""
        return {
            "settings": SETTINGS if config().in_production else SETTINGS_IN_DEVELOPMENT,
            "database": ("migrate", "--no-input"),
            "signer's rights": ("signer", "grant"),
            "rights of the processes": ("serving_role", "grant"),
            "translations": ("translations", "compile"),
            "static files": ("static_files",),
            "map": ("map", "keep"),
        }

    def _tell(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()

"""`rukhsa setup`: bring everything that a deployment needs before it serves up to date; safe to repeat."""

from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from rukhsa.project.config import config

type Steps = dict[str, tuple[str | BaseCommand, ...]]

SETTINGS = ("check", "--database", "default")
# `make check` looks at the rest of a checkout, so that no start waits for it.
SETTINGS_IN_DEVELOPMENT = (*SETTINGS, "--tag", "database")


class Command(BaseCommand):
    """In development the rehearsal's command of this name adds people, keys and a trust list."""

    help = "Bring database, translations, static files and (in development) keys and people up to date."
    requires_system_checks = ()  # its first step asks for those that are needed

    def handle(self, *args: Any, **options: Any) -> None:
        # The first time takes a minute: each step is named before it is done.
        self._tell("Bringing up to date:")
        for name, command in self.steps().items():
            self._tell(f" {name}")
            call_command(*command, verbosity=0, stdout=StringIO())
        self._tell(".\n")

    def steps(self) -> Steps:
        """What is brought up to date, and by which command: each is safe to repeat."""
        return {
            "settings": SETTINGS if config().in_production else SETTINGS_IN_DEVELOPMENT,
            "database": ("migrate", "--no-input"),
            "signer's rights": ("signer", "grant"),
            "translations": ("translations", "compile"),
            "static files": ("static_files",),
        }

    def _tell(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()

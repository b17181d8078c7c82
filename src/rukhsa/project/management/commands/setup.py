"""`rukhsa setup`: bring everything that a deployment needs before it serves up to date; safe to repeat."""

from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from rukhsa.catalogue.management.commands.services import Command as Services
from rukhsa.project import ceremony
from rukhsa.project.config import config

SETTINGS = ("check", "--database", "default")
# Of a checkout everything else is looked at by `make check`, and nobody waits for it at each start.
SETTINGS_IN_DEVELOPMENT = (*SETTINGS, "--tag", "database")
# What is brought up to date, and by which command: each is safe to repeat.
ALWAYS: dict[str, tuple[str, ...]] = {
    "database": ("migrate", "--no-input"),
    "signer's rights": ("signer", "grant"),
    "translations": ("translations", "compile"),
    "static files": ("static_files",),
}
# Keys in files, a territory and people that everybody knows: never in production.
IN_DEVELOPMENT: dict[str, tuple[str | BaseCommand, ...]] = {
    "territory": ("territory", "load"),
    # The catalogue's own: the command of that name has acts that need the whole house, and imports it.
    "services": (Services(), "publish", "--without-gate"),
    "people": ("cast",),
    "keys": ("keys", "create"),
}


class Command(BaseCommand):
    help = "Bring database, translations, static files and (in development) keys and people up to date."
    requires_system_checks = ()  # it asks for those that are needed itself, as its first act

    def handle(self, *args: Any, **options: Any) -> None:
        # The first time takes a minute: each is named before it is done.
        self._tell("Bringing up to date:")
        for name, command in _commands().items():
            self._tell(f" {name}")
            call_command(*command, verbosity=0, stdout=StringIO())
        if not config().in_production:
            self._tell(" public files")
            ceremony.hold()
            call_command("publish", verbosity=0, stdout=StringIO())
        self._tell(".\n")

    def _tell(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()


def _commands() -> dict[str, tuple[str | BaseCommand, ...]]:
    if config().in_production:
        return {"settings": SETTINGS, **ALWAYS}
    return {"settings": SETTINGS_IN_DEVELOPMENT, **ALWAYS, **IN_DEVELOPMENT}

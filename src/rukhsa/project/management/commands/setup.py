"""`rukhsa setup`: bring everything that a deployment needs before it serves up to date; safe to repeat."""

from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from rukhsa.project import ceremony
from rukhsa.project.config import config

# Each is safe to repeat and says nothing when there is nothing to do.
ALWAYS: tuple[tuple[str, ...], ...] = (
    ("check", "--database", "default"),
    ("migrate", "--no-input"),
    ("translate",),
    ("collectstatic", "--no-input"),
)
# Keys in files, a territory and people that everybody knows: never in production.
IN_DEVELOPMENT: tuple[tuple[str, ...], ...] = (
    ("territory", "load"),
    ("services", "publish", "--without-gate"),
    ("cast",),
    ("keys", "create"),
)


class Command(BaseCommand):
    help = "Bring database, translations, static files and (in development) keys and people up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, *arguments in ALWAYS + (() if config().in_production else IN_DEVELOPMENT):
            call_command(name, *arguments, verbosity=0, stdout=StringIO())
        if not config().in_production:
            ceremony.hold()
            call_command("publish", verbosity=0, stdout=StringIO())

"""`rukhsa translations check|update|compile`: the Arabic of every sentence on the pages."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from rukhsa.web import dictionary
from rukhsa.web.dictionary import sentences


class Command(BaseCommand):
    help = "Check that every sentence has its Arabic, add those that are missing, or compile the catalogue."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["check", "update", "compile"])

    def handle(self, *args: Any, **options: Any) -> None:
        {"check": self._check, "update": self._update, "compile": self._compile}[options["verb"]]()

    def _check(self) -> None:
        wanted = sentences()
        if faults := dictionary.faults(dictionary.read(), wanted):
            raise CommandError("\n".join(faults))
        self.stdout.write(f"{len(wanted)} sentences, all of them in Arabic")

    def _update(self) -> None:
        catalogue = dictionary.read()
        added = dictionary.update(catalogue, sentences())
        dictionary.write(catalogue)
        self.stdout.write(f"{added} sentences added; translate them in {dictionary.ARABIC.name}")

    def _compile(self) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
                if dictionary.compile_catalogue(source):
                    self.stdout.write(f"compiled {source.parent.parent.name}")

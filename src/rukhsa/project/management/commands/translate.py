"""`rukhsa translate`: compile the message catalogues."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from rukhsa.project.translations import compile_catalogue


class Command(BaseCommand):
    help = "Compile the message catalogues (.po to .mo)."

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
                if compile_catalogue(source) and options["verbosity"]:
                    self.stdout.write(f"compiled {source.parent.parent.name}")

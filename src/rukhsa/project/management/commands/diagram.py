"""`rukhsa diagram`: draw the tables of transitions into docs/diagrams/."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rukhsa.project.config import PROJECT
from rukhsa.project.diagram import drawings


class Command(BaseCommand):
    help = "Draw from their tables the stages of an application, the states of an attempt, the travels of a fils."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, say what is not up to date")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        old = [each for each in drawings() if not each.file.exists() or each.file.read_text() != each.text]
        if check and old:
            raise CommandError(
                f"not up to date: {', '.join(each.name for each in old)}; draw with `make diagram`"
            )
        for drawing in old:
            drawing.file.parent.mkdir(parents=True, exist_ok=True)
            drawing.file.write_text(drawing.text)
            self.stdout.write(f"drawn: {drawing.file.relative_to(PROJECT)}")

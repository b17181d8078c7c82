"""`rukhsa story`: play seven applications, from the first page to the verdict, against running processes."""

import argparse
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from rukhsa.project.config import config
from rukhsa_rehearsal.deployment import deployed
from rukhsa_rehearsal.story.chapters import play
from rukhsa_rehearsal.story.stage import Stage


class Command(BaseCommand):
    help = (
        "Play the story: seven applications are made, reviewed, paid, issued, delivered and verified over HTTP.\n"
        "Without --here it plays in a world of its own under var/story/, and leaves its documents there."
    )
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("--here", action="store_true", help="against the processes that run already")

    def handle(self, *args: Any, here: bool, **options: Any) -> None:
        settings = config()
        if here:
            sys.exit(play(Stage(config=settings, environment=os.environ)))
        with deployed(settings.data / "story") as scene:
            code = play(Stage(config=scene.config, environment=scene.environment))
        sys.exit(code)

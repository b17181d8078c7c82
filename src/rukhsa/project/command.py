"""The command `rukhsa`: every management command of the rooms, under one name."""

import os
import sys


def main() -> None:
    """Run the management command named by the arguments."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rukhsa.project.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)

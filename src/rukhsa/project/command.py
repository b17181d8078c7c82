"""The command `rukhsa`: every management command of the rooms, under one name."""

import os
import sys

from rukhsa.project import postgres
from rukhsa.project.config import ConfigError, config

# Commands that touch no database, and `run`, which starts its server itself.
WITHOUT_DATABASE = {
    "help",
    "version",
    "collectstatic",
    "makemessages",
    "compilemessages",
    "diffsettings",
    "run",
}


def main() -> None:
    """Run the management command named by the arguments, with the embedded server when there is no other."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rukhsa.project.settings")
    from django.core.management import execute_from_command_line

    name = next(iter(sys.argv[1:]), "help")
    try:
        if config().database_url or name.startswith("-") or name in WITHOUT_DATABASE:
            execute_from_command_line(sys.argv)
            return
        held = postgres.hold(config().data / "postgres")
    except (ConfigError, postgres.PlaceError, postgres.PostgresError) as error:
        sys.exit(str(error))
    try:
        execute_from_command_line(sys.argv)
    finally:
        held.release()

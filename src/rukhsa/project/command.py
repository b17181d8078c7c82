"""The command `rukhsa`: every management command of the rooms, under one name."""

import argparse
import os
import signal
import sys
from importlib import import_module

from rukhsa.project.config import PROJECT, Config, ConfigError, Environment, config, read
from rukhsa.project.overview import overview
from rukhsa.project.variables import ENVIRONMENT, of_a_checkout

# Commands that touch no database.
WITHOUT_DATABASE = {
    "help",
    "log",
    "story",
    "version",
    "translations",
    "collectstatic",
    "static_files",
    "makemessages",
    "diffsettings",
    "gate",
    "specimen",
}

# Of `rukhsa services`: they need not even Django.
ACTS_OVER_FILES = {"check", "explain", "schema", "table"}

INTERRUPTED = 128 + signal.SIGINT
# What people type who do not know the commands yet.
BEGINNING = ["territory", "new"]
ASKING_FOR_ALL: tuple[list[str], ...] = ([], ["help"], ["--help"], ["-h"])


def main() -> None:
    """Run the command named by the arguments; a fault of the surroundings ends it with one sentence."""
    # Each kind of command imports what it needs: whoever checks a file waits for no database's library.
    arguments = sys.argv
    if of_a_checkout(os.environ):
        os.environ[ENVIRONMENT] = Environment.DEVELOPMENT  # for this process and all that it starts
    if arguments[1:3] == BEGINNING or arguments[1:] in ASKING_FOR_ALL or _asks(arguments):
        _stand_on_a_territory(arguments)
    if arguments[1:] in ASKING_FOR_ALL:
        import_module("django")  # where only the verifier is, none of the commands is there to be listed
        sys.stdout.write(f"{overview()}\n")
        return
    if (offline := _of_the_offline_machine(arguments)) is not None:
        from rukhsa.trust import ceremony

        sys.exit(ceremony.main(offline))
    if arguments[1:2] == ["services"] and set(arguments[2:3]) & ACTS_OVER_FILES and not _asks(arguments):
        from rukhsa.catalogue import acts

        sys.exit(acts.main(arguments[2:], _settings().territory_folder))
    _run(arguments)


def _stand_on_a_territory(arguments: list[str]) -> None:
    """If the territory does not exist yet, load the settings with ours; the command then writes the new one."""
    try:
        told = read(os.environ)
    except ConfigError:
        return  # told by whatever needs the settings; help does not
    if (told.territory_folder / "territory.yaml").exists():
        return
    os.environ |= {"RUKHSA_TERRITORIES": str(PROJECT / "territories"), "RUKHSA_TERRITORY": "bahrain"}
    if arguments[1:3] == BEGINNING and not any(one.startswith("--into") for one in arguments):
        arguments += ["--into", str(told.territories)]


def _settings() -> Config:
    try:
        return config()
    except ConfigError as error:
        sys.exit(str(error))


def _run(arguments: list[str]) -> None:
    from rukhsa.project.one import AlreadyRunning
    from rukhsa.project.ports import PortsBusy
    from rukhsa.project.postgres import PlaceError, PostgresError
    from rukhsa.project.rehearsal import NoRehearsal
    from rukhsa.project.run import SetupFailed

    try:
        _run_of_the_house(arguments)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except (
        ConfigError,
        PlaceError,
        PostgresError,
        PortsBusy,
        AlreadyRunning,
        SetupFailed,
        NoRehearsal,
    ) as error:
        sys.exit(str(error))


def _run_of_the_house(arguments: list[str]) -> None:
    from rukhsa.project import rehearsal
    from rukhsa.project.databases import at_hand
    from rukhsa.project.run import run

    if rehearsed := rehearsal.command_in(arguments[1:]):
        rehearsal.require(rehearsed, config())

    # Commands are typed with hyphens, and modules have none.
    arguments = ["rukhsa", *(_module(name) for name in arguments[1:2]), *arguments[2:]]
    name = next(iter(arguments[1:]), "help")
    if name == "run":
        run(play=not _options_of_run(arguments[2:]).serve_only)
    elif name.startswith("-") or name in WITHOUT_DATABASE or _asks(arguments):
        _run_of_a_room(arguments)
    else:
        with at_hand(config()):
            _run_of_a_room(arguments)


def _options_of_run(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="rukhsa run",
        description="Everything on one machine, on loopback: portal, desk, verifier, worker, database, and in"
        " development the sandbox of the outside parties. The first time it plays the story; it then prints the"
        " addresses and how to sign in, and serves until Ctrl-C.",
    )
    parser.add_argument("--serve-only", action="store_true", help="serve, and play no story")
    return parser.parse_args(arguments)


def _asks(arguments: list[str]) -> bool:
    return bool({"--help", "-h"} & set(arguments))


def _module(name: str) -> str:
    return name if name.startswith("-") else name.replace("-", "_")


def _of_the_offline_machine(arguments: list[str]) -> list[str] | None:
    """The arguments of the ceremony, where the command is one that the offline machine runs: it has no database."""
    if arguments[1:3] == ["trust-list", "sign"]:
        return arguments[2:]
    if arguments[1:5] == ["keys", "create", "--purpose", "root"]:
        return ["create-root", *arguments[5:]]
    return None


def _run_of_a_room(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _settings_of(arguments))
    from django.core.management import execute_from_command_line

    from rukhsa.project.users import give_back

    try:
        execute_from_command_line(arguments)
    finally:
        _close_pools()
        give_back(config())


def _settings_of(arguments: list[str]) -> str:
    """Those of the process: the worker is told nothing of keys, and the signer asks no other."""
    if arguments[1:2] == ["procrastinate"]:
        return "rukhsa.project.settings_worker"
    if arguments[1:3] == ["signer", "serve"]:
        return "rukhsa.project.settings_signer"
    return "rukhsa.project.settings"


def _close_pools() -> None:
    """End the threads of the connection pools: else the interpreter waits for each of them at its own end."""
    from django.conf import settings
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    for connection in connections.all(initialized_only=True) if settings.configured else ():
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()


if __name__ == "__main__":
    main()

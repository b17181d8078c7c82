"""The command `rukhsa`: all management commands of the rooms."""

import argparse
import errno
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from rukhsa.project import rehearsal
from rukhsa.project.config import Config, ConfigError, Environment, config, read
from rukhsa.project.variables import ENVIRONMENT, NOT_CONFIGURED, of_a_checkout
from rukhsa.shipped import TERRITORIES

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

# A line for each command, by who needs it: what `rukhsa` answers when no command is named.
COMMANDS_BY_READER: Mapping[str, Mapping[str, str]] = {
    "To begin": {
        "run": "serve everything on one machine; the first time, play the story",
        "setup": "bring database, translations and static files up to date",
        "story": "play the seven applications of the story in a world of their own",
    },
    "To check a document": {
        "verify": "say what is true of a number, with its code or of a paper document",
        "gate": "print a document in pixels, wear it, and see what still reads",
        "specimen": "make genuine and forged documents to train with",
    },
    "To write a service": {
        "services": "check, explain, walk, draw, compare and publish definitions",
        "territory": "begin a new municipality, or load the files of this one",
        "ground": "enter blocks, parcels, roads, buildings and zones, or ask what one is",
        "legacy": "import a register of paper documents and issue them again",
    },
    "To operate it": {
        "serve": "check and start one process: portal, verifier, worker or signer",
        "worker": "do the queued work, in all lanes or in those that are named",
        "check": "say what is wrong with the settings and the deployment",
        "migrate": "bring the tables up to date, where the database can follow",
        "static-files": "collect what pages look and act by, where something of it changed",
        "staff": "invite, move, end and reset accounts of the staff",
        "mandates": "say who may decide what: propose, sign and end mandates",
        "keys": "make, list, rotate, retire and check the keys of the authorities",
        "secret-key": "encrypt one-time codes under a new SECRET_KEY",
        "serving-role": "say and grant what portal, verifier and worker may in the database",
        "signer": "hold the keys in a process of its own, and say what it may in the database",
        "trust-list": "draft, sign and publish who may issue what",
        "publish": "publish the trust list, the lists and the logs now, here or as files for a CDN",
        "issuing": "stop issuing at once on every machine, and start it again",
        "log": "follow the public logs and raise alarms",
        "fsck": "check the rules of money, and every stored file, over everything there is",
        "backup": "restore the newest backup in a place of its own, and prove it",
        "figures": "work out the figures of those who steer from the facts",
        "retention": "show what personal data is over by the rules, and erase what goes by itself",
        "statements": "take in what the gateways settled, and see what differs",
        "map": "put the ground of the map in place",
        "addresses": "list what the register of addresses has in a block",
    },
    "While it is developed": {
        "cast": "make the staff of the town",
        "code": "print the one-time code of one of them",
        "amend": "issue the next version of an instrument, in the names of two people",
        "translations": "check that every sentence has its Arabic, add what is missing, compile",
    },
}
COLUMN = 14

NO_TABLES = (
    "The database has no tables of this version yet: run `rukhsa setup`, or in production `rukhsa migrate`."
)
INTERRUPTED = 128 + signal.SIGINT
OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR)
# What people type before they know the commands.
BEGINNING = ["territory", "new"]
# It says itself whether the database answers.
CHECKING = ["check", "--process"]
ASKING_FOR_ALL: tuple[list[str], ...] = ([], ["help"], ["--help"], ["-h"])


def main() -> None:
    """Run the command that the arguments name; a fault of the environment ends it with one sentence."""
    # Each kind of command imports what it needs: checking a file must not wait for the database's library.
    arguments = sys.argv
    if of_a_checkout(os.environ):
        os.environ[ENVIRONMENT] = Environment.DEVELOPMENT  # for this process and all that it starts
    if arguments[1:3] == BEGINNING or arguments[1:] in ASKING_FOR_ALL or _asks(arguments):
        _stand_on_a_territory(arguments)
    if arguments[1:] in ASKING_FOR_ALL:
        # Fails where only the verifier is installed, which has none of these commands.
        import_module("django")
        sys.stdout.write(f"{overview()}\n")
        return
    if (offline := _of_the_offline_machine(arguments)) is not None:
        from rukhsa.trust import ceremony

        sys.exit(ceremony.main(offline))
    if arguments[1:2] == ["services"] and set(arguments[2:3]) & ACTS_OVER_FILES and not _asks(arguments):
        from rukhsa.catalogue import service_acts

        sys.exit(service_acts.main(arguments[2:], _settings().territory_folder))
    _run(arguments)


def overview() -> str:
    """The page of `rukhsa --help`."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    lacking = () if rehearsal.is_installed() else rehearsal.COMMANDS
    yield "rukhsa COMMAND …        rukhsa COMMAND --help explains one, with examples\n"
    for whom, commands in COMMANDS_BY_READER.items():
        yield whom
        yield from (f"  {name:{COLUMN}}{what}" for name, what in commands.items() if name not in lacking)
        yield ""
    if lacking:
        yield f"{', '.join(lacking)}: pip install 'rukhsa[rehearsal]' brings them."
    yield "Those of Django (shell, check …) and of its task queue (procrastinate) are here too:"
    yield "rukhsa help --commands names all. Without a database, and without Django, anyone verifies a file:"
    yield "python -m rukhsa.trust --help. The settings stand in docs/operating/production.md."


def _stand_on_a_territory(arguments: list[str]) -> None:
    """Load the settings with our own territory if theirs does not exist yet; the command then writes theirs."""
    try:
        told = read(os.environ)
    except ConfigError:
        return  # whatever needs the settings will report it; help does not need them
    if (told.territory_folder / "territory.yaml").exists():
        return
    os.environ |= {"RUKHSA_TERRITORIES": str(TERRITORIES), "RUKHSA_TERRITORY": "bahrain"}
    if arguments[1:3] == BEGINNING and not any(one.startswith("--into") for one in arguments):
        arguments += ["--into", str(told.territories)]


def _settings() -> Config:
    try:
        return config()
    except ConfigError as error:
        _end_with_faults(error)


def _end_with_faults(error: ConfigError) -> NoReturn:
    """Print each fault of the settings on a line, and end so that a supervisor does not try again."""
    sys.stderr.write("The settings cannot be used (docs/operating/production.md has them all):\n")
    sys.stderr.write("".join(f"- {fault}\n" for fault in error.faults))
    sys.exit(NOT_CONFIGURED)


def _run(arguments: list[str]) -> None:
    from django.db.utils import ProgrammingError
    from psycopg.errors import UndefinedTable

    from rukhsa.project.ports import PortsBusy
    from rukhsa.project.postgres import LocationError, PostgresError
    from rukhsa.project.rehearsal import NoRehearsal
    from rukhsa.project.run import SetupFailed
    from rukhsa.project.supervisor import AlreadyRunning

    try:
        _run_of_the_house(arguments)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except ConfigError as error:
        _end_with_faults(error)
    except (
        LocationError,
        PostgresError,
        PortsBusy,
        AlreadyRunning,
        SetupFailed,
        NoRehearsal,
    ) as error:
        sys.exit(str(error))
    except OSError as error:
        if _is_named(error.filename, arguments):
            sys.exit(f"{error.filename}: {error.strerror}.")
        if not _is_of_the_data(error):
            raise
        sys.exit(
            f"{error.filename}: {error.strerror}. What Rukhsa keeps lies in {config().data}; RUKHSA_DATA names another"
            " folder."
        )
    except ProgrammingError as error:
        if not isinstance(error.__cause__, UndefinedTable):
            raise
        sys.exit(f"{NO_TABLES} ({error.__cause__.diag.message_primary})")


def _is_named(file: object, arguments: list[str]) -> bool:
    """Whether the arguments name the file: what is wrong with it is then for who typed them to mend."""
    named = (given.rpartition("=")[2] for given in arguments[1:])
    return isinstance(file, str) and any(
        given and Path(given) in (Path(file), *Path(file).parents) for given in named
    )


def _is_of_the_data(error: OSError) -> bool:
    """Whether the folder of data cannot be made, or a disk refuses to write in it: for who set up the machine to mend.

    Any other fault of a file there is ours, and its traceback says where.
    """
    if not isinstance(error.filename, str):
        return False
    data, file = config().data.absolute(), Path(error.filename).absolute()
    if file in (data, *data.parents):
        return True
    return data in file.parents and error.errno in OF_THE_MACHINE


def _run_of_the_house(arguments: list[str]) -> None:
    from rukhsa.project.databases import at_hand
    from rukhsa.project.run import run

    if rehearsed := rehearsal.command_in(arguments[1:]):
        rehearsal.require(rehearsed, config())

    # Commands are typed with hyphens, and modules have none.
    arguments = ["rukhsa", *(_module(name) for name in arguments[1:2]), *arguments[2:]]
    name = next(iter(arguments[1:]), "help")
    if name == "serve":
        from rukhsa.project.serving import serve

        serve(arguments[2:])
    elif name == "run":
        run(play=not _options_of_run(arguments[2:]).serve_only)
    elif name.startswith("-") or name in WITHOUT_DATABASE or _asks(arguments) or arguments[1:3] == CHECKING:
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
    """The arguments of the ceremony, if the command is one for the offline machine, which has no database."""
    if arguments[1:3] == ["trust-list", "sign"]:
        return arguments[2:]
    if arguments[1:5] == ["keys", "create", "--purpose", "root"]:
        return ["create-root", *arguments[5:]]
    return None


def _run_of_a_room(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _settings_of(arguments))
    from django.core.management import execute_from_command_line

    from rukhsa.project.observation import observe
    from rukhsa.project.users import give_back

    if process := _observed(arguments):
        observe(config().observation, process)
    try:
        execute_from_command_line(arguments)
    finally:
        _close_pools()
        give_back(config())


def _settings_of(arguments: list[str]) -> str:
    """The settings of the process: the worker learns nothing about keys, and the signer signs by itself."""
    if arguments[1:3] == CHECKING:
        process = next(iter(arguments[3:]), "")
        return {
            "portal": "rukhsa.project.settings_web",
            "verifier": "rukhsa.project.settings_public",
            "worker": "rukhsa.project.settings_worker",
            "signer": "rukhsa.project.settings_signer",
        }.get(process, "rukhsa.project.settings")
    if arguments[1:2] in (["procrastinate"], ["worker"]):
        return "rukhsa.project.settings_worker"
    if arguments[1:3] == ["signer", "serve"]:
        return "rukhsa.project.settings_signer"
    return "rukhsa.project.settings"


def _observed(arguments: list[str]) -> str:
    """The name under which a process that stays is observed; empty for a command that ends."""
    if arguments[1:2] == ["worker"] or arguments[1:3] == ["procrastinate", "worker"]:
        return "worker"
    return "signer" if arguments[1:3] == ["signer", "serve"] else ""


def _close_pools() -> None:
    """End the threads of the connection pools, since the interpreter would wait for each on exit."""
    from django.conf import settings
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    for connection in connections.all(initialized_only=True) if settings.configured else ():
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()


if __name__ == "__main__":
    main()

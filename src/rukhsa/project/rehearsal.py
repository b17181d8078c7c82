"""Finds the rehearsal: the story, walks, specimens and sandbox, in a distribution that production does not install.

Nothing of it is imported here: it offers what it has as entry points of the groups below, and production asks for none.
"""

from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoints, entry_points
from typing import Final, Protocol

from rukhsa.project.config import Config
from rukhsa.project.supervisor import Process

# The groups of entry points, and what each names.
APPS: Final = "rukhsa.apps"  # a Django app, whose commands come before the product's
HASHERS: Final = "rukhsa.password_hashers"  # a hasher for passwords that are public
PROCESSES: Final = "rukhsa.processes"  # a function that takes the Config and returns a Process
WELCOMES: Final = "rukhsa.welcomes"  # a Welcome

COMMANDS: Final = ("story", "specimen", "services walk", "cast", "code", "amend")


class Welcome(Protocol):
    """Runs once all processes serve; returns what to print after their addresses."""

    async def __call__(self, config: Config, *, play: bool, say: Callable[[str], None]) -> str: ...


class NoRehearsal(Exception):
    """The rehearsal is needed and not installed, or this is production; the text says what to do."""

    code = "no-rehearsal"


def is_installed() -> bool:
    """Whether the rehearsal is installed."""
    return bool(entry_points(group=APPS))


def apps(config: Config) -> list[str]:
    """The Django apps of the rehearsal; none in production."""
    return [each.value for each in _offered(APPS, config)]


def password_hashers(config: Config) -> list[str]:
    """The password hashers of the rehearsal, for passwords that are public; none in production."""
    return [each.value.replace(":", ".") for each in _offered(HASHERS, config)]


def welcomes(config: Config) -> list[Welcome]:
    """What runs once all processes serve; nothing in production."""
    return [each.load() for each in _offered(WELCOMES, config)]


def processes(config: Config) -> list[Process]:
    """The processes that stand in for the outside world; none in production. Raises NoRehearsal."""
    if not config.in_production:
        require("run", config)
    return [each.load()(config) for each in _offered(PROCESSES, config)]


def _offered(group: str, config: Config) -> EntryPoints:
    """The entry points of a group; production asks for none, installed or not."""
    return EntryPoints() if config.in_production else entry_points(group=group)


def require(command: str, config: Config) -> None:
    """Raise NoRehearsal when `rukhsa COMMAND` cannot run because there is no rehearsal."""
    if config.in_production:
        raise NoRehearsal(f"`rukhsa {command}` belongs to the rehearsal, which production does not load.")
    if not is_installed():
        raise NoRehearsal(
            f"`rukhsa {command}` needs the rehearsal: pip install 'rukhsa[rehearsal]', or in a checkout `make prepare`."
        )


def command_in(arguments: Sequence[str]) -> str | None:
    """The command of the rehearsal that these arguments name: "services walk" of ["services", "walk", "--here"]."""
    return next((each for each in COMMANDS if arguments[: len(each.split())] == each.split()), None)

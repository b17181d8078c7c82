"""`rukhsa run`: everything on one machine, from an empty folder to a town hall that answers."""

import asyncio
import subprocess

from rukhsa.project import rehearsal
from rukhsa.project.config import Config, config
from rukhsa.project.databases import at_hand
from rukhsa.project.ports import ports, require_free
from rukhsa.project.processes import RUKHSA, processes, socket_of_signer, wait_until_serving
from rukhsa.project.supervisor import only_one, say, supervise
from rukhsa.project.users import SharedUser, Users, settle, users


class SetupFailed(Exception):
    """`rukhsa setup` failed; its own output says why."""

    code = "setup-failed"


def run(*, play: bool = True) -> None:
    """Serve until told to end, and `play` the story the first time.

    Raises NoRehearsal, PortsBusy, AlreadyRunning or PostgresError before anything is started, SetupFailed before
    anything serves.
    """
    settings = config()
    if not settings.in_production:
        rehearsal.require("run", settings)
    with only_one(settings.data / "running"):
        require_free(ports(settings), bind=settings.addresses.bind)
        apart = _users(settings)
        with at_hand(settings):
            set_up()
            if apart:
                settle(settings, apart, socket_of_signer(settings))
            supervise(processes(settings, apart), say=say, when_started=lambda: _welcome(settings, play=play))


def set_up() -> None:
    """Bring database, keys, territory and static files up to date; safe to repeat."""
    try:
        code = subprocess.run([*RUKHSA, "setup"], check=False).returncode  # noqa: S603 - our own command
    except KeyboardInterrupt:
        raise SetupFailed("\nStopped while setting up; the next start goes on with it.") from None
    if code != 0:
        raise SetupFailed("Nothing was started: `rukhsa setup` failed, see above.")


def _users(settings: Config) -> Users | None:
    """The users that separate keys and portal; prints a line and returns None if they share one."""
    try:
        apart = users(settings)
    except SharedUser as shared:
        say(f"Keys and portal share a user: {shared}.")
        return None
    say(str(apart))
    return apart


async def _welcome(settings: Config, *, play: bool) -> None:
    await asyncio.to_thread(wait_until_serving, settings)
    told = [await welcome(settings, play=play, say=say) for welcome in rehearsal.welcomes(settings)]
    for text in (_addresses(settings), *told):
        say(text)


def _addresses(settings: Config) -> str:
    where = settings.addresses
    lines = {
        "portal": where.portal_url,
        "desk": f"{where.portal_url}/desk/",
        "verifier": where.public_url,
    }
    if not settings.in_production:
        lines["mail box"] = f"{where.sandbox_url}/mailbox"
    return "\n".join(
        ["", *(f"  {name:<10} {address}" for name, address in lines.items()), "", "  Ctrl-C ends it.", ""]
    )

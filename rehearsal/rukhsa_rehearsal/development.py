"""What `rukhsa run` adds in development: the sandbox, and at the first start the story."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rukhsa.project import tether
from rukhsa.project.config import Config
from rukhsa.project.processes import RUKHSA
from rukhsa.project.supervisor import Process
from rukhsa_rehearsal.cast import how_to_sign_in

MARK = "story-played"


def sandbox(config: Config) -> Process:
    """The sandbox of the outside parties, on the ports and in the folder of a deployment."""
    ports = ("--port", str(config.addresses.sandbox_port), "--smtp-port", str(config.mail.port))
    folders = ("--data", str(config.data / "sandbox"), "--logs", str(config.data / "public"))
    return Process(
        name="sandbox", command=(sys.executable, "-m", "rukhsa_rehearsal.sandbox", *ports, *folders)
    )


async def welcome(config: Config, *, play: bool, say: Callable[[str], None]) -> str:
    """Play the story unless it was already played to its end or `play` is false; return how to sign in."""
    mark = config.data / MARK
    if play and not mark.exists():
        await _play_the_story(mark, say)
    return _people()


async def _play_the_story(mark: Path, say: Callable[[str], None]) -> None:
    say("Playing the story once: seven services, from application to verification.")
    # Tethered, so that it ends with this process.
    process = await asyncio.create_subprocess_exec(*tether.command(*RUKHSA, "story", "--here"))
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if code == 0:
        mark.touch()
    else:
        say("The story did not end well; its last lines say where. It is played again at the next start.")


def _people() -> str:
    """How to sign in as each of the cast."""
    staff = "\n".join(f"  {line}" for line in how_to_sign_in())
    ours = os.path.relpath(Path(sys.executable).with_name("rukhsa"))
    return (
        "  Applicants: choose eKey on the portal, then one of the people there (no password).\n"
        f"  Staff: at the desk, by mail address and password, then the code that `{ours} code salem` prints:\n"
        f"{staff}\n"
    )

"""What `rukhsa run` does in development once everything serves: play the story the first time, name the cast."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rukhsa.project import tether
from rukhsa.project.config import Config
from rukhsa.project.parts import RUKHSA
from rukhsa_rehearsal.cast import how_to_sign_in

MARK = "story-played"


async def welcome(config: Config, *, play: bool, say: Callable[[str], None]) -> str:
    """Play the story where it was never played to its end, unless `play` is false; return how to sign in."""
    mark = config.data / MARK
    if play and not mark.exists():
        await _play_the_story(mark, say)
    return _people()


async def _play_the_story(mark: Path, say: Callable[[str], None]) -> None:
    say("Playing the story once: seven services, from application to verification.")
    # Tethered: it ends with this process, however that ends.
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

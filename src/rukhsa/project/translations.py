"""The message catalogues: compile them without gettext's tools."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogue(source: Path) -> bool:
    """Write the .mo beside a .po; False when it is younger already."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as messages:
        catalogue = read_po(messages)
    scratch = target.with_suffix(f".{os.getpid()}")
    with scratch.open("wb") as file:
        write_mo(file, catalogue)
    scratch.replace(target)
    return True

"""The message catalogues: compile them without gettext's tools, and say what they lack."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogue(source: Path) -> bool:
    """Write the .mo beside a .po; False when it is younger already."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    scratch = target.with_suffix(".new")
    with scratch.open("wb") as file:
        write_mo(file, read_catalogue(source))
    scratch.replace(target)
    return True


def read_catalogue(source: Path) -> Catalog:
    """The messages of a .po."""
    with source.open("rb") as file:
        return read_po(file)


def untranslated(catalogue: Catalog) -> list[str]:
    """The messages that have no translation, or one that nobody has confirmed."""
    return [
        _text(message.id)
        for message in catalogue
        if message.id and (message.fuzzy or not _is_complete(message.string))
    ]


def _is_complete(translation: str | tuple[str, ...] | list[str]) -> bool:
    return bool(translation) if isinstance(translation, str) else all(translation)


def _text(identifier: str | tuple[str, ...] | list[str]) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]

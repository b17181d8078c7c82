"""What the commands share that import a list of the territory from a file, effective on a day."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from rukhsa.catalogue.problems import CatalogueError, DefinitionRefused


def add_entering(acts: Any, name: str, *, help: str, source: str, report: str) -> None:
    """Add the act `name` to a parser, with the sentences of this list."""
    entering = acts.add_parser(name, help=help)
    entering.add_argument("file", type=Path)
    entering.add_argument(
        "--from", dest="effective_from", type=date.fromisoformat, help="the day; today when left out"
    )
    entering.add_argument("--source", required=True, help=source)
    entering.add_argument("--leave-bad", action="store_true", help="leave bad rows out, enter the rest")
    entering.add_argument("--rehearse", action="store_true", help="tell what would change, write nothing")
    entering.add_argument("--report", type=Path, help=report)


def add_telling(acts: Any, name: str, *, help: str, number: type) -> None:
    """The act `name` that tells what something of a number is on a day."""
    telling: argparse.ArgumentParser = acts.add_parser(name, help=help)
    telling.add_argument("number", type=number)
    telling.add_argument("--on", type=date.fromisoformat, help="the day; today when left out")


@contextmanager
def refusals() -> Iterator[None]:
    """Report the problems of a refused file, and what to do about them. Raises CommandError."""
    try:
        yield
    except DefinitionRefused as refused:
        listed = "\n".join(str(problem) for problem in refused.problems)
        raise CommandError(f"{listed}\nnothing was entered; --leave-bad enters the rest") from None
    except (CatalogueError, OSError) as error:
        raise CommandError(str(error)) from None


def headline(version: int | None, *, is_new: bool, day: date) -> str:
    """The sentence about the new version and its day; None for a rehearsal, which writes nothing."""
    if version is None:
        return "rehearsed: nothing was written"
    if is_new:
        return f"version {version}, in force from {day}"
    return f"this file was entered before, as version {version}: nothing was written"

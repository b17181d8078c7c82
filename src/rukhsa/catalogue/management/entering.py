"""What the commands that enter a list of the territory from a file have in common; it counts from a day."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from rukhsa.catalogue.problems import CatalogueError, DefinitionRefused


def add_entering(acts: Any, name: str, *, help: str, source: str, report: str) -> None:
    """The act `name` among the `acts` of a parser, with the sentences that tell one list from another."""
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
    """Tell a file that was refused with each of its problems, and what to do about them. Raises CommandError."""
    try:
        yield
    except DefinitionRefused as refused:
        listed = "\n".join(str(problem) for problem in refused.problems)
        raise CommandError(f"{listed}\nnothing was entered; --leave-bad enters the rest") from None
    except (CatalogueError, OSError) as error:
        raise CommandError(str(error)) from None


def headline(version: int | None, *, is_new: bool, day: date) -> str:
    """Which version it became, and from when; None where nothing was written, since it was a rehearsal."""
    if version is None:
        return "rehearsed: nothing was written"
    if is_new:
        return f"version {version}, in force from {day}"
    return f"this file was entered before, as version {version}: nothing was written"

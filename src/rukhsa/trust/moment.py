"""A moment as a command is given it."""

from argparse import ArgumentTypeError
from datetime import datetime


def moment_given(text: str) -> datetime:
    """The moment of an argument, with its time zone. Raises ArgumentTypeError, whose words argparse prints."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ArgumentTypeError(
            f"{text!r} is no moment: write it with its time zone, as 2026-12-24T09:00:00Z"
        )
    return moment

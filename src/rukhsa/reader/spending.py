"""Who answers for the files that are opened: a budget is asked before each file, and told afterwards what it cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from rukhsa.reader.task import Task


class Budget(Protocol):
    """What the files of one sender may cost."""

    def open(self, task: Task) -> None:
        """Called before a file is opened. Raises Busy where nothing is left."""

    def pay(self, seconds: float) -> None:
        """Called afterwards with the seconds that the child took, also where it refused the file."""

    def turn_away(self) -> None:
        """Called where a file was not opened, by this budget or since too many others wait: later it may be."""


@dataclass(kw_only=True)
class Spent:
    """What files cost, without a limit: seconds of the children that read them."""

    seconds: float = 0.0
    turned_away: bool = False

    def open(self, task: Task) -> None:
        """Any file is opened."""

    def pay(self, seconds: float) -> None:
        """Add it up."""
        self.seconds += seconds

    def turn_away(self) -> None:
        """Note it for the budget around."""
        self.turned_away = True


_budget: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def paid_from(budget: Budget) -> Iterator[None]:
    """Within, each file that is opened is paid from this budget."""
    before = _budget.set(budget)
    try:
        yield
    finally:
        _budget.reset(before)


@contextmanager
def spent_within() -> Iterator[Spent]:
    """Add up what the files cost that are asked about within; the budget around it pays that afterwards."""
    spent = Spent()
    try:
        with paid_from(spent):
            yield spent
    finally:
        pay(spent.seconds)
        if spent.turned_away:
            turn_away()


def open_one(task: Task) -> None:
    """Ask the budget of this request or task, if there is one, before a file is opened. Raises Busy."""
    if budget := _budget.get():
        budget.open(task)


def turn_away() -> None:
    """Tell the budget that a file was not opened."""
    if budget := _budget.get():
        budget.turn_away()


def pay(seconds: float) -> None:
    """Tell the budget what a file cost."""
    if budget := _budget.get():
        budget.pay(seconds)

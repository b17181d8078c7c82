"""Measure how far an act travels through the house: `python -m pytest -n 0 -s -q tests/journeys/visits.py`.

It prints, for each of three acts, the files and functions under src/rukhsa that it visits, and how often a call
leads from one file into another. It is no test and is not part of the suite: a table to compare before and after.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType

from django.test import Client

from rukhsa.accounts.models import Person
from tests import proved
from tests.rules.source import SOURCE
from tests.town import PAY, Town, instrument_of

SERVICE = "road-works-licence"
REVOKED = {"reason": "مخالفة الشروط", "confirmed": "yes"}
# Part of the function around them, or of a class as it is made.
NOT_FUNCTIONS = {"<module>", "<genexpr>", "<lambda>"}


@dataclass(kw_only=True)
class Visits:
    """The functions that were called, and how often the next call was in another file."""

    functions: set[CodeType] = field(default_factory=set)
    changes: int = 0
    last: str = ""

    def note(self, frame: FrameType, event: str, _: object) -> None:
        """What `sys.setprofile` calls."""
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(str(SOURCE)) or code.co_name in NOT_FUNCTIONS:
            return
        self.functions.add(code)
        self.changes += code.co_filename != self.last
        self.last = code.co_filename

    def __str__(self) -> str:
        files = {code.co_filename for code in self.functions}
        return f"{len(files)} | {len(self.functions)} | {self.changes}"


@contextmanager
def measured(name: str) -> Iterator[None]:
    """Print a row of the table for what is done in the block."""
    visits = Visits()
    sys.setprofile(visits.note)
    try:
        yield
    finally:
        sys.setprofile(None)
    say(f"| {name} | {visits} |")


def test_three_acts(town: Town) -> None:
    say("\n| act | files | functions | changes of file |\n|---|---|---|---|")
    # What is loaded and remembered at the first use is not measured.
    known = town.issue("proof-of-residence")
    layla, mariam = browser_of(town.layla.person), browser_of(town.mariam.person)
    mariam.post(f"/desk/instruments/{known.pk}/revoke")
    application = town.draft(SERVICE)
    layla.get(f"/applications/{application.pk}/review")
    with measured("submit: request"):
        answered(lambda: layla.post(f"/applications/{application.pk}/review"))
    with measured("submit: first advance"):
        town.advance(application)
    town.grant(application)
    PAY["sadad"](town.begin_payment(application))
    town.later(minutes=1)
    with measured("notification's job, to the released document"):
        town.advance(application)
    instrument = instrument_of(application)
    with measured("revocation: request"):
        answered(lambda: mariam.post(f"/desk/instruments/{instrument.pk}/revoke", REVOKED))


def browser_of(person: Person) -> Client:
    """A browser in which the person has signed in, with a fresh proof."""
    browser = Client(headers={"accept": "text/html"})
    proved.sign_in(browser, person)
    return browser


def answered(ask: Callable[[], object]) -> None:
    """Ask, and see that it was done: the answer leads to another page."""
    answer = ask()
    assert answer.status_code == 302, answer.content.decode()  # type: ignore[attr-defined]


def say(line: str) -> None:
    """Write a line for the person who runs this."""
    sys.stdout.write(f"{line}\n")

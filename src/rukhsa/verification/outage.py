"""Whether the database answers: after it failed, one question in five seconds tries it again, and no other waits."""

import logging
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Final

from django.db import InterfaceError, OperationalError

from rukhsa.errors import RukhsaError

SECONDS_LEFT_ALONE: Final = 5.0
logger = logging.getLogger(__name__)


class DatabaseAway(RukhsaError):
    """The database does not answer, so that no number can be looked up; texts and files need none."""

    code = "database-away"


class Outage:
    """What this process knows of the database."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked_again = 0.0  # on the clock of `monotonic`
        self._is_on = False

    def ask[T](self, question: Callable[[], T]) -> T:
        """The answer to a question that needs the database. Raises DatabaseAway, at once while it is known."""
        with self._lock:
            if self._is_on and monotonic() < self._asked_again:
                raise DatabaseAway("the database did not answer a moment ago")
            self._asked_again = monotonic() + SECONDS_LEFT_ALONE
        try:
            answer = question()
        except (OperationalError, InterfaceError) as error:
            self._note(is_on=True)
            raise DatabaseAway(f"the database does not answer: {type(error).__name__}") from error
        self._note(is_on=False)
        return answer

    def _note(self, *, is_on: bool) -> None:
        with self._lock:
            changed, self._is_on = self._is_on != is_on, is_on
            self._asked_again = monotonic() + SECONDS_LEFT_ALONE
        if changed and is_on:
            logger.error("the database is away: numbers cannot be looked up, texts and files are answered")
        elif changed:
            logger.warning("the database is back")


outage: Final = Outage()

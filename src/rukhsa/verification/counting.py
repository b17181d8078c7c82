"""A thread that adds what was counted to the database, so that no verdict waits for one that does not answer."""

import atexit
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import sleep
from typing import Final

from django.db import DatabaseError, connection

SECONDS_TOGETHER: Final = 1.0
logger = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Counting:
    """The thread, which adds what was counted in a second at once, and ends with the process."""

    name: str
    add: Callable[[], None]
    _due: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _thread: Thread | None = None

    def begin(self) -> None:
        """Have the counts added soon; a process begins its thread with its first question."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name=self.name, daemon=True)
                self._thread.start()
                atexit.register(self.add)
        self._due.set()

    def _run(self) -> None:
        while True:
            self._due.wait()
            self._due.clear()
            try:
                self.add()
            except DatabaseError:
                logger.exception("%s: some are lost", self.name)
            finally:
                connection.close()  # back to the pool, for those who look up numbers
            sleep(SECONDS_TOGETHER)

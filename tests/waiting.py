"""Waiting for what others bring about: for the thing itself, and never for a time."""

import time
from collections.abc import Callable

LONGEST = 300  # seconds, on a machine that is ten times slower and busy: only what hangs takes longer


def wait_until(holds: Callable[[], bool]) -> None:
    """Go on as soon as it holds; fail where it never does."""
    until = time.monotonic() + LONGEST
    while not holds():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.05)

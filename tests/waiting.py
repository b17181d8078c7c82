"""Waiting for what others bring about: for the thing itself, and never for a time."""

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], *, seconds: float = 90) -> None:
    """Go on as soon as it holds; fail where it never does."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.05)

"""Fault points: tests kill the process before or after a step, as in `RUKHSA_FAULTPOINT=seal:before`."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


@contextmanager
def step(name: str) -> Iterator[None]:
    """Run a step of the cycle; outside tests this does nothing (production refuses the variable)."""
    _die_at(f"{name}:before")
    yield
    _die_at(f"{name}:after")


def _die_at(point: str) -> None:
    if point == settings.RUKHSA_FAULT_POINT:
        os.kill(os.getpid(), signal.SIGKILL)

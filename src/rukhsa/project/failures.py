"""Logs a failed task for the engineer on call, without the arguments that the task was given.

A request that Django refused is logged in one line too.
"""

import logging
import traceback
from pathlib import Path
from types import TracebackType

from rukhsa.shipped import PACKAGE
from rukhsa.telemetry import trace

# Procrastinate's names for the outcome of a job; it logs the first at INFO only.
LEVELS = {
    "job_error_retry": logging.WARNING,
    "job_aborted_retry": logging.WARNING,
    "job_error": logging.ERROR,
    "job_aborted": logging.ERROR,
}
LONGEST = 200  # characters that are logged of what a stranger sent
NEXT = {"job_error_retry": "is tried again", "job_aborted_retry": "is tried again"}


class Failures(logging.Filter):
    """Filter of the worker's logger: one line for each failed job, and otherwise warnings only.

    An error's message and the arguments of a job may hold a person's name, so the line has neither: it has the task,
    the number of the job, the class of the error and the line of code that raised it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record of a failed job; return whether to log the record."""
        action = getattr(record, "action", "")
        if action in LEVELS:
            record.levelno = LEVELS[action]
            record.levelname = logging.getLevelName(record.levelno)
            record.msg, record.args = _line(record, NEXT.get(action, "is given up")), None
            record.exc_info = record.exc_text = None
        return record.levelno >= logging.WARNING


class Strangers(logging.Filter):
    """Filter for refused requests: a host or a form that Django refused is no failure of ours and has no traceback.

    With a traceback, each request of a stranger would fill the log with twenty lines.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record of a refused request to one line; every record is logged."""
        if record.name.startswith("django.security."):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args = record.getMessage()[:LONGEST], None
            record.exc_info = record.exc_text = None
        return True


class Traced(logging.Filter):
    """Filter that adds the trace of the work at hand to a line, so that lines of one request or job are found."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record is logged."""
        point = trace.here()
        record.trace = f" trace={point.trace}" if point else ""
        return True


def _line(record: logging.LogRecord, what_follows: str) -> str:
    job = getattr(record, "job", {})
    kind, _, trace = record.exc_info or (None, None, None)
    error = f"{kind.__module__}.{kind.__qualname__}" if kind else "an unknown error"
    attempt = job.get("attempts", 0) + 1
    return (
        f"task {job.get('task_name')} failed with {error} {_place(trace)}; "
        f"job {job.get('id')}, attempt {attempt}, {what_follows}"
    )


def _place(trace: TracebackType | None) -> str:
    """The innermost line of our own code, or else the innermost of all."""
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    for frame in [*ours[-1:], *frames[-1:]][:1]:
        return f"in {Path(frame.filename).name}:{frame.lineno} ({frame.name})"
    return "at an unknown place"

"""A task that fails is seen by the engineer, and says nothing of the people it was about."""

import logging
import re

import pytest
from django.conf import settings

from rukhsa.project.failures import LONGEST, Failures, Strangers, Traced


def record(action: str, level: int, error: Exception | None = None) -> logging.LogRecord:
    found = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("procrastinate.worker", level, __file__, 1, "layla@people.example", None, found)
    made.action = action
    made.job = {"id": 7, "task_name": "journey.advance", "attempts": 2, "task_kwargs": {"to": "Layla"}}
    return made


def failure() -> Exception:
    try:
        raise KeyError("layla@people.example")
    except KeyError as error:
        return error


@pytest.mark.parametrize(
    ("action", "was", "level", "then"),
    [
        ("job_error_retry", logging.INFO, "WARNING", "is tried again"),
        ("job_error", logging.ERROR, "ERROR", "is given up"),
    ],
)
def test_a_failed_task_is_told_with_its_error_and_its_place(
    action: str, was: int, level: str, then: str
) -> None:
    told = record(action, was, failure())
    assert Failures().filter(told)
    line = logging.Formatter("{levelname} {message}", style="{").format(told)
    assert line.startswith(f"{level} task journey.advance failed with builtins.KeyError in test_failures.py:")
    assert line.endswith(f"(failure); job 7, attempt 3, {then}")


@pytest.mark.parametrize("action", ["job_error_retry", "job_error"])
def test_what_the_task_was_given_is_not_told(action: str) -> None:
    told = record(action, logging.ERROR, failure())
    plain = logging.Formatter().format(told)
    assert "layla@people.example" in plain  # procrastinate itself would tell it
    told.exc_text = None
    Failures().filter(told)
    assert "ayla" not in logging.Formatter().format(told)


def test_success_is_not_told() -> None:
    assert not Failures().filter(record("job_success", logging.INFO))


def test_other_warnings_of_the_worker_are_told_as_they_are() -> None:
    other = record("", logging.WARNING)
    assert Failures().filter(other)
    assert other.getMessage() == "layla@people.example"


def test_a_line_says_when_it_was_written_with_the_zone_of_its_clock() -> None:
    told = settings.LOGGING["formatters"]["line"]
    job = record("job_error", logging.ERROR)
    Traced().filter(job)
    line = logging.Formatter(told["format"], told["datefmt"], style="{").format(job)
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} ERROR procrastinate.worker ", line)


def test_what_a_stranger_sent_is_one_short_line_without_a_traceback() -> None:
    error = failure()
    found = (type(error), error, error.__traceback__)
    made = logging.LogRecord(
        "django.security.DisallowedHost",
        logging.ERROR,
        __file__,
        1,
        "Invalid HTTP_HOST header: %r",
        ("x" * 999,),
        found,
    )
    assert Strangers().filter(made)
    line = logging.Formatter("{levelname} {message}", style="{").format(made)
    assert line.startswith("WARNING Invalid HTTP_HOST header: 'xxx")
    assert len(line) <= len("WARNING ") + LONGEST
    assert "Traceback" not in line


def test_a_failure_of_ours_keeps_its_traceback() -> None:
    error = failure()
    found = (type(error), error, error.__traceback__)
    made = logging.LogRecord(
        "django.request", logging.ERROR, __file__, 1, "Internal Server Error", None, found
    )
    assert Strangers().filter(made)
    assert made.exc_info == found


def test_whatever_is_written_for_people_goes_through_it() -> None:
    writing = [one for one in settings.LOGGING["handlers"].values() if one["formatter"] == "line"]
    assert [one["filters"] for one in writing] == [["strangers", "traced"]]

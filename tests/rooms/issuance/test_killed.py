"""Killed before and after every step of the cycle, the next process continues, and the document is issued once."""

import signal
from typing import Any

import pytest
from django.conf import settings

from rukhsa.applications import blobs
from rukhsa.applications.models import Application
from rukhsa.issuance.models import Instrument, Intent, LogLeaf, LogPlace, Sealing, SignedFile, WaitingLeaf
from rukhsa.project.config import ConfigError, read
from tests import children
from tests.rooms.issuance.conftest import Grant

STEPS = ("prepare", "seal", "log", "render", "sign", "release")
POINTS = [f"{step}:{side}" for step in STEPS for side in ("before", "after")]


def issue(application: Application, *points: str) -> list[dict[str, Any]]:
    """Issue in a process of its own that dies at each of the points in turn; "" is to live."""
    return children.run(
        "tests.rooms.issuance.process", settings, application=str(application.pk), die_at=points
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_every_point_it_is_continued_each_time_and_issued_once(granted: Grant) -> None:
    application = granted()

    said = issue(application, *POINTS, "")

    ended = {each["point"]: each["ended"] for each in said if "point" in each}
    assert ended == dict.fromkeys(POINTS, -signal.SIGKILL) | {"": 0}
    released = [each["released before"] for each in said if "released before" in each]
    assert released == [False] * len(POINTS) + [True]
    assert_issued_once(application, said[-2]["number"])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_three_processes_at_once_issue_once(granted: Grant) -> None:
    application = granted()
    said = children.run("tests.rooms.issuance.process", settings, application=str(application.pk), at_once=3)
    numbers = [each["number"] for each in said if "number" in each]
    assert len(numbers) == 3
    assert_issued_once(application, *set(numbers))


def test_production_refuses_a_fault_point() -> None:
    with pytest.raises(ConfigError, match="RUKHSA_FAULTPOINT is for tests only"):
        read({"RUKHSA_ENVIRONMENT": "production", "RUKHSA_FAULTPOINT": "seal:before"})


def assert_issued_once(application: Application, number: str) -> None:
    assert [model.objects.count() for model in (Intent, Sealing, SignedFile, Instrument)] == [1, 1, 1, 1]
    instrument = Instrument.objects.get(intent__application=application)
    assert instrument.number == number
    assert blobs.fetch(instrument.file_digest).startswith(b"%PDF")
    kinds = LogLeaf.objects.filter(intent=instrument.intent).values_list("kind", flat=True)
    assert sorted(kinds) == ["file", "seal"]
    assert LogPlace.objects.filter(leaf__intent=instrument.intent).count() == 2
    assert not WaitingLeaf.objects.filter(leaf__intent=instrument.intent).exists()

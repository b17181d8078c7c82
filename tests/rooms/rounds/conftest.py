"""Visits that wait, and the people who make them."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from rukhsa.accounts.permissions import Role
from rukhsa.authorities.actor import Actor
from rukhsa.review.inspection import Inspection
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY

TODAY = SUNDAY.date()
TOMORROW = TODAY + timedelta(days=1)
GOOD = {"marked": True, "clear": True}

type Visits = Callable[..., list[Inspection]]


@pytest.fixture
def yusuf(db: None) -> Actor:
    """The inspector at the Capital."""
    return works.act_as(
        works.staff("yusuf@town.example", "يوسف خليل", "Yusuf Khalil", Role.INSPECTOR, at=works.authority())
    )


@pytest.fixture
def nawal(db: None) -> Actor:
    """Another inspector at the Capital."""
    return works.act_as(
        works.staff("nawal@town.example", "نوال", "Nawal", Role.INSPECTOR, at=works.authority())
    )


@pytest.fixture
def mariam(db: None) -> Actor:
    """The supervisor at the Capital."""
    return works.act_as(
        works.staff("mariam@town.example", "مريم علي", "Mariam Ali", Role.SUPERVISOR, at=works.authority())
    )


@pytest.fixture
def visits(db: None) -> Visits:
    """Make so many visits that wait for a report, each of an application of its own."""
    return made


def made(count: int, *, block: int = 318, town: str = "CAP", ordinal: int = 1) -> list[Inspection]:
    """So many visits that wait for a report, in a block."""
    version = works.publish(works.works(works.VISIT, works.BY_OFFICER))
    place = works.authority(town, ordinal)
    found = []
    for number in range(count):
        address = {"building": 12 + number, "road": 1805, "block": block}
        reference = f"{town}-2026-{uuid.uuid4().int % 10**6:06}"
        application = works.submitted(version, reference=reference, of=place, place=address)
        found += works.ordered(application, SUNDAY)
    return found


def picture(colour: str = "white", *, exif: bytes = b"") -> bytes:
    """A small JPEG."""
    written = BytesIO()
    Image.new("RGB", (64, 48), colour).save(written, "JPEG", exif=exif)
    return written.getvalue()

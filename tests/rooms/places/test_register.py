"""The register of addresses: entered, amended, struck, and never rewritten."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from rukhsa.places.models import RegisterChange
from rukhsa.places.register import (
    AlreadyRegistered,
    NotRegistered,
    change_register,
    history,
    is_registered,
    registered_in,
)

pytestmark = pytest.mark.usefixtures("blocks", "without_instruments")
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
HOME = {"building": "12", "road": 1705, "block": 317}
NEW_HOME = {"building": "14", "road": 1705, "block": 317, "flat": "3"}


@pytest.fixture
def without_instruments(db: None) -> None:
    """The register alone: what an instrument must be is another test's, tests/rooms/issuance/test_status.py."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER places_register_by_instrument ON places_registerchange")


def change(operation: str, instrument: str, new: dict[str, object] | None = None) -> None:
    change_register(operation, old=HOME, new=new, instrument=instrument, actor=None, at=AT)


def test_an_address_is_entered_amended_and_struck() -> None:
    assert is_registered(HOME) is None
    change("add", "CAP-AC-2026-000001-X")
    assert is_registered(HOME) is True
    change("amend", "CAP-AC-2026-000002-X", NEW_HOME)
    assert (is_registered(HOME), is_registered(NEW_HOME)) == (False, True)
    assert [entry.address for entry in registered_in(317)] == [NEW_HOME]
    assert [entry.entered for entry in history(HOME)] == [True, False]


def test_the_same_instrument_changes_the_register_once() -> None:
    change("add", "CAP-AC-2026-000001-X")
    change("add", "CAP-AC-2026-000001-X")
    assert RegisterChange.objects.count() == 1


def test_an_address_is_not_entered_twice() -> None:
    change("add", "CAP-AC-2026-000001-X")
    with pytest.raises(AlreadyRegistered):
        change("add", "CAP-AC-2026-000002-X")


def test_an_address_that_was_struck_is_not_struck_again() -> None:
    change("delete", "CAP-AC-2026-000001-X")  # the register is younger than the town
    with pytest.raises(NotRegistered):
        change("delete", "CAP-AC-2026-000002-X")


def test_the_database_refuses_to_rewrite_the_register() -> None:
    change("add", "CAP-AC-2026-000001-X")
    for rewrite in (
        lambda: RegisterChange.objects.update(building="13"),
        lambda: RegisterChange.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            rewrite()

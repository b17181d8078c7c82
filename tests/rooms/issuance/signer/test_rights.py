"""The signer's role in the database: it reads what it signs and writes that it did, and can change no fact."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from rukhsa.audit.models import JournalEntry
from rukhsa.issuance import cap, cycle, publishing
from rukhsa.issuance.cap import CapReached
from rukhsa.issuance.signers import rights
from rukhsa.issuance.signers.holder import HeldKey
from rukhsa.issuance.signers.rights import READS, ROLE, WRITES
from rukhsa.project.postgres.location import ROLE_OF_SIGNER
from rukhsa.project.signing import Caps
from tests.rooms.issuance.conftest import NOW, Grant
from tests.rooms.issuance.signer.conftest import listening

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_signer(granted: Grant) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection to the test's database under the signer's role."""
    assert ROLE == ROLE_OF_SIGNER
    assert rights.grant()
    with psycopg.connect(**_address(), autocommit=True) as found:
        yield found


def test_the_whole_cycle_is_signed_under_that_role(
    granted: Grant, as_signer: object, settings: Settings, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connections

    address = place / "socket"
    settings.RUKHSA_SIGNER_SOCKET = str(address)
    # The listener's threads open connections of their own: these are the signer's.
    monkeypatch.setitem(connections.settings["default"], "USER", ROLE)
    application, seen = granted(), []
    sign = HeldKey.sign

    def told(key: HeldKey, message: bytes) -> bytes:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            seen.append(cursor.fetchone()[0])
        return sign(key, message)

    monkeypatch.setattr(HeldKey, "sign", told)  # what it does is done, and as whom is asked beside it
    with listening(address):
        instrument = cycle.issue(application, at=NOW)
        publishing.status_list(instrument.intent.authority, instrument.intent.status_list, at=NOW)
    assert set(seen) == {ROLE}


def test_a_cap_that_is_reached_is_told_under_that_role(
    granted: Grant, as_signer: object, settings: Settings, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connections

    address = place / "socket"
    settings.RUKHSA_SIGNER_SOCKET = str(address)
    settings.RUKHSA_CAPS = Caps(others=1)
    first, second = granted(), granted()
    with monkeypatch.context() as during:
        during.setitem(connections.settings["default"], "USER", ROLE)
        with listening(address):
            cycle.issue(first, at=NOW)
            with pytest.raises(CapReached):
                cycle.issue(second, at=NOW)
        connection.close()  # the next one is the owner's again
    assert cap.is_reached(at=NOW)
    assert JournalEntry.objects.filter(act="reach-cap").count() == 1


@pytest.mark.parametrize("model", [*READS, *WRITES], ids=lambda model: model.__name__)
def test_it_reads_what_it_signs_and_changes_nothing_of_it(as_signer: object, model: type) -> None:
    table = model._meta.db_table  # type: ignore[attr-defined]
    assert isinstance(as_signer, psycopg.Connection)
    as_signer.execute(f"SELECT count(*) FROM {table}")
    for act in (
        f"DELETE FROM {table}",
        f"UPDATE {table} SET {_key(model)} = {_key(model)}",
        f"TRUNCATE {table}",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_signer.execute(act)
    if model in READS:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_signer.execute(f"INSERT INTO {table} DEFAULT VALUES")


def test_it_knows_no_person_payment_or_session(as_signer: object) -> None:
    assert isinstance(as_signer, psycopg.Connection)
    for table in ("accounts_person", "payments_receipt", "django_session", "applications_application"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_signer.execute(f"SELECT 1 FROM {table}")


def test_a_role_that_may_write_what_it_signs_is_refused(as_signer: object) -> None:
    with pytest.raises(rights.TooManyRights, match="may write authorities_authority"):
        rights.require_no_more()  # as the owner of the tables, under whom the tests come


def test_the_signers_role_is_not_refused(as_signer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connections

    monkeypatch.setitem(connections.settings["default"], "USER", ROLE)
    other = connections.create_connection("default")
    monkeypatch.setattr(rights, "connection", other)
    try:
        rights.require_no_more()
    finally:
        other.close()


def _address() -> dict[str, str]:
    known = connection.get_connection_params()
    kept = {
        name: known[name] for name in ("host", "port", "dbname", "password", "requirepeer") if known.get(name)
    }
    return kept | {"user": ROLE}


def _key(model: type) -> str:
    return str(model._meta.pk.column)  # type: ignore[attr-defined]

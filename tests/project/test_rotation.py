"""A secret is rotated without a stop: the file is written again, and the next use takes it."""

import copy
import os
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as current
from django.core.signing import BadSignature, Signer
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pytest_django import Settings

from rukhsa.payments.gateways.registry import gateway
from rukhsa.project.config import ConfigError, read
from rukhsa.project.databases import database
from rukhsa.project.rotation import Rotation, put_in_force

OLD, NEW = "first-key-of-the-test-0123456789-abcdefghij", "second-key-of-the-test-0123456789-klmnopqr"
SECRETS = ("NATIONAL_PASSWORD", "SADAD_API_KEY", "CARDS_SECRET", "EKEY_CLIENT_SECRET", "MAIL_PASSWORD")


@pytest.fixture(autouse=True)
def _settings_of_this_test(settings: Settings) -> None:
    for name in ("PAYMENT_GATEWAYS", "MAILERS", "SOCIALACCOUNT_PROVIDERS"):
        setattr(settings, name, copy.deepcopy(getattr(settings, name)))
    settings.MAILERS["default"]["OPTIONS"] = {"password": ""}
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = settings.SECRET_KEY, []
    settings.CONFIG = settings.CONFIG


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "SECRET_KEY", OLD)
    for name in SECRETS:
        write(tmp_path / name, f"old-{name}")
    return tmp_path


def write(file: Path, text: str, mode: int = 0o400) -> None:
    """Replace a file, as tools do that rotate secrets."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.chmod(mode)
    fresh.rename(file)


def named(folder: Path) -> dict[str, str]:
    """The environment that names the files."""
    return {
        "RUKHSA_ENVIRONMENT": "test",
        **{f"RUKHSA_{name}_FILE": str(folder / name) for name in ("SECRET_KEY", *SECRETS)},
    }


@pytest.fixture
def rotation(folder: Path) -> Rotation:
    variables = named(folder)
    found = read(variables)
    put_in_force(found)
    return Rotation(found.secret_files, variables, every=0.0)


def test_every_secret_is_read_from_its_file(folder: Path) -> None:
    found = read(named(folder))
    assert (found.secret_key, found.national.password, found.mail.password) == (
        OLD,
        "old-NATIONAL_PASSWORD",
        "old-MAIL_PASSWORD",
    )
    assert len(found.secret_files) == 1 + len(SECRETS)


def test_a_changed_file_is_taken_by_the_next_use(rotation: Rotation, folder: Path) -> None:
    signed = Signer().sign("a session")
    write(folder / "SECRET_KEY", f"{NEW}\n{OLD}\n")
    write(folder / "CARDS_SECRET", "new-CARDS_SECRET")
    write(folder / "MAIL_PASSWORD", "new-MAIL_PASSWORD")
    write(folder / "EKEY_CLIENT_SECRET", "new-EKEY_CLIENT_SECRET")
    rotation.take_changed()
    assert NEW == current.SECRET_KEY
    assert Signer().unsign(signed) == "a session"  # what the old key signed still holds
    cards: Any = gateway("cards")
    assert cards._secret == "new-CARDS_SECRET"
    assert current.MAILERS["default"]["OPTIONS"]["password"] == "new-MAIL_PASSWORD"
    assert current.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["secret"] == "new-EKEY_CLIENT_SECRET"
    write(folder / "SECRET_KEY", NEW)
    rotation.take_changed()
    with pytest.raises(BadSignature):
        Signer().unsign(signed)


@pytest.mark.parametrize(("text", "mode"), [("", 0o400), ("stolen", 0o444), ("stolen", 0o404), ("x", 0o620)])
def test_a_file_that_cannot_be_used_leaves_what_was_in_force(
    rotation: Rotation, folder: Path, text: str, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    write(folder / "SADAD_API_KEY", text, mode)
    rotation.take_changed()
    assert current.PAYMENT_GATEWAYS["sadad"]["api_key"] == "old-SADAD_API_KEY"
    assert "RUKHSA_SADAD_API_KEY_FILE" in caplog.text
    assert "stolen" not in caplog.text
    write(folder / "SADAD_API_KEY", "new")
    rotation.take_changed()
    assert current.PAYMENT_GATEWAYS["sadad"]["api_key"] == "new"


def test_nothing_is_read_while_no_file_changes(rotation: Rotation, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(variables: object) -> None:
        raise AssertionError

    monkeypatch.setattr("rukhsa.project.rotation.read", never)
    rotation.take_changed()


@pytest.mark.parametrize("mode", [0o444, 0o404, 0o460])
def test_nothing_starts_with_a_file_that_others_can_read_or_write(folder: Path, mode: int) -> None:
    write(folder / "NATIONAL_PASSWORD", "x", mode)
    with pytest.raises(ConfigError, match="NATIONAL_PASSWORD_FILE can be read by everybody: chmod 0400"):
        read(named(folder))


def test_a_value_and_a_file_are_not_given_both(folder: Path) -> None:
    with pytest.raises(ConfigError, match="are both given"):
        read(named(folder) | {"RUKHSA_MAIL_PASSWORD": "another"})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="RUKHSA_SADAD_API_KEY_FILE cannot be read: FileNotFoundError"):
        read({"RUKHSA_ENVIRONMENT": "test", "RUKHSA_SADAD_API_KEY_FILE": str(tmp_path / "none")})


def test_the_databases_password_file_must_be_private(tmp_path: Path) -> None:
    url = f"postgresql://rukhsa@db.example/rukhsa?passfile={tmp_path / 'pgpass'}"
    given = {"RUKHSA_ENVIRONMENT": "test", "DATABASE_URL": url}
    with pytest.raises(ConfigError, match="passfile in DATABASE_URL cannot be read"):
        database(read(given))
    write(tmp_path / "pgpass", "*:*:*:*:secret", 0o440)
    with pytest.raises(ConfigError, match="passfile in DATABASE_URL can be read by others"):
        database(read(given))
    write(tmp_path / "pgpass", "*:*:*:*:secret")
    assert database(read(given))["OPTIONS"]["passfile"] == str(tmp_path / "pgpass")


@pytest.mark.django_db(transaction=True)
def test_libpq_reads_the_password_at_each_new_connection(tmp_path: Path) -> None:
    """The embedded server asks for no password, so what is sent is read from the connection itself."""
    file = tmp_path / "pgpass"
    info = connection.get_connection_params()
    where = make_conninfo(
        host=info["host"], user=info["user"], dbname=info["dbname"], passfile=str(file), port=info.get("port")
    )
    for password in ("first", "second"):
        write(file, f"*:*:*:*:{password}")
        with psycopg.connect(where) as made:
            assert made.pgconn.password == password.encode()
            made.execute(sql.SQL("SELECT 1"))


def test_the_files_of_this_process_are_those_of_its_environment() -> None:
    assert not [name for name in os.environ if name.startswith("RUKHSA_") and name.endswith("_FILE")]

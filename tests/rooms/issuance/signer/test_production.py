"""In production the signer starts only where its border holds."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from pytest_django import Settings

from rukhsa.issuance.signers import rights
from rukhsa.project.config import Config, Environment, read
from rukhsa.project.management.commands import signer as command
from rukhsa.project.signing import Caps
from tests.opinions import two_users

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A deployment in production whose signer is another user than root, with a role of its own and a cap."""
    found = read({"RUKHSA_ENVIRONMENT": "development", "RUKHSA_DATA": str(tmp_path)})
    found = replace(
        found,
        environment=Environment.PRODUCTION,
        signing=replace(found.signing, caps=Caps(others=10)),
    )
    settings.RUKHSA_KEYS = tmp_path / "keys"
    settings.RUKHSA_KEYS.mkdir(mode=0o700)
    os.chown(settings.RUKHSA_KEYS, *([1000, 1000] if os.geteuid() == 0 else [-1, -1]))
    monkeypatch.setattr(command.os, "geteuid", lambda: settings.RUKHSA_KEYS.stat().st_uid)
    monkeypatch.setattr(rights, "READS", ())  # the tests come as the owner of the tables
    monkeypatch.setattr(command, "config", lambda: found)
    return found


def test_it_starts_where_all_holds(production: Config) -> None:
    command._require_its_place()


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o755])
def test_it_refuses_a_folder_that_others_enter(production: Config, settings: Settings, mode: int) -> None:
    settings.RUKHSA_KEYS.chmod(mode)
    with pytest.raises(CommandError, match="must be a folder of mode 0700"):
        command._require_its_place()


def test_it_refuses_a_folder_that_is_not_there_or_not_its_own(
    production: Config, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command.os, "geteuid", lambda: 4321)
    with pytest.raises(CommandError, match="of the user under which the signer runs"):
        command._require_its_place()
    settings.RUKHSA_KEYS.rmdir()
    with pytest.raises(CommandError, match="must be a folder of mode 0700"):
        command._require_its_place()


def test_it_refuses_to_run_as_root(
    production: Config, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_users()
    os.chown(settings.RUKHSA_KEYS, 0, 0)
    with pytest.raises(CommandError, match="and not as root"):
        command._require_its_place()


def test_it_refuses_a_role_that_may_write_what_it_signs(
    production: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rukhsa.issuance.models import Intent

    monkeypatch.setattr(rights, "READS", (Intent,))
    with pytest.raises(CommandError, match="too-many-rights: the signer's role may write issuance_intent"):
        command._require_its_place()


def test_it_refuses_to_be_without_a_cap(production: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    without = replace(production, signing=replace(production.signing, caps=Caps(named={"CAP": 5})))
    monkeypatch.setattr(command, "config", lambda: without)
    with pytest.raises(CommandError, match="RUKHSA_SIGNATURES_AN_HOUR names a number for all"):
        command._require_its_place()

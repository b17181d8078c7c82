"""Root's `rukhsa run` keeps keys and portal under two users; where it cannot, it says so in a line."""

import json
import os
import pwd
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from pytest_django import Settings

from rukhsa.applications import blobs
from rukhsa.project import users as of_machine
from rukhsa.project.config import Config, ConfigError, Environment, read, without_keys
from rukhsa.project.run import _users
from rukhsa.project.signing import SigningConfig
from rukhsa.project.users import SharedUser, give_back, settle, users
from rukhsa_rehearsal.deployment import deployed
from tests.links import followed
from tests.opinions import two_users
from tests.rooms.issuance.signer.asking import as_user
from tests.rooms.issuance.signer.conftest import place
from tests.rooms.issuance.signer.test_apart import TRIES, WAYS
from tests.running import running

__all__ = ["place"]


def deployment(folder: Path, **signing: str) -> Config:
    found = read({"RUKHSA_ENVIRONMENT": "development", "RUKHSA_DATA": str(folder)})
    return replace(found, signing=replace(found.signing, **signing))


@pytest.mark.slow
def test_of_a_deployment_that_root_runs_the_portal_reaches_no_key(place: Path) -> None:
    two_users()
    with deployed(place / "world") as running:
        of = _users_of_processes(running.config)
        assert (of["signer"], of["portal"], of["worker"]) == ("rukhsa-signer", "rukhsa", "rukhsa")
        key = next((running.config.data / "keys").glob("CAP-seal-*.pem"))
        pid, portal = _process(running.config, "signer").pid, pwd.getpwnam("rukhsa").pw_uid
        said = json.loads(as_user(portal, TRIES, str(pid), str(key)))
        assert said == dict.fromkeys(WAYS, "PermissionError")
        # And the socket is the worker's, of all that work as this user: the portal is not in its group.
        socket = running.config.data / "signer" / "socket"
        assert as_user(portal, CONNECTS, str(socket)) == "PermissionError"
        assert "every key signs" in running.command("signer", "check")
        # What a page keeps, such as the key of notifications, lies where the portal may write.
        assert followed(running.config.addresses.portal_url, "layla")[1] == []


def test_started_by_an_ordinary_user_it_says_that_they_share_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(of_machine.os, "geteuid", lambda: 1000)
    assert _users(deployment(tmp_path)) is None
    said = capsys.readouterr().out
    assert said.startswith("Keys and portal share a user: both work as user 1000, who started them.")
    assert said.count("\n") == 1


def test_a_folder_that_they_do_not_reach_is_named(tmp_path: Path) -> None:
    two_users()
    tmp_path.chmod(0o700)
    with pytest.raises(SharedUser, match="do not reach"):
        users(deployment(tmp_path / "data"))


def test_a_server_that_does_not_let_them_in_is_named(place: Path) -> None:
    two_users()
    with pytest.raises(SharedUser, match="does not let rukhsa in"):
        users(replace(deployment(place), database_url="postgresql:///nowhere?host=/nowhere"))


def test_root_is_no_user_of_its_own(place: Path) -> None:
    two_users()
    with pytest.raises(SharedUser, match="root is root"):
        users(deployment(place, user="root"))


def test_what_root_wrote_by_hand_is_theirs_whose_folder_it_is(place: Path) -> None:
    two_users()
    found = deployment(place)
    apart = users(found)
    settle(found, apart, place / "signer" / "socket")
    for name in ("keys/new.pem", "public/new.jws"):
        (place / name).write_text("written by a command")
    give_back(found)
    owners = [(place / name).owner() for name in ("keys/new.pem", "public/new.jws", "keys", "files")]
    assert owners == ["rukhsa-signer", "rukhsa", "rukhsa-signer", "rukhsa"]
    assert oct((place / "keys").stat().st_mode & 0o777) == "0o700"
    assert oct((place / "signer").stat().st_mode & 0o777) == "0o750"


def test_a_file_that_root_stores_can_be_read_by_the_worker_at_once(place: Path, settings: Settings) -> None:
    two_users()
    found = deployment(place)
    apart = users(found)
    settle(found, apart, place / "signer" / "socket")
    settings.MEDIA_ROOT = str(place / "files")
    path = place / "files" / blobs._path(blobs.keep(b"issued by a command while the worker runs"))
    told = as_user(apart.worker.user, "import sys; print(open(sys.argv[1]).read())", str(path))
    assert told == "issued by a command while the worker runs\n"


def test_where_they_share_a_user_nothing_changes_hands(place: Path) -> None:
    (place / "keys").mkdir()
    (place / "keys" / "key.pem").write_text("ours")
    give_back(deployment(place))
    assert (place / "keys" / "key.pem").stat().st_uid == os.geteuid()


@pytest.mark.parametrize("environment", [Environment.PRODUCTION, Environment.DEVELOPMENT])
def test_production_does_not_start_where_portal_or_worker_can_read_the_keys(
    environment: Environment, tmp_path: Path
) -> None:
    found = replace(deployment(tmp_path), environment=environment, pkcs11_module="", pkcs11_pin_file="")
    assert without_keys(found)  # the control: there are none to be read
    (tmp_path / "keys").mkdir()
    if environment is Environment.DEVELOPMENT:
        assert without_keys(found)
        return
    with pytest.raises(ConfigError, match=r"can read .*keys: run the signer under a user of its own"):
        without_keys(found)


def test_the_names_of_the_users_are_settings() -> None:
    told: Mapping[str, str] = {
        "RUKHSA_ENVIRONMENT": "development",
        "RUKHSA_SIGNER_USER": "seals",
        "RUKHSA_USER": "town",
    }
    found: SigningConfig = read(told).signing
    assert (found.user, found.workers_user) == ("seals", "town")


CONNECTS = """
import socket, sys
try:
    socket.socket(socket.AF_UNIX).connect(sys.argv[1])
    print("connected", end="")
except OSError as error:
    print(type(error).__name__, end="")
"""
COMMANDS = {
    "signer": "signer serve",
    "portal": "rukhsa.project.asgi:application",
    "worker": "command worker",
}


def _users_of_processes(config: Config) -> dict[str, str]:
    return {name: _process(config, name).username() for name in COMMANDS}


def _process(config: Config, name: str) -> psutil.Process:
    """The process of a part of this deployment."""
    for process in running("cmdline", "environ"):
        ours = (process.info["environ"] or {}).get("RUKHSA_DATA") == str(config.data)
        if ours and COMMANDS[name] in " ".join(process.info["cmdline"] or []):
            return process
    raise AssertionError(f"no process {name}")

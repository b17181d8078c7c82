"""The keys are read by the signer's user only; a web process has another user and no setting that names them."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django import Settings

from rukhsa.issuance import key_index
from rukhsa.issuance.key_index import KeyFault
from rukhsa.issuance.signers import file, signer
from rukhsa.project.config import PROJECT, ConfigError, config, without_keys
from tests import opinions

NOBODY = 65534
WEB = ("rukhsa.project.settings_web", "rukhsa.project.settings_public")
TOLD = """
import json, django
django.setup()
from django.conf import settings
from rukhsa.issuance.key_index import KeyFault
from rukhsa.issuance.signers import signer
told = [name for name in dir(settings) if "KEYS" in name or "PKCS11" in name or "SIGNER" in name]
try:
    signer().check()
    refused = ""
except KeyFault as error:
    refused = str(error)
print(json.dumps({"told": told, "refused": refused, "module": settings.CONFIG.pkcs11_module}))
"""


def test_another_user_reads_no_key(town: datetime) -> None:
    opinions.root("the kernel on a file of another user")
    secrets = sorted(key_index.folder().glob("*.pem"))
    assert len(secrets) == 16
    reached = as_user(NOBODY, [str(path) for path in secrets])
    assert set(reached.values()) == {"PermissionError"}
    # The mode of each file alone suffices too: here all users may enter the folder.
    open_to_everybody(key_index.folder())
    reached = as_user(NOBODY, [str(path) for path in secrets])
    assert set(reached.values()) == {"PermissionError"}
    # The control: the same user reads a file that all users may read.
    assert as_user(NOBODY, [str(key_index.folder() / "index.json")]) == {
        str(key_index.folder() / "index.json"): "read"
    }
    secrets[0].chmod(0o444)
    assert as_user(NOBODY, [str(secrets[0])]) == {str(secrets[0]): "read"}


@pytest.mark.parametrize("mode", [0o404, 0o440, 0o444, 0o600, 0o640, 0o777])
def test_a_key_of_a_looser_mode_is_refused(mode: int, town: datetime) -> None:
    (key_index.folder() / f"{key_index.key_for('CAP', 'seal', at=town).name}.pem").chmod(mode)
    with pytest.raises(KeyFault, match="must be of mode 0400 and ours"):
        signer().check()


def test_a_key_of_another_owner_is_refused(town: datetime) -> None:
    opinions.root("the kernel on a file of another owner")
    path = key_index.folder() / f"{key_index.key_for('CAP', 'seal', at=town).name}.pem"
    os.chown(path, NOBODY, NOBODY)
    with pytest.raises(KeyFault, match="must be of mode 0400 and ours"):
        signer().check()


def test_a_key_is_not_written_over(town: datetime) -> None:
    key = key_index.key_for("CAP", "seal", at=town)
    with pytest.raises(FileExistsError):
        file.keep(key, file.make("seal"))


@pytest.mark.parametrize("module", WEB)
def test_a_web_process_is_not_told_where_keys_lie(module: str, tmp_path: Path) -> None:
    told = in_process(module, tmp_path)
    assert told["told"] == []
    assert told["module"] == ""
    assert told["refused"] == "this process is not told where keys lie"


def test_the_worker_is_told(tmp_path: Path) -> None:
    """The control: the same question of the settings with which the worker runs."""
    told = in_process("rukhsa.project.settings", tmp_path)
    assert "RUKHSA_KEYS" in told["told"]
    assert told["module"] == "/nowhere/token.so"


def test_production_does_not_start_a_web_process_that_is_told_of_a_token() -> None:
    from dataclasses import replace

    from rukhsa.project.config import Environment

    told = replace(config(), environment=Environment.PRODUCTION, pkcs11_pin_file="/etc/pin")
    with pytest.raises(ConfigError, match="the signer's alone"):
        without_keys(told)


def test_a_process_that_is_told_nothing_signs_nothing(town: datetime, settings: Settings) -> None:
    del settings.RUKHSA_KEYS
    with pytest.raises(KeyFault, match="not told where keys lie"):
        signer().checkpoint("CAP", at=town)


def as_user(user: int, paths: list[str]) -> dict[str, str]:
    """For each file, the outcome of a child of that user that opens it."""
    program = (
        "import json, os, sys\n"
        "os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))\n"
        "said = {}\n"
        "for path in sys.argv[2:]:\n"
        "    try:\n"
        "        open(path, 'rb').read(); said[path] = 'read'\n"
        "    except OSError as error:\n"
        "        said[path] = type(error).__name__\n"
        "print(json.dumps(said))\n"
    )
    command = ["/usr/bin/python3", "-I", "-c", program, str(user), *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    said: dict[str, str] = json.loads(done.stdout)
    return said


def open_to_everybody(folder: Path) -> None:
    for each in (folder, *folder.parents):
        if each.stat().st_uid == os.geteuid() and each != Path("/"):
            each.chmod(each.stat().st_mode | 0o055)
        if each == Path(settings.RUKHSA_KEYS).parent.parent.parent.parent:
            break


def in_process(module: str, folder: Path) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RUKHSA_")}
    own = {
        "DJANGO_SETTINGS_MODULE": module,
        "RUKHSA_ENVIRONMENT": "test",
        "RUKHSA_DATA": str(folder),
        "RUKHSA_PKCS11_MODULE": "/nowhere/token.so",
        "DATABASE_URL": "postgresql:///nowhere",
        "PYTHONPATH": str(PROJECT / "src"),
    }
    command = [sys.executable, "-c", TOLD]
    done = subprocess.run(command, env=kept | own, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told

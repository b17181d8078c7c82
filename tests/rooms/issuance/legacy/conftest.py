"""The registers that the tests of legacy documents read, and a city of its own for the command."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection

ROOT = Path(__file__).parents[4]
NAME = "shared/data/spearfish-building-permits.csv"
MAPPING = ROOT / "territories/spearfish/legacy/building-permits.mapping.yaml"
SMALL = ROOT / "tests/data/small-register.csv"
REGISTER = "spearfish-building-permits"


@pytest.fixture
def real_register(request: pytest.FixtureRequest) -> Path:
    """The city's own register, beside the project or above it; a test without it says so loudly."""
    for folder in ROOT.parents:
        if (folder / NAME).exists():
            return folder / NAME
    loud = f"THE REAL REGISTER IS MISSING: ../{NAME} is not there, so 5,229 real rows were NOT tried"
    if terminal := request.config.pluginmanager.get_plugin("terminalreporter"):
        terminal.write_line(f"\n{loud}", red=True, bold=True)
    pytest.skip(loud)


@dataclass(frozen=True, kw_only=True)
class City:
    """Spearfish, run by the command in processes of its own, over the database of the test."""

    data: Path
    environment: dict[str, str]

    @property
    def files(self) -> Path:
        """Where the documents that were issued again are left."""
        return self.data / "legacy" / REGISTER

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Begin a command of `rukhsa` in a process that can be killed."""
        return self._start(["rukhsa.project.command", *arguments])

    def run(self, *arguments: str) -> str:
        """The output of a command of `rukhsa`, which must succeed."""
        return _finished(self.start(*arguments))

    def verify(self, *documents: Path) -> str:
        """What a stranger's verifier says, with the public files alone."""
        public = self.data / "public"
        options = ["--public", str(public), "--root", str(public / "root.jwk"), "--quiet"]
        process = self._start(["rukhsa.trust", "verify", *map(str, documents), *options])
        output, _ = process.communicate(timeout=600)
        return output

    def _start(self, module: Sequence[str]) -> "subprocess.Popen[str]":
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, "-m", *module]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, text=True, **pipes)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def city(transactional_db: None, tmp_path: Path) -> City:
    """Spearfish with its keys, its one service published, and nothing imported."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("RUKHSA_", "DJANGO_"))
    }
    environment |= {
        "RUKHSA_DATA": str(tmp_path),
        "RUKHSA_TERRITORY": "spearfish",
        "DATABASE_URL": _database_url(),
        "PYTHONPATH": str(ROOT / "src"),
    }
    city = City(data=tmp_path, environment=environment)
    for command in (("territory", "load"), ("services", "publish"), ("keys", "create"), ("publish",)):
        city.run(*command)
    return city


def _finished(process: "subprocess.Popen[str]") -> str:
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    return output


def _database_url() -> str:
    """The database of the test, as another process reaches it."""
    named = connection.settings_dict
    options = {
        "host": named["HOST"],
        "user": named["USER"],
        "password": named["PASSWORD"],
        "port": named["PORT"],
    }
    options |= {key: value for key, value in named["OPTIONS"].items() if isinstance(value, str)}
    return f"postgresql:///{named['NAME']}?" + urlencode(
        {key: value for key, value in options.items() if value}
    )

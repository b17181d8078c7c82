"""The registers that the tests of legacy documents read, and a city of its own for the command."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from rukhsa.catalogue.load import load
from rukhsa.catalogue.service_version import publish as publish_service
from rukhsa.issuance import publishing
from rukhsa.issuance.legacy.legacy_document import LegacyDocument
from rukhsa.issuance.legacy.register_import import import_register
from rukhsa.issuance.legacy.reissue import Reissued, reissue
from rukhsa.issuance.models import Intent
from rukhsa.trust.__main__ import main as verify_command
from tests import ceremony, opinions
from tests.rooms.issuance.legacy.registers import Desk

ROOT = Path(__file__).parents[4]
MAPPING = ROOT / "territories/spearfish/legacy/building-permits.mapping.yaml"
SMALL = ROOT / "territories/spearfish/legacy/example-register.csv"
SPEARFISH = ROOT / "territories/spearfish"
REGISTER = "spearfish-building-permits"


@pytest.fixture
def real_register() -> Path:
    """The city's own register of 5,229 rows, which lies beside the project."""
    return opinions.beside("data/spearfish-building-permits.csv")


@dataclass(frozen=True, kw_only=True)
class City:
    """Spearfish, with its data in a folder laid out as a deployment's."""

    data: Path

    @property
    def files(self) -> list[Path]:
        """The documents that were issued again."""
        return sorted((self.data / "legacy" / REGISTER).glob("*.pdf"))

    def file_of(self, paper_number: str) -> Path:
        """The document that was issued for a number on paper."""
        document = LegacyDocument.objects.get(number=paper_number)
        number = Intent.objects.get(origin=document.origin).number
        return self.data / "legacy" / REGISTER / f"{number}.pdf"

    def read(self, register: Path) -> None:
        """Import a register."""
        import_register(register, mapping=MAPPING, report=self.data / "report.csv", at=timezone.now())

    def reissue(self, *, limit: int | None = None) -> list[Reissued]:
        """Issue the register again, in this process."""
        folder = self.data / "legacy" / REGISTER
        return list(reissue(REGISTER, folder=folder, clock=timezone.now, limit=limit))

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Begin a command of `rukhsa` in a process that can be killed, over the database of the test."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("RUKHSA_", "DJANGO_"))}
        own = {
            "RUKHSA_DATA": str(self.data),
            "RUKHSA_ENVIRONMENT": "development",
            "RUKHSA_TERRITORY": "spearfish",
            "DATABASE_URL": _database_url(),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "rukhsa.project.command", *arguments],
            cwd=ROOT,
            env=kept | own | environment | {"PYTHONPATH": str(ROOT / "src")},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def verdicts(self, *documents: Path) -> int:
        """The exit code of a stranger's `python -m rukhsa.trust verify`, with the public files alone."""
        public = self.data / "public"
        options = ["--public", str(public), "--root", str(public / "root.jwk"), "--quiet"]
        return verify_command(["verify", *map(str, documents), *options])


@pytest.fixture
def published(db: None, settings: Settings) -> None:
    """Spearfish with its one service, and no keys."""
    settings.RUKHSA_TERRITORY = SPEARFISH
    load(SPEARFISH)
    publish_service(SPEARFISH / "services/building-permit.yaml", actor=None, at=timezone.now())


@pytest.fixture
def desk(published: None, tmp_path: Path) -> Desk:
    """A register and its mapping to read, and to change."""
    return Desk(tmp_path)


@pytest.fixture
def city(transactional_db: None, settings: Settings, tmp_path: Path) -> City:
    """Spearfish with its keys, its one service published, and nothing imported."""
    settings.RUKHSA_TERRITORY = ROOT / "territories/spearfish"
    settings.RUKHSA_KEYS, settings.RUKHSA_PUBLIC = tmp_path / "keys", tmp_path / "public"
    settings.MEDIA_ROOT = tmp_path / "files"
    load(settings.RUKHSA_TERRITORY)
    publish_service(
        settings.RUKHSA_TERRITORY / "services/building-permit.yaml", actor=None, at=timezone.now()
    )
    ceremony.make_keys(at=timezone.now(), ahead=1)
    ceremony.hold(at=timezone.now())
    publishing.everything(at=timezone.now())
    return City(data=tmp_path)


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

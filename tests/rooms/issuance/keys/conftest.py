"""A town whose keys lie in a token: SoftHSM in a folder of the test, with a module before it that can be slow."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as of_django
from pytest_django import Settings

from rukhsa.authorities.models import Authority
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import key_creation
from rukhsa.issuance.signers import pkcs11
from tests import ceremony, opinions
from tests.kept import kept
from tests.rooms.issuance.conftest import NOW, TERRITORY, Grant, granted, published, town
from tests.waiting import LONGEST

__all__ = ["Grant", "granted", "town"]

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
LABEL = "rukhsa"
PIN = "the PIN of a test"


@dataclass(frozen=True, kw_only=True)
class TokenOfTheTest:
    """A token that can be taken away, made slow, and given another PIN."""

    folder: Path

    @property
    def pin_file(self) -> Path:
        return self.folder / "pin"

    def init(self, *, pin: str = PIN) -> None:
        """Make the token, as its own tools do."""
        self.util("--init-token", "--free", "--label", LABEL, "--so-pin", "12345678", "--pin", pin)

    def util(self, *arguments: str) -> str:
        done = subprocess.run(
            [opinions.program("softhsm2-util", package="softhsm2"), *arguments],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    @property
    def tokens(self) -> Path:
        return self.folder / "tokens"

    def empty(self) -> None:
        """Remove the token."""
        shutil.rmtree(self.tokens)
        self.tokens.mkdir()

    def slow(self, seconds: float) -> None:
        """Let each signature take so long."""
        (self.folder / "slow").write_text(str(int(seconds * 1000)))

    def write_pin(self, pin: str) -> None:
        """Put another file of the PIN in the place of the last one."""
        new = self.folder / "pin.new"
        new.write_text(pin + "\n")
        new.chmod(0o400)
        new.replace(self.pin_file)

    def take_away(self) -> None:
        """Take the token away."""
        self.tokens.rename(self.folder / "elsewhere")
        self.tokens.mkdir()

    def put_back(self) -> None:
        self.tokens.rmdir()
        (self.folder / "elsewhere").rename(self.tokens)


@pytest.fixture(scope="session")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module that hands on to SoftHSM."""
    opinions.library(SOFTHSM, package="softhsm2")
    compiler = opinions.program("cc", package="gcc")
    built = tmp_path_factory.mktemp("module") / "slow.so"
    source = Path(__file__).with_name("slow.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(built), str(source), "-ldl"], check=True)
    return built


@pytest.fixture
def token(
    module: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TokenOfTheTest]:
    """A new token, and the settings that lead to it."""
    made = TokenOfTheTest(folder=tmp_path / "token")
    made.tokens.mkdir(parents=True)
    (made.folder / "softhsm2.conf").write_text(f"directories.tokendir = {made.tokens}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(made.folder / "softhsm2.conf"))
    monkeypatch.setenv("SLOW_TOKEN", str(made.folder / "slow"))
    monkeypatch.setenv("TRUE_TOKEN", str(SOFTHSM))
    made.write_pin(PIN)
    settings.RUKHSA_PKCS11_MODULE, settings.RUKHSA_PKCS11_PIN_FILE = str(module), str(made.pin_file)
    monkeypatch.setattr(pkcs11, "SECONDS", LONGEST)  # it answers at once, unless it is told to be slow
    pkcs11.forget()
    made.init()
    yield made
    pkcs11.forget()


@pytest.fixture
def town_of_tokens(db: None, settings: Settings, tmp_path: Path, token: TokenOfTheTest) -> datetime:
    """A town all of whose keys are held by the token."""
    settings.RUKHSA_TERRITORY = TERRITORY
    settings.RUKHSA_KEYS, settings.RUKHSA_PUBLIC = tmp_path / "keys", tmp_path / "public"
    token.empty()
    kept("town of tokens", lambda: _build(token), files=(*ceremony.folders(), token.tokens))
    return NOW


def _build(token: TokenOfTheTest) -> None:
    token.init()
    for rule in territory().authorities:
        Authority.objects.get_or_create(code=rule.code, defaults={"ordinal": rule.ordinal})
    key_creation.create_missing(at=NOW, ahead=0, held=f"pkcs11:token={LABEL}", operator="the tests")
    published("proof-of-residence")


def nothing_in_files() -> bool:
    """Whether no secret lies in a file."""
    assert os.listdir(of_django.RUKHSA_KEYS)
    return not list(Path(of_django.RUKHSA_KEYS).glob("*.pem"))

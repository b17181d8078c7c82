"""The package as others install it: without Django, without extras, typed, and enough to verify with no network."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from rukhsa.project.config import PROJECT
from tests.trust import files, world

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("package")]

AT = "2020-11-15T09:00:00Z"
BIN = Path(sys.executable).parent
# Run before the command: any use of the network is stopped.
WITHOUT_NETWORK = """
import runpy, sys
def stop(event, _):
    if event.startswith("socket."):
        raise RuntimeError("the network was asked: " + event)
sys.addaudithook(stop)
sys.argv = ["rukhsa.trust", *sys.argv[1:]]
runpy.run_module("rukhsa.trust", run_name="__main__", alter_sys=True)
"""
TYPED = """
from datetime import UTC, datetime
from rukhsa.trust.sources import NoSource
from rukhsa.trust.trustlist import TrustList
from rukhsa.trust.verifier import verify_seal

def word(sealed: bytes, trust_list: TrustList) -> str:
    answer = verify_seal(sealed, trust_list=trust_list, status=NoSource(), log=NoSource(), at=datetime.now(UTC))
    return answer.word
"""


@dataclass(frozen=True, kw_only=True)
class Installed:
    """A fresh environment that holds the wheel and what it asks for, and a folder of documents to verify."""

    python: Path
    folder: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The installed Python, with nothing of this checkout in reach."""
        command = [str(self.python), "-I", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, env=ALONE, check=False
        )

    def trust(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`python -m rukhsa.trust`, cut off from every network."""
        return self.run("-c", WITHOUT_NETWORK, *arguments)

    def verify(self, *names: str) -> subprocess.CompletedProcess[str]:
        return self.trust("verify", *names, "--public", ".", "--root", "root.jwk", "--at", AT)


ALONE = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("others")
    _do(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "wheel"))
    locked = re.findall(r"^([a-z0-9.-]+==\S+)", (PROJECT / "requirements.lock").read_text(), re.MULTILINE)
    (folder / "locked.txt").write_text("\n".join(locked))
    _do(str(BIN / "uv"), "venv", "--quiet", "--no-project", "--python", sys.executable, str(folder / "venv"))
    python, wheel = folder / "venv/bin/python", next((folder / "wheel").glob("*.whl"))
    options = ["--quiet", "--python", str(python), "--constraint", str(folder / "locked.txt")]
    install = (str(BIN / "uv"), "pip", "install", *options, str(wheel))
    # `make prepare` fetched what it needs. The registry, whose certificate has days of its own, is asked only where
    # nothing of that was kept.
    if _ended(*install, "--offline").returncode:
        _do(*install)
    return Installed(python=python, folder=_documents(folder / "documents"))


def _ended(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)


def _do(*command: str) -> None:
    done = _ended(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def _documents(folder: Path) -> Path:
    """The public files with the root's key, a code, a forged code and a released file."""
    site = world.town_hall()
    sealed = site.issue()
    for address, data in site.files.items():
        path = folder / address.removeprefix(world.SITE)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "trust-list.jws").write_text(world.signed_trust_list())
    (folder / "root.jwk").write_text(world.root_file())
    (folder / "code.txt").write_text(world.text_of(sealed))
    (folder / "seal.cwt").write_bytes(sealed)
    forged = sealed.replace("ليلى".encode(), "سلمى".encode(), 1)
    (folder / "forged.cwt").write_bytes(forged)
    (folder / "licence.pdf").write_bytes(files.released(site, sealed))
    return folder


def test_it_brings_neither_django_nor_anything_else_of_the_server(installed: Installed) -> None:
    listed = installed.run(
        "-c", "import importlib.metadata as m; print(*(d.name for d in m.distributions()))"
    )
    assert set(listed.stdout.split()) == {"rukhsa", "cryptography", "cffi", "pycparser", "tzdata"}


def test_every_module_of_trust_can_be_imported_without_the_extras_of_files(installed: Installed) -> None:
    program = """
import importlib, pkgutil, rukhsa.trust
names = [each.name for each in pkgutil.iter_modules(rukhsa.trust.__path__)]
for name in names:
    if name not in ("pdf", "cms", "signer", "printed", "stamp", "__main__"):
        importlib.import_module("rukhsa.trust." + name)
print(len(names))
"""
    done = installed.run("-c", program)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 30


def test_a_code_and_a_seal_are_verified_with_no_network(installed: Installed) -> None:
    done = installed.verify("code.txt", "seal.cwt")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 valid" in done.stdout


def test_a_reach_for_the_network_would_be_seen(installed: Installed) -> None:
    """The negative control."""
    done = installed.trust("verify", "code.txt", "--public", "http://127.0.0.1:9/", "--root", "root.jwk")
    assert "the network was asked: socket." in done.stderr


def test_a_forged_one_is_refused(installed: Installed) -> None:
    done = installed.verify("forged.cwt")
    assert done.returncode == 1
    assert done.stdout.startswith("altered: forged.cwt (bad-signature)")


def test_a_file_asks_for_the_extra_by_its_name(installed: Installed) -> None:
    done = installed.verify("licence.pdf")
    assert done.returncode == 2
    assert "pip install 'rukhsa[files]'" in done.stderr


def test_inspect_and_explain_need_nothing_else(installed: Installed) -> None:
    inspected = installed.trust("inspect", "code.txt")
    assert (inspected.returncode, inspected.stderr) == (0, "")
    assert "RW-2020-000123-K" in inspected.stdout
    explained = installed.trust("explain", "pdf-not-covered")
    assert (explained.returncode, explained.stderr) == (0, "")
    assert "altered" in explained.stdout


def test_the_command_of_the_server_says_what_to_install(installed: Installed) -> None:
    done = installed.run("-m", "rukhsa")
    assert done.returncode == 1
    assert "pip install 'rukhsa[server,local]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_types_are_there_for_others(installed: Installed, tmp_path: Path) -> None:
    for name, program, code in (("good", TYPED, 0), ("bad", TYPED.replace(".word", ".at"), 1)):
        (tmp_path / f"{name}.py").write_text(program)
        config = ["--config-file=", "--strict", f"--python-executable={installed.python}"]
        command = [sys.executable, "-m", "mypy", *config, f"--cache-dir={tmp_path}/cache", f"{name}.py"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=ALONE, check=False)
        assert done.returncode == code, done.stdout + done.stderr

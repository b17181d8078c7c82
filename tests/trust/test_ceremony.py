"""The offline machine: a root is made and signs, with nothing but files and no Django."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto.keys import EncryptedPrivateKeyInfo
from asn1crypto.pem import unarmor
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from rukhsa.trust import ceremony, trustlist
from rukhsa.trust.errors import BadKey
from rukhsa.trust.keys import MemorySigner
from rukhsa.trust.succession import changes, says_the_same
from tests.trust import world
from tests.trust.world import CAPITAL, TRUST_LIST

SOURCE = str(Path(ceremony.__file__).parents[2])


@pytest.fixture
def offline(tmp_path: Path) -> Path:
    """The offline machine: its root, and a draft that was carried there."""
    ceremony.create_root(tmp_path / "vault")
    (tmp_path / "draft.json").write_text(trustlist.to_json(trustlist.to_document(TRUST_LIST)))
    return tmp_path


def sign(offline: Path, *more: str, answer: str = "yes") -> int:
    command = ["sign", str(offline / "draft.json"), "--root", str(offline / "vault/root.pem"), *more]
    return ceremony.main(command, ask=lambda question: answer)


def test_a_draft_is_shown_confirmed_and_signed(offline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sign(offline) == 0
    said = capsys.readouterr().out
    assert "capital: seal key" in said
    assert "COMPROMISED" not in said.split("capital: pdf")[0].split("capital: seal")[1]
    root = json.loads((offline / "vault/root.jwk").read_text())
    assert trustlist.read((offline / "trust-list.jws").read_text(), root) == TRUST_LIST


def test_what_is_not_confirmed_is_not_signed(offline: Path) -> None:
    for answer in ("", "no", "YES", "y"):
        assert sign(offline, answer=answer) == 1
    assert not (offline / "trust-list.jws").exists()


def test_a_draft_that_loses_something_is_not_signed(
    offline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sign(offline) == 0
    before = offline / "before.jws"
    (offline / "trust-list.jws").rename(before)
    poorer = replace(TRUST_LIST, version=TRUST_LIST.version + 1, verifiers=("elsewhere.example",))
    (offline / "draft.json").write_text(trustlist.to_json(trustlist.to_document(poorer)))
    assert sign(offline, "--previous", str(before)) == 2
    assert "something-lost: the official address v.mun.example" in capsys.readouterr().err
    assert not (offline / "trust-list.jws").exists()
    assert sign(offline) == 0  # the negative control: who does not say what came before is not warned


def test_a_root_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    ceremony.create_root(tmp_path)
    assert oct((tmp_path / "root.pem").stat().st_mode)[-4:] == "0400"
    with pytest.raises(BadKey, match="root-exists"):
        ceremony.create_root(tmp_path)
    (tmp_path / "root.pem").chmod(0o440)
    with pytest.raises(BadKey, match="others may read it"):
        ceremony.open_root(tmp_path / "root.pem")


def test_a_passphrase_locks_the_root(tmp_path: Path) -> None:
    jwk = ceremony.create_root(tmp_path, passphrase="correct horse battery")
    for wrong in ("", "another one, long enough"):
        with pytest.raises(BadKey, match="wrong-passphrase"):
            ceremony.open_root(tmp_path / "root.pem", passphrase=wrong)
    assert ceremony.open_root(tmp_path / "root.pem", passphrase="correct horse battery").jwk == jwk


def test_a_passphrase_is_stretched_as_guidance_asks(tmp_path: Path) -> None:
    """OpenSSL's own 2,048 rounds let one who has the file try three hundred times as many words."""
    ceremony.create_root(tmp_path, passphrase="correct horse battery")
    _, _, read = unarmor((tmp_path / "root.pem").read_bytes())
    told = EncryptedPrivateKeyInfo.load(read, strict=True)["encryption_algorithm"]
    assert (told.kdf, told.kdf_hmac, told.kdf_iterations) == ("pbkdf2", "sha256", 600_000)
    assert (told.encryption_cipher, told.key_length, len(told.kdf_salt)) == ("aes", 32, 16)


def test_a_root_that_openssl_locked_is_still_opened(tmp_path: Path) -> None:
    signer = MemorySigner.p256()
    pem = signer.private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"correct horse")
    )
    (tmp_path / "root.pem").write_bytes(pem)
    (tmp_path / "root.pem").chmod(0o400)
    assert ceremony.open_root(tmp_path / "root.pem", passphrase="correct horse").jwk == signer.jwk


def test_the_offline_machine_needs_no_django_no_database_and_no_settings(offline: Path) -> None:
    program = (
        "import sys\nfrom rukhsa.trust import ceremony\ncode = ceremony.main(sys.argv[1:])\n"
        "print({name.split('.')[0] for name in sys.modules})\nsys.exit(code)"
    )
    command = ["sign", str(offline / "draft.json"), "--root", str(offline / "vault/root.pem"), "--yes"]
    done = subprocess.run(
        [sys.executable, "-c", program, *command],
        env={"PYTHONPATH": SOURCE, "PATH": ""},
        cwd=offline,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not [name for name in ("django", "psycopg", "httpx") if f"'{name}'" in done.stdout]


def test_the_command_signs_without_a_database(offline: Path) -> None:
    command = [
        "trust-list",
        "sign",
        str(offline / "draft.json"),
        "--root",
        str(offline / "vault/root.pem"),
        "--yes",
    ]
    subprocess.run(
        [sys.executable, "-m", "rukhsa.project.command", *command],
        env={
            "PATH": "",
            "RUKHSA_DATA": str(offline / "nowhere"),
            "PYTHONPATH": str(Path(ceremony.__file__).parents[2]),
        },
        check=True,
        capture_output=True,
    )
    assert (offline / "trust-list.jws").exists()
    assert not (offline / "nowhere").exists()


def test_the_changes_are_told_in_words() -> None:
    later = replace(TRUST_LIST, version=TRUST_LIST.version + 1, issued=TRUST_LIST.issued + timedelta(days=1))
    assert says_the_same(later, TRUST_LIST)
    lost = replace(CAPITAL.keys[0], compromised_since=world.NOON, compromised_log_size=7)
    capital = replace(CAPITAL, keys=(lost, *CAPITAL.keys[1:], world.key(world.STRANGER, "seal")))
    told = changes(replace(later, authorities=(capital, *TRUST_LIST.authorities[1:])), TRUST_LIST)
    assert len(told) == 3
    assert "COMPROMISED since 2020-11-15 09:00 UTC" in told[1]
    assert told[2].endswith(": new")

"""The time stamping authority gives tokens that others' programs accept, and wrong ones when it is told to."""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives.serialization import Encoding

from rukhsa_rehearsal.sandbox.serve import Running, running
from rukhsa_rehearsal.sandbox.tsa import QUERY, REPLY, Refusal, stamper
from tests import opinions
from tests.outside import break_down, everything_works
from tests.waiting import LONGEST

SIGNATURE = b"a signature"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tsa")


@pytest.fixture(scope="module")
def tsa(folder: Path) -> Iterator[Running]:
    with running(folder) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _well(tsa: Running) -> None:
    everything_works(tsa)


def query() -> bytes:
    imprint = {
        "hash_algorithm": {"algorithm": "sha256"},
        "hashed_message": hashlib.sha256(SIGNATURE).digest(),
    }
    asked = {"version": "v1", "message_imprint": imprint, "nonce": 7, "cert_req": True}
    written: bytes = tsp.TimeStampReq(asked).dump()
    return written


def ask(tsa: Running, content: bytes) -> httpx.Response:
    return httpx.post(
        f"{tsa.address}/tsa",
        content=content,
        headers={"Content-Type": QUERY},
        trust_env=False,
        timeout=LONGEST,
    )


def openssl(folder: Path, answer: bytes, content: bytes = SIGNATURE) -> str:
    """What openssl says of a reply."""
    (folder / "reply.tsr").write_bytes(answer)
    (folder / "content").write_bytes(content)
    authority = stamper(folder).certificate.public_bytes(Encoding.PEM)
    (folder / "authority.pem").write_bytes(authority)
    asked = "ts -verify -in reply.tsr -data content -CAfile authority.pem"
    command = [opinions.program("openssl", package="openssl"), *asked.split()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.stdout


def test_openssl_accepts_its_stamps_and_no_other(tsa: Running, folder: Path) -> None:
    answer = ask(tsa, query())
    assert answer.headers["content-type"] == REPLY
    assert "Verification: OK" in openssl(folder, answer.content)
    assert "Verification: OK" not in openssl(folder, answer.content, b"another signature")
    for fault in ("other-imprint", "bad-signature", "stranger"):
        break_down(tsa, "tsa", fault, times=1)
        assert "Verification: OK" not in openssl(folder, ask(tsa, query()).content), fault


def test_openssl_s_question_is_understood(tsa: Running, folder: Path) -> None:
    (folder / "content").write_bytes(SIGNATURE)
    asking = "ts -query -data content -sha256 -cert"
    command = [opinions.program("openssl", package="openssl"), *asking.split()]
    asked = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
    assert "Verification: OK" in openssl(folder, ask(tsa, asked).content)


def test_it_refuses_what_it_does_not_understand(tsa: Running) -> None:
    for content in (
        b"",
        b"<html>",
        query()[:-3],
        query().replace(hashlib.sha256(SIGNATURE).digest(), bytes(32))[:20],
    ):
        answer = Refusal.load(ask(tsa, content).content)
        assert answer["status"]["status"].native == "rejection"
    assert (
        httpx.post(f"{tsa.address}/tsa", content=query(), trust_env=False, timeout=LONGEST).status_code == 415
    )


def test_it_keeps_its_key(folder: Path, tsa: Running) -> None:
    assert stamper(folder).certificate == stamper(folder).certificate
    assert (folder / "tsa.pem").stat().st_mode & 0o077 == 0

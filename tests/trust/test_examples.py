"""The worked examples of docs/formats: taken from the pages as a stranger would, and run."""

import json
import re
import subprocess
import sys
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from rukhsa.trust import keys, profiles, qr, seal, statuslist, trustlist
from rukhsa.trust.keys import PublicKey, from_base64url
from rukhsa.trust.seal import Claims
from rukhsa.trust.verdict import to_json
from tests.trust import world
from tests.trust.test_command import Quiet
from tests.trust.vectors import examples

PAGES = {page.stem: page for page in examples.pages()}


def example(page: str, name: str) -> str:
    return examples.in_page(PAGES[page])[name]


def public_key(jwk: dict[str, str]) -> PublicKey:
    return PublicKey(jwk={name: jwk[name] for name in ("kty", "crv", "x", "y")})


def sealed() -> bytes:
    """The seal, put together from the lines of the page."""
    lines = example("seal", "seal-bytes").splitlines()
    return b"".join(bytes.fromhex(line.split()[1]) for line in lines if "  # " in line)


def claims() -> Claims:
    return seal.read(sealed()).claims


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_as_the_code_makes_them(page: str) -> None:
    assert PAGES[page].read_text("utf-8") == examples.written_anew(PAGES[page])
    assert all(examples.in_page(PAGES[page]).values())


def test_a_page_that_says_something_else_is_found(tmp_path: Path) -> None:
    changed = tmp_path / "seal.md"
    changed.write_text(
        PAGES["seal"].read_text("utf-8").replace("iat: 1604566800", "iat: 1604566801"), "utf-8"
    )
    assert changed.read_text("utf-8") != examples.written_anew(changed)


def test_every_format_of_a_verifier_has_a_worked_example() -> None:
    texts = {page.stem: page.read_text("utf-8") for page in examples.PAGES.glob("*.md")}
    for name in ("seal", "profile", "status-list", "log", "trust-list", "pdf", "verdict"):
        assert re.search(r"^## (A )?[Ww]orked example", texts[name], re.MULTILINE), name


def test_the_text_the_bytes_and_the_signature_of_the_seal_belong_together() -> None:
    assert qr.read_qr_text(example("seal", "qr-text")).seal_bytes == sealed()
    read, key = seal.read(sealed()), json.loads(example("seal", "seal-key"))
    assert read.kid.hex() == key["kid"] == keys.kid(public_key(key).jwk).hex()
    # The signature by pyca/cryptography alone, over the bytes that the page says are signed.
    x, y = (int.from_bytes(from_base64url(key[name])) for name in "xy")
    numbers = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1())
    der = encode_dss_signature(int.from_bytes(read.signature[:32]), int.from_bytes(read.signature[32:]))
    numbers.public_key().verify(der, bytes.fromhex(example("seal", "seal-signed")), ec.ECDSA(SHA256()))
    assert example("seal", "seal-bytes").endswith(seal.leaf_entry(read).hex())


def test_the_profile_shows_the_facts_of_the_seal_as_the_page_says() -> None:
    profile = profiles.from_json(json.loads(example("profile", "profile")))
    facts = {int(key): fact for key, fact in json.loads(example("profile", "facts")).items()}
    assert facts == claims().facts
    profiles.check(facts, profile)
    for language, shown in json.loads(example("profile", "shown")).items():
        assert [list(pair) for pair in profiles.describe(facts, profile, language)] == shown


def test_the_status_list_says_revoked_in_one_place() -> None:
    token, uri = bytes.fromhex(example("status-list", "status-cwt")), example("status-list", "status-uri")
    key = public_key(json.loads(example("status-list", "status-key")))
    read = statuslist.read(token, uri=uri, keys=[key])
    assert (read.get(4242), read.get(4241), len(read.statuses) * 4) == (statuslist.REVOKED, 0, 8192)
    assert claims().status_uri == uri


def test_the_trust_list_is_the_one_that_the_root_signed() -> None:
    root = public_key(json.loads(example("trust-list", "root")))
    read = trustlist.read(example("trust-list", "trust-list-signed"), root.jwk)
    assert trustlist.to_document(read) == json.loads(example("trust-list", "trust-list"))


def test_the_verdict_is_that_on_the_seal_of_the_page() -> None:
    site = world.town_hall()
    assert site.issue() == sealed()
    found: dict[str, Any] = to_json(site.verifier.verify_text(example("seal", "qr-text"), at=world.NOON))
    assert found == json.loads(example("verdict", "verdict"))


def test_the_program_of_the_index_verifies(tmp_path: Path) -> None:
    text = (examples.PAGES / "README.md").read_text("utf-8")
    program = "\n".join(
        line.removeprefix("    ") for line in re.findall(r"^(?: {4}.*|)$", text, re.MULTILINE)
    )
    site = world.town_hall()
    code = world.text_of(site.issue())
    for address, data in (
        *site.files.items(),
        (f"{world.SITE}trust-list.jws", world.signed_trust_list().encode()),
    ):
        path = tmp_path / address.removeprefix(world.SITE)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "root.jwk").write_text(world.root_file())
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    place = f'stands_for="https://v.mun.example/", base="http://127.0.0.1:{server.server_port}/"'
    program = program.replace('stands_for="https://v.mun.example/"', place)
    program = program.replace("https://v.mun.example/#017…", code)
    program = program.replace("datetime.now(UTC)", f"datetime.fromisoformat({world.NOON.isoformat()!r})")
    try:
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert done.stdout.startswith("valid in-force Its status is known as of 60 seconds ago."), done.stderr

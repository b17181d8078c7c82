"""Time stamps: what holds, what does not, and what a file's stamp is worth."""

import base64
import contextlib
import hashlib
import io
import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from rukhsa.issuance.signature import beside, signature_of
from rukhsa.project.config import PROJECT
from rukhsa.trust import cms, coverage, stamp, trustlist
from rukhsa.trust.errors import BadStamp
from rukhsa.trust.sources import MemorySource
from rukhsa.trust.trustlist import TimeStamping, TrustList
from rukhsa.trust.verdict import to_json
from rukhsa.trust.verifier import Verifier
from rukhsa_rehearsal.sandbox.tsa import Stamper, make_stamper, token_over
from tests import opinions
from tests.trust import files, world
from tests.trust.vectors.files import make
from tests.trust.world import NOON, TRUST_LIST, Site

SIGNATURE = b"a signature"
VECTORS: dict[str, Any] = json.loads(make.CASES.read_text("utf-8"))
SINCE, UNTIL = NOON - timedelta(days=100), NOON + timedelta(days=1000)


@pytest.fixture(scope="module")
def tsa() -> Stamper:
    return make_stamper(SINCE, UNTIL)


@pytest.fixture(scope="module")
def right(tsa: Stamper) -> bytes:
    return token(tsa)


def token(by: Stamper, signature: bytes = SIGNATURE, at: datetime = NOON, *, spoilt: bool = False) -> bytes:
    digest = hashlib.sha256(signature).digest()
    made: bytes = token_over(digest, by, at=at, nonce=None, spoilt=spoilt).dump()
    return made


def listing(*stampers: Stamper, until: datetime = UNTIL) -> TrustList:
    listed = tuple(
        TimeStamping(
            certificate=each.certificate.public_bytes(Encoding.DER), not_before=SINCE, not_after=until
        )
        for each in stampers
    )
    return replace(TRUST_LIST, time_stamping=listed)


def test_a_stamp_holds_and_says_when(tsa: Stamper) -> None:
    read = stamp.read(token(tsa), SIGNATURE)
    assert datetime.fromtimestamp(read.at, UTC) == NOON
    assert x509.load_der_x509_certificate(read.certificate) == tsa.certificate
    assert read.is_known(listing(tsa))
    assert not read.is_known(listing(make_stamper(SINCE, UNTIL)))
    assert not read.is_known(listing(tsa, until=NOON))


def of_another_certificate(by: Stamper) -> bytes:
    swapped = asn1_cms.ContentInfo.load(token(by))
    stranger = asn1_x509.Certificate.load(make_stamper(SINCE, UNTIL).certificate.public_bytes(Encoding.DER))
    swapped["content"]["certificates"] = [stranger]
    made: bytes = swapped.dump(force=True)
    return made


# Made by a good authority, or by one of its own; made in the test, since keys take their time.
WRONG: dict[str, tuple[str, Callable[[Stamper], bytes]]] = {
    "another signature": ("stamp-of-another", lambda good: token(good, b"another signature")),
    "spoilt": ("bad-stamp", lambda good: token(good, spoilt=True)),
    "cut": ("bad-stamp", lambda good: token(good)[:-1]),
    "longer": ("bad-stamp", lambda good: token(good) + b"\0"),
    "empty": ("bad-stamp", lambda good: b""),
    "out of date": (
        "bad-stamp-certificate", lambda good: token(make_stamper(SINCE, NOON - timedelta(days=1))),
    ),
    "not begun": (
        "bad-stamp-certificate", lambda good: token(make_stamper(NOON + timedelta(days=1), UNTIL)),
    ),
    "another usage": (
        "bad-stamp-certificate",
        lambda good: token(make_stamper(SINCE, UNTIL, usage=ExtendedKeyUsageOID.CODE_SIGNING)),
    ),
    "usage not critical": (
        "bad-stamp-certificate", lambda good: token(make_stamper(SINCE, UNTIL, critical=False)),
    ),
    "another certificate": ("bad-stamp", of_another_certificate),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_stamp_that_does_not_hold_is_refused(name: str, tsa: Stamper) -> None:
    code, made_wrongly = WRONG[name]
    with pytest.raises(BadStamp) as refused:
        stamp.read(made_wrongly(tsa), SIGNATURE)
    assert refused.value.code == code


def test_no_stamp_with_a_bit_changed_says_another_time_or_authority(right: bytes) -> None:
    read = stamp.read(right, SIGNATURE)
    for at in range(len(right)):
        for bit in (0x01, 0x04, 0x20, 0x80):
            changed = right[:at] + bytes([right[at] ^ bit]) + right[at + 1 :]
            with contextlib.suppress(BadStamp):
                found = stamp.read(changed, SIGNATURE)
                assert (found.at, found.certificate) == (read.at, read.certificate), at


def test_openssl_s_own_stamps_hold_with_rsa_too(tmp_path: Path) -> None:
    """Another author's authority: RSA, SHA-512, a certificate by openssl."""
    (tmp_path / "tsa.cnf").write_text(
        "[req]\ndistinguished_name=dn\nx509_extensions=v3\nprompt=no\n[dn]\nCN=Another TSA\n"
        "[v3]\nextendedKeyUsage=critical,timeStamping\n[tsa]\ndefault_tsa=t\n[t]\nserial=serial\n"
        "default_policy=1.2.3.4\ndigests=sha256\nsigner_digest=sha512\ness_cert_id_alg=sha256\ncrypto_device=builtin\n"
    )
    (tmp_path / "serial").write_text("01")
    (tmp_path / "signature").write_bytes(SIGNATURE)

    openssl = opinions.program("openssl", package="openssl")
    began = int(time.time())
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out crt.pem -days 30 -config tsa.cnf",
        "ts -query -data signature -sha256 -cert -out query",
        "ts -reply -config tsa.cnf -queryfile query -signer crt.pem -inkey key.pem -token_out -out token",
    ):
        subprocess.run([openssl, *command.split()], cwd=tmp_path, check=True, capture_output=True)
    read = stamp.read((tmp_path / "token").read_bytes(), SIGNATURE)
    assert read.policy == "1.2.3.4"
    assert began <= read.at <= time.time()


@pytest.fixture(scope="module")
def site(tsa: Stamper) -> Site:
    site = world.town_hall()
    site.trust_list = listing(tsa)
    site.issue()
    return site


@pytest.fixture(scope="module")
def released(site: Site) -> bytes:
    return files.released(site, world.make_seal(log_index=5))


def stamped(data: bytes, by: Stamper, at: datetime = NOON) -> bytes:
    covered = coverage.read(data)
    bare = files.without_unsigned(covered.contents)
    made = token(by, signature_of(bare), at)
    return covered.filled(beside(bare, stamp=made, proof=files.proof_in(data)))


def test_a_stamped_file_is_valid_and_says_when(site: Site, released: bytes, tsa: Stamper) -> None:
    file = stamped(released, tsa)
    verdict = site.verifier.verify_pdf(file, at=NOON)
    assert (verdict.word, verdict.stamp) == ("valid", "stamped"), verdict.detail
    assert verdict.stamped_at == int(NOON.timestamp())
    assert len(file) == len(released)
    assert coverage.read(file).leaf_entry == coverage.read(released).leaf_entry


def test_without_its_stamp_a_file_says_that_it_has_none(site: Site, released: bytes) -> None:
    verdict = site.verifier.verify_pdf(released, at=NOON)
    assert (verdict.word, verdict.stamp, verdict.stamped_at) == ("valid", "not-stamped", None)


def test_a_stamp_of_an_authority_that_is_not_listed_counts_as_none(site: Site, released: bytes) -> None:
    verdict = site.verifier.verify_pdf(stamped(released, make_stamper(SINCE, UNTIL)), at=NOON)
    assert (verdict.word, verdict.stamp, verdict.stamped_at) == ("valid", "unknown-authority", None)


def test_a_stamp_that_does_not_hold_makes_the_file_altered(site: Site, released: bytes, tsa: Stamper) -> None:
    covered = coverage.read(released)
    bare = files.without_unsigned(covered.contents)
    proof = files.proof_in(released)
    for broken in (
        token(tsa, b"another signature"),
        token(tsa, signature_of(bare), spoilt=True),
        b"\x30\x00",
    ):
        file = covered.filled(beside(bare, stamp=broken, proof=proof))
        verdict = site.verifier.verify_pdf(file, at=NOON)
        assert (verdict.word, verdict.reason) == ("altered", "pdf-bad-stamp")


def test_a_stamp_from_before_the_seal_makes_the_file_altered(
    site: Site, released: bytes, tsa: Stamper
) -> None:
    """The seal is dated later than it was made."""
    verdict = site.verifier.verify_pdf(stamped(released, tsa, world.ISSUED - timedelta(minutes=6)), at=NOON)
    assert (verdict.word, verdict.reason) == ("altered", "pdf-bad-stamp")
    just = site.verifier.verify_pdf(stamped(released, tsa, world.ISSUED - timedelta(minutes=4)), at=NOON)
    assert just.word == "valid"


def test_pyhanko_accepts_the_stamped_file(released: bytes, tsa: Stamper) -> None:
    file = stamped(released, tsa)
    (embedded,) = PdfFileReader(io.BytesIO(file)).embedded_signatures
    roots = [
        asn1_x509.Certificate.load(each.public_bytes(Encoding.DER))
        for each in (files.certificate_of(world.PDF_SIGNER), tsa.certificate)
    ]
    context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=NOON + timedelta(days=1))
    status = validate_pdf_signature(embedded, context, ts_validation_context=context)
    assert status.intact
    assert status.valid
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.intact
    assert status.timestamp_validity.valid
    assert status.timestamp_validity.timestamp == NOON


def test_pdfsig_accepts_the_stamped_file(released: bytes, tsa: Stamper, tmp_path: Path) -> None:
    pdfsig = opinions.program("pdfsig", package="poppler-utils")
    (tmp_path / "stamped.pdf").write_bytes(stamped(released, tsa))
    said = subprocess.run([pdfsig, "-nocert", "stamped.pdf"], cwd=tmp_path, capture_output=True, text=True)
    assert "Signature is Valid." in said.stdout
    assert "Total document signed" in said.stdout


def test_without_the_check_of_the_imprint_any_stamp_would_do(
    site: Site, released: bytes, tsa: Stamper, monkeypatch: pytest.MonkeyPatch
) -> None:
    covered = coverage.read(released)
    bare = files.without_unsigned(covered.contents)
    file = covered.filled(
        beside(bare, stamp=token(tsa, b"another signature"), proof=files.proof_in(released))
    )
    assert site.verifier.verify_pdf(file, at=NOON).word == "altered"
    read = stamp.read
    monkeypatch.setattr(stamp, "read", lambda token, signature: read(token, b"another signature"))
    assert site.verifier.verify_pdf(file, at=NOON).stamp == "stamped"


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_a_published_file_comes_out_as_written(case: dict[str, Any]) -> None:
    source = MemorySource(files={name: base64.b64decode(data) for name, data in VECTORS["files"].items()})
    listed = trustlist.read(VECTORS["trust_lists"][case["trust_list"]], VECTORS["root"])
    verifier = Verifier(trust_list=listed, status=source, log=source)
    said = to_json(verifier.verify_pdf(make.changed(case), at=datetime.fromisoformat(VECTORS["at"])))
    wanted = {name: case[name] for name in ("word", "reason", "stamp", "stamped_at")}
    assert {name: said[name] for name in wanted} == wanted


def test_the_worked_example_of_the_format_is_that_file() -> None:
    page = (PROJECT / "docs/formats/pdf.md").read_text("utf-8")
    covered = coverage.read((make.FOLDER / "stamped.pdf").read_bytes())
    signed = cms.read(covered.contents, covered.digest)
    assert "[{} {} {} {}]".format(*covered.ranges) in page
    assert covered.digest.hex() in page
    assert hashlib.sha256(signed.signature).hexdigest() in page
    assert signed.proof is not None
    assert signed.proof.startswith(b"c2sp.org/tlog-proof@v1\nindex 6\n")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 900), put=st.binary(max_size=40), of=st.integers(0, 40))
def test_whatever_stands_there_is_a_stamp_or_is_refused(right: bytes, cut: int, put: bytes, of: int) -> None:
    """Never another error, and never another time: a token with some bytes put over others."""
    changed = right[:cut] + put + right[cut + of :]
    with contextlib.suppress(BadStamp):
        assert stamp.read(changed, SIGNATURE).at == int(NOON.timestamp())


@given(content=st.binary(max_size=200))
def test_no_bytes_make_the_reader_of_stamps_break(content: bytes) -> None:
    with pytest.raises(BadStamp):
        stamp.read(content, SIGNATURE)

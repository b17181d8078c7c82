"""The signature of the PDF: two other readers find it whole, and nothing else passes for it."""

import io
import subprocess
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import PdfSignatureStatus, SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from rukhsa.issuance.compose import compose
from rukhsa.issuance.signature import CannotSign, sign_pdf
from tests import opinions
from tests.rooms.issuance.seals import AT, Seal, capital_secretariat
from tests.rooms.issuance.sheets import overflowing, road_works


@pytest.fixture(scope="module")
def seal() -> Seal:
    return capital_secretariat()


@pytest.fixture(scope="module")
def composed() -> bytes:
    return compose(road_works())


@pytest.fixture(scope="module")
def signed(seal: Seal, composed: bytes) -> bytes:
    return sign_pdf(composed, sign=seal.sign, certificates=(seal.certificate,), at=AT)


def judged(file: bytes, seal: Seal) -> tuple[PdfSignatureStatus, MDPPerm | None]:
    (embedded,) = PdfFileReader(io.BytesIO(file)).embedded_signatures
    trusted = ValidationContext(trust_roots=[seal.for_pyhanko()], moment=AT, allow_fetching=False)
    return validate_pdf_signature(embedded, trusted), embedded.docmdp_level


def test_pyhanko_finds_the_whole_file_covered_certified_and_unchanged(signed: bytes, seal: Seal) -> None:
    status, permission = judged(signed, seal)
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.modification_level == ModificationLevel.NONE
    assert permission == MDPPerm.NO_CHANGES
    assert status.signer_reported_dt == AT


def test_pdfsig_agrees(signed: bytes, tmp_path: Path) -> None:
    said = _pdfsig(signed, tmp_path)
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_a_changed_byte_and_an_appended_byte_are_found(signed: bytes, seal: Seal) -> None:
    at = signed.index(b"/Lang(ar)") + 6
    changed = signed[:at] + b"e" + signed[at + 1 :]
    assert not judged(changed, seal)[0].intact
    assert judged(signed + b"\n", seal)[0].coverage != SignatureCoverageLevel.ENTIRE_FILE


def test_pdfsig_finds_a_changed_byte_and_an_appended_byte(signed: bytes, tmp_path: Path) -> None:
    at = signed.index(b"/Lang(ar)") + 6
    assert "Signature is Valid." not in _pdfsig(signed[:at] + b"e" + signed[at + 1 :], tmp_path)
    assert "Total document signed" not in _pdfsig(signed + b"\n", tmp_path)


def test_the_update_adds_no_more_than_a_field_and_keeps_what_was_there(
    composed: bytes, signed: bytes
) -> None:
    assert signed.startswith(composed)
    with pikepdf.open(io.BytesIO(signed)) as file:
        (field,) = file.Root.AcroForm.Fields
        assert [float(number) for number in field.Rect] == [0, 0, 0, 0]
        assert file.Root.Perms.DocMDP == field.V
        assert len(file.attachments) == 3


def test_a_document_of_two_pages_is_signed_on_its_first(seal: Seal) -> None:
    file = sign_pdf(compose(overflowing()), sign=seal.sign, certificates=(seal.certificate,), at=AT)
    assert judged(file, seal)[0].bottom_line


def test_the_cms_is_der_and_names_its_certificate_and_no_time(signed: bytes, seal: Seal) -> None:
    (embedded,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    content = bytes(embedded.pkcs7_content)
    parsed = cms.ContentInfo.load(content, strict=False)
    assert parsed.dump(force=True) == content[: len(parsed.dump())]
    attributes = parsed["content"]["signer_infos"][0]["signed_attrs"]
    assert {each["type"].native for each in attributes} == {
        "content_type",
        "message_digest",
        "signing_certificate_v2",
    }


def test_what_the_composer_did_not_write_is_refused(seal: Seal, composed: bytes, signed: bytes) -> None:
    for other in (b"", b"%PDF-1.7\n", composed.removesuffix(b"\n"), signed):
        with pytest.raises(CannotSign):
            sign_pdf(other, sign=seal.sign, certificates=(seal.certificate,), at=AT)


def test_a_time_without_a_zone_is_refused(seal: Seal, composed: bytes) -> None:
    with pytest.raises(CannotSign):
        sign_pdf(composed, sign=seal.sign, certificates=(seal.certificate,), at=AT.replace(tzinfo=None))


def test_another_key_than_the_certificates_is_found(seal: Seal, composed: bytes) -> None:
    other = capital_secretariat()
    file = sign_pdf(composed, sign=other.sign, certificates=(seal.certificate,), at=AT)
    assert not judged(file, seal)[0].valid


def _pdfsig(file: bytes, folder: Path) -> str:
    path = folder / "signed.pdf"
    path.write_bytes(file)
    return subprocess.run(
        [opinions.program("pdfsig", package="poppler-utils"), "-nocert", str(path)],
        capture_output=True,
        text=True,
    ).stdout

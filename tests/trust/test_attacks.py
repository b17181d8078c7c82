"""Attacks on released files: ours refuses each with the reason written down, beside what two other readers say."""

import io
import re
import subprocess
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from rukhsa.project.config import PROJECT
from rukhsa.trust import coverage
from tests import opinions
from tests.trust import attacks, files
from tests.trust.attacks import Attack, Genuine
from tests.trust.world import NOON, PDF_SIGNER, STRANGER

PAGE = PROJECT / "docs/formats/pdf.md"
ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def genuine() -> Genuine:
    return Genuine()


@pytest.fixture(scope="module")
def corpus(genuine: Genuine) -> dict[str, Attack]:
    return {each.how: each for each in attacks.every(genuine)}


def test_each_attack_is_refused_for_its_reason_and_the_genuine_file_is_not(
    genuine: Genuine, corpus: dict[str, Attack]
) -> None:
    for file in (genuine.released, genuine.stamped):
        assert ours(genuine, file) == "in-force"
    found = {how: ours(genuine, each.file) for how, each in corpus.items()}
    assert found == {how: each.reason for how, each in corpus.items()}
    assert [how for how, reason in found.items() if reason == "in-force"] == ["the stamp removed"]


@pytest.mark.slow
def test_the_page_says_what_we_and_pyhanko_say_of_each_file(
    genuine: Genuine, corpus: dict[str, Attack]
) -> None:
    told = {row[0]: row[1:] for row in ROW.findall(PAGE.read_text("utf-8").partition("## Attacks")[2])}
    told = {how: row for how, row in told.items() if how not in ("done to the file", "---")}
    rows = files_of(genuine, corpus)
    assert {how: row[:2] for how, row in told.items()} == {
        how: (f"`{ours(genuine, file)}`", by_pyhanko(genuine, file)) for how, file in rows.items()
    }


def test_the_page_says_what_pdfsig_says_of_each_file(
    genuine: Genuine, corpus: dict[str, Attack], tmp_path: Path
) -> None:
    pdfsig = opinions.program("pdfsig", package="poppler-utils")
    rows = ROW.findall(PAGE.read_text("utf-8").partition("## Attacks")[2])
    told = {how: last for how, *_, last in rows if how not in ("done to the file", "---")}
    assert told == {how: by_pdfsig(pdfsig, file, tmp_path) for how, file in files_of(genuine, corpus).items()}


def files_of(genuine: Genuine, corpus: dict[str, Attack]) -> dict[str, bytes]:
    """The genuine files and those that were attacked, by how each was made."""
    return {
        "genuine, not stamped": genuine.released,
        "genuine, stamped": genuine.stamped,
        **{how: each.file for how, each in corpus.items()},
    }


def ours(genuine: Genuine, file: bytes) -> str:
    return genuine.site.verifier.verify_pdf(file, at=NOON).reason


def by_pyhanko(genuine: Genuine, file: bytes) -> str:
    """With both signers' certificates and the time stamping authority's trusted, and everything else as it comes."""
    trusted = [files.certificate_of(PDF_SIGNER), files.certificate_of(STRANGER), genuine.tsa.certificate]
    roots = [asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in trusted]
    try:
        signatures = PdfFileReader(io.BytesIO(file)).embedded_signatures
        judged = [
            validate_pdf_signature(
                each,
                ValidationContext(trust_roots=roots, allow_fetching=False, moment=NOON),
                ValidationContext(trust_roots=roots, allow_fetching=False, moment=NOON),
            )
            for each in signatures
        ]
    except Exception as error:  # another's program: whatever it raises is its answer
        return f"error ({type(error).__name__})"
    if not judged:
        return "no signature"
    if not all(each.bottom_line for each in judged):
        return "refuses"
    whole = judged[-1].coverage is SignatureCoverageLevel.ENTIRE_FILE
    return "accepts" if whole else "accepts, covers a part"


def by_pdfsig(pdfsig: str, file: bytes, folder: Path) -> str:
    path = folder / "file.pdf"
    path.write_bytes(file)
    said = subprocess.run([pdfsig, "-nocert", str(path)], capture_output=True, text=True, timeout=300).stdout
    verdicts = re.findall(r"Signature Validation: (.*)", said)
    if not verdicts:
        return "no signature"
    if any(each != "Signature is Valid." for each in verdicts):
        return "refuses"
    return "accepts" if "Total document signed" in said else "accepts, covers a part"


def test_without_the_check_of_coverage_updates_would_pass_for_signed(
    genuine: Genuine, corpus: dict[str, Attack], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: cut back to what was signed, each of these is the genuine file."""
    read = coverage.read
    size = len(genuine.stamped)
    monkeypatch.setattr(coverage, "read", lambda data: read(data[:size]))
    monkeypatch.setattr("pikepdf.open", _first(size))
    for how in ("bytes appended", "update: page contents replaced (ISA)", "update: attachments replaced"):
        assert corpus[how].file.startswith(genuine.stamped)
        assert genuine.site.verifier.verify_pdf(corpus[how].file, at=NOON).reason != "pdf-not-covered"


def _first(size: int):  # type: ignore[no-untyped-def]
    import pikepdf

    opened = pikepdf.open
    return lambda file, **options: opened(io.BytesIO(file.getvalue()[:size]), **options)


def test_without_looking_at_the_page_an_insider_prints_what_he_likes(
    genuine: Genuine, corpus: dict[str, Attack], monkeypatch: pytest.MonkeyPatch
) -> None:
    how = ("insider: another length printed", "insider: the code of another licence")
    assert [ours(genuine, corpus[each].file) for each in how] == ["pdf-text-differs", "pdf-code-differs"]
    monkeypatch.setattr(genuine.site.verifier._duties, "looks_at_pages", False)
    assert [ours(genuine, corpus[each].file) for each in how] == ["in-force", "in-force"]

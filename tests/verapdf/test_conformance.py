"""Documents meet PDF/A-3a and PDF/UA-1 before and after the signature, and the validator can tell."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
import typst
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from rukhsa.issuance.compose import FONTS, compose
from rukhsa.issuance.signature import sign_pdf, signature_of
from rukhsa.issuance.time_stamp import completed
from rukhsa.trust import coverage
from rukhsa_rehearsal.sandbox.tsa import make_stamper, token_over
from tests.rooms.issuance.seals import AT, capital_secretariat
from tests.rooms.issuance.sheets import english_only, mapped, overflowing, road_works
from tests.verapdf.validator import Validation, validate

# One run of Java judges all files of both tests.
pytestmark = pytest.mark.xdist_group("verapdf")

STAGES = ("set", "signed", "stamped")
RIGHT = [f"{page}-{stage}.pdf" for page in ("one", "two", "english", "mapped") for stage in STAGES]
WRONG = [name.replace(".pdf", "-broken.pdf") for name in RIGHT]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Validation]:
    """What veraPDF says of every file, by its name and the flavour."""
    folder = tmp_path_factory.mktemp("verapdf")
    files = [_written(folder / name, content) for name, content in _contents().items()]
    said = validate(("3a", "ua1"), files)
    assert len(said) == 2 * len(files)
    return {(each.file.name, each.flavour): each for each in said}


def test_documents_meet_both_standards_before_and_after_the_signature(
    found: dict[tuple[str, str], Validation],
) -> None:
    """Set, signed and stamped; beside each the same file with one name misspelt, which meets neither."""
    right = {key: each for key, each in found.items() if key[0] in RIGHT}
    wrong = {key: each for key, each in found.items() if key[0] in WRONG}
    assert len(right) == len(wrong) == 24
    assert {key: each.broken for key, each in right.items() if not each.meets} == {}
    assert [key for key, each in wrong.items() if each.meets] == []


def test_the_validator_refuses_a_plain_page_and_an_update_without_a_newline(
    found: dict[tuple[str, str], Validation],
) -> None:
    assert not found["plain.pdf", "3a"].meets
    assert not found["plain.pdf", "ua1"].meets
    assert found["update.pdf", "3a"].broken == ("6.1.9-1",)


def _contents() -> dict[str, bytes]:
    """All files of the tests by name."""
    made: dict[str, bytes] = {}
    pages = {"one": road_works(), "two": overflowing(), "english": english_only(), "mapped": mapped()}
    for name, page in pages.items():
        for stage, content in _stages(compose(page)).items():
            assert b"/MarkInfo" in content
            made[f"{name}-{stage}.pdf"] = content
            made[f"{name}-{stage}-broken.pdf"] = content.replace(b"/MarkInfo", b"/MarkXnfo")
    plain = typst.compile(
        b'#set text(font: "Amiri")\nplain', font_paths=[str(FONTS / "400Regular")], ignore_system_fonts=True
    )
    return made | {"plain.pdf": bytes(plain), "update.pdf": _updated_without_newline(compose(road_works()))}


def _stages(composed: bytes) -> dict[str, bytes]:
    """As set, as signed, and as handed out: with a proof of the log and a time stamp beside the signature."""
    seal = capital_secretariat()
    signed = sign_pdf(composed, sign=seal.sign, certificates=(seal.certificate,), at=AT)
    covered = coverage.read(signed)
    tsa = make_stamper(AT - timedelta(days=1), AT + timedelta(days=1))
    digest = hashlib.sha256(signature_of(covered.contents)).digest()
    stamp = token_over(digest, tsa, at=AT, nonce=1).dump()
    return {
        "set": composed,
        "signed": signed,
        "stamped": completed(covered, proof="c2sp.org/tlog-proof@v1\n" * 40, stamp=stamp),
    }


def _updated_without_newline(composed: bytes) -> bytes:
    seal = capital_secretariat()
    signer = signers.SimpleSigner(
        signing_cert=seal.for_pyhanko(), signing_key=seal.key_for_pyhanko(), cert_registry=seal.store()
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(composed.removesuffix(b"\n")))
    meant = signers.PdfSignatureMetadata(field_name="Seal")
    return bytes(signers.sign_pdf(writer, meant, signer=signer).getvalue())


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path

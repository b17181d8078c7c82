"""The page's own reader of released files beside the library's: what one refuses, the other refuses too."""

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from rukhsa.trust import coverage, specimen
from tests.trust import attacks, files, test_marks, test_pdf, world
from tests.trust import test_file_mutations as mutations
from tests.trust.world import NOON, STRANGER, Site
from tests.web.public.conftest import PAGE
from tests.web.public.test_modules import run

SPECIMEN = json.dumps(dict(specimen.public_key().jwk))
# The page leaves the printed text to the server.
LEFT_TO_THE_SITE = {"pdf-text-differs", "pdf-code-differs"}


@pytest.fixture(scope="module")
def site() -> Site:
    site = world.town_hall()
    site.issue()
    return site


@pytest.fixture(scope="module")
def unsigned(site: Site) -> bytes:
    return files.compose(files.attachments(site, world.make_seal(log_index=5)))


@pytest.fixture(scope="module")
def released(site: Site, unsigned: bytes) -> bytes:
    return files.log(site, files.sign(unsigned))


def verdicts(site: Site, asked: dict[str, bytes], folder: Path) -> dict[str, tuple[str, str, str]]:
    """The verdict of the page's modules on each file, run by node."""
    question = folder / "question.json"
    packed = {address: b64encode(data).decode() for address, data in site.files.items()}
    text = {
        "root": dict(world.ROOT.jwk),
        "trust_list": world.signed_trust_list(site.trust_list),
        "at": int(NOON.timestamp()),
        "public": packed,
        "files": {name: b64encode(data).decode() for name, data in asked.items()},
    }
    question.write_text(json.dumps(text))
    rows = run("released.mjs", str(question), SPECIMEN)
    return {str(row["name"]): (str(row["word"]), str(row["reason"]), str(row["detail"])) for row in rows}


def forgeries(site: Site, unsigned: bytes, released: bytes) -> Iterator[tuple[str, bytes]]:
    """Every forged or faulty file of the library's own tests, by what was done to it."""
    yield from {"unsigned": unsigned, "empty": b"", "bare": b"%PDF-1.7", "another kind": b"GIF89a"}.items()
    yield from {f"behind {len(more)}": released + more for more in (b"\n", b"%%EOF\n", released)}.items()
    yield "not in the log", files.sign(unsigned)
    yield "a stranger's", files.sign(unsigned, STRANGER)
    yield "signed with the key of seals", files.sign(unsigned, world.SEALER)
    once = files.sign_by_pyhanko(unsigned, docmdp_permissions=MDPPerm.FILL_FORMS)
    yield "may be filled in", once
    yield (
        "signed twice",
        files.sign_by_pyhanko(once, certify=False, docmdp_permissions=None, field_name="Two"),
    )
    for name, options in {
        "not certified": {"certify": False, "docmdp_permissions": None},
        "older kind": {"subfilter": SigSeedSubFilter.ADOBE_PKCS7_DETACHED},
        "another digest": {"md_algorithm": "sha512"},
    }.items():
        yield name, files.sign_by_pyhanko(unsigned, **options)
    sealed = world.make_seal(log_index=5)
    for number, (attached, _) in enumerate(test_pdf.wrong_attachments(site, sealed)):
        yield f"attachments {number}", files.sign(files.compose(attached))
    yield from test_marks.claiming(
        world.STATUS_URI.encode(), world.text_of(sealed).encode(), coverage.read(released).contents
    ).items()
    elsewhere = (each.encode() for each in (f"{test_marks.ELSEWHERE}x", f"{test_marks.ELSEWHERE}#{'1' * 40}"))
    for name, data in test_marks.claiming(*elsewhere, b"x" * 99).items():
        yield f"a stranger's: {name}", data
    for change in (test_pdf.add_script, test_pdf.add_action, test_pdf.add_link, test_pdf.add_layer):
        yield change.__name__, files.sign_by_pyhanko(test_pdf.changed_file(unsigned, change))


def test_a_released_file_is_valid_whoever_signed_it_by_our_format(
    site: Site, unsigned: bytes, released: bytes, tmp_path: Path
) -> None:
    by_pyhanko = files.log(site, files.sign_by_pyhanko(unsigned))
    said = verdicts(site, {"ours": released, "pyhanko": by_pyhanko}, tmp_path)
    assert {name: row[:2] for name, row in said.items()} == {
        "ours": ("valid", "in-force"),
        "pyhanko": ("valid", "in-force"),
    }, said


def test_every_forged_file_is_refused_for_the_reason_that_the_library_gives(
    site: Site, unsigned: bytes, released: bytes, tmp_path: Path
) -> None:
    asked = dict(forgeries(site, unsigned, released))
    said = verdicts(site, asked, tmp_path)
    assert len(said) > 25
    for name, data in asked.items():
        wanted = site.verifier.verify_pdf(data, at=NOON)
        assert wanted.reason not in LEFT_TO_THE_SITE
        assert said[name][:2] == (wanted.word, wanted.reason), (name, said[name])
    assert {row[0] for row in said.values()} == {"altered", "not-ours", "not-registered"}


def test_no_file_with_a_byte_changed_is_valid_to_the_page(
    site: Site, released: bytes, tmp_path: Path
) -> None:
    changed = {
        str(at): released[:at] + bytes([released[at] ^ 0x20]) + released[at + 1 :]
        for at in range(0, len(released), 211)
    }
    said = verdicts(site, changed, tmp_path)
    assert [name for name, row in said.items() if row[0] == "valid"] == []


@pytest.mark.slow
def test_no_digit_of_a_signature_and_its_stamp_can_be_changed_for_the_page(tmp_path: Path) -> None:
    """The published file, with each hexadecimal digit in the other case, and every fourth changed."""
    changes = []
    for at in range(mutations.FIRST - 1, mutations.LAST + 8):
        old = chr(mutations.DATA[at])
        others = {old.swapcase()} - {old}
        if at % 4 == 0:
            others |= {" ", "0" if old != "0" else "1"}
        changes += [(at, ord(each)) for each in sorted(others)]
    vectors = mutations.WORLD
    question = {
        **{
            "root": vectors["root"],
            "trust_list": vectors["trust_lists"]["stamping"],
            "public": vectors["files"],
        },
        **{"at": int(mutations.AT.timestamp()), "files": {"whole": b64encode(mutations.DATA).decode()}},
        **{"changed": b64encode(mutations.DATA).decode(), "changes": changes},
    }
    (tmp_path / "question.json").write_text(json.dumps(question))
    whole, *rows = run("released.mjs", str(tmp_path / "question.json"), SPECIMEN)
    assert whole["word"] == "valid", whole
    assert len(rows) == len(changes) > 2500
    assert [row for row in rows if row["word"] == "valid"] == []


def test_what_another_says_of_a_stamp_the_page_says_too(tmp_path: Path) -> None:
    genuine = attacks.Genuine()
    asked = {each.how: each.file for each in attacks._beside_the_signature(genuine)}
    said = verdicts(genuine.site, asked, tmp_path)
    for name, data in asked.items():
        wanted = genuine.site.verifier.verify_pdf(data, at=NOON)
        assert said[name][:2] == (wanted.word, wanted.reason), (name, said[name])
    assert said["the stamp of another signature"][1] == "pdf-bad-stamp"


def test_without_its_check_of_the_digest_a_changed_file_would_be_valid_to_the_page(
    site: Site, released: bytes, tmp_path: Path
) -> None:
    """The negative control: a changed letter in a stream, and modules that do not compare the digest."""
    place = released.rindex(b"/Title")
    changed = released[: place + 12] + b"#" + released[place + 13 :]
    assert verdicts(site, {"changed": changed}, tmp_path)["changed"][1] == "pdf-bad-signature"
    broken = tmp_path / "modules"
    shutil.copytree(PAGE, broken)
    cms = broken / "cms.js"
    cms.write_text(cms.read_text().replace('throw bad("the file is not what was signed")', "null"))
    (row,) = run("released.mjs", str(tmp_path / "question.json"), SPECIMEN, modules=broken)
    assert row["reason"] != "pdf-bad-signature"

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from rukhsa.issuance.signature import beside
from rukhsa.trust import cms, coverage, pdf
from rukhsa.trust.errors import BadPdf
from rukhsa.trust.verdict import Verdict
from tests.trust import files, world
from tests.trust.world import CLAIMS, NOON, PDF_SIGNER, STRANGER, TRUST_LIST, Site


@pytest.fixture(scope="module")
def site() -> Site:
    site = world.town_hall()
    site.issue()
    return site


@pytest.fixture(scope="module")
def sealed(site: Site) -> bytes:
    return world.make_seal(log_index=5)


@pytest.fixture(scope="module")
def unsigned(site: Site, sealed: bytes) -> bytes:
    return files.compose(files.attachments(site, sealed))


@pytest.fixture(scope="module")
def released(site: Site, unsigned: bytes) -> bytes:
    return files.log(site, files.sign(unsigned))


def verdict(site: Site, data: bytes, **more: str) -> Verdict:
    return site.verifier.verify_pdf(data, at=NOON, **more)


def found(site: Site, data: bytes) -> tuple[str, str]:
    answer = verdict(site, data)
    return answer.word, answer.reason


def test_a_released_file_is_valid(site: Site, released: bytes) -> None:
    answer = verdict(site, released)
    assert (answer.word, answer.reason) == ("valid", "in-force"), answer.detail
    assert answer.log_size == 7  # the file's own proof is newer than its seal's
    assert (answer.stamp, answer.stamped_at) == ("not-stamped", None)


def test_a_file_signed_by_another_authors_program_is_valid(site: Site, unsigned: bytes) -> None:
    assert found(site, files.log(site, files.sign_by_pyhanko(unsigned))) == ("valid", "in-force")


def test_the_second_opinion_agrees(released: bytes) -> None:
    reader = PdfFileReader(io.BytesIO(released))
    context = ValidationContext(trust_roots=[], allow_fetching=False, moment=NOON + timedelta(days=1))
    status = validate_pdf_signature(reader.embedded_signatures[0], context)
    assert status.intact
    assert status.valid
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE


def test_a_file_needs_no_log_to_be_reached(site: Site, released: bytes) -> None:
    offline = Site(files={world.STATUS_URI: world.status_token()})
    assert found(offline, released) == ("valid", "in-force")


def test_a_revoked_licence_is_revoked_in_its_file_too(site: Site, released: bytes) -> None:
    later = Site(files=site.files | {world.STATUS_URI: world.status_token(1)})
    assert found(later, released) == ("revoked", "revoked")


def test_no_file_with_a_byte_changed_is_valid(site: Site, released: bytes) -> None:
    step, valid = 41, []
    for at in range(0, len(released), step):
        changed = released[:at] + bytes([released[at] ^ 0x20]) + released[at + 1 :]
        if verdict(site, changed).valid:
            valid.append(at)
    assert not valid


def test_no_signature_with_a_bit_changed_holds(unsigned: bytes) -> None:
    """Not only the file: no byte of its signature can be written in another way either."""
    covered = coverage.read(files.sign(unsigned))
    digest, contents = covered.digest, covered.contents
    cms.read(contents, digest)
    held = []
    for at in range(len(contents.rstrip(b"\0")) + 3):
        for flip in (0x01, 0x04, 0x20, 0x80):
            changed = contents[:at] + bytes([contents[at] ^ flip]) + contents[at + 1 :]
            with contextlib.suppress(BadPdf):
                cms.read(changed, digest)
                held.append(at)
    assert not held


def ranges(data: bytes) -> tuple[int, ...]:
    return tuple(map(int, re.findall(rb"/ByteRange\s*\[0 (\d+) (\d+) (\d+)\]", data)[-1]))


def test_no_file_cut_short_is_valid(site: Site, released: bytes) -> None:
    assert not [end for end in range(0, len(released), 97) if verdict(site, released[:end]).valid]


def test_no_file_with_something_behind_it_is_valid(site: Site, released: bytes) -> None:
    for more in (b"\n", b" ", b"%%EOF\n", released, b"\x00" * 100):
        assert found(site, released + more)[0] == "altered"


def test_a_page_replaced_by_an_update_is_altered(site: Site, released: bytes) -> None:
    """The shadow attack by an incremental update: the signature still verifies over its own bytes."""
    update = b"1 0 obj\n<</Type/Catalog>>\nendobj\nxref\n1 1\n%010d 00000 n \n"
    update += b"trailer\n<</Size 99/Root 1 0 R/Prev %d>>"
    start = re.findall(rb"startxref\n(\d+)", released)[-1]
    assert (
        found(site, released + update % (len(released), int(start)) + b"\nstartxref\n0\n%%EOF\n")[1]
        == "pdf-not-covered"
    )


def test_a_second_signature_of_a_stranger_is_altered(site: Site, unsigned: bytes) -> None:
    once = files.sign_by_pyhanko(unsigned, docmdp_permissions=MDPPerm.FILL_FORMS)
    twice = files.sign_by_pyhanko(once, STRANGER, certify=False, docmdp_permissions=None, field_name="Two")
    assert found(site, twice) == ("altered", "pdf-revised")


def test_a_second_signature_of_the_same_key_is_altered(site: Site, unsigned: bytes) -> None:
    once = files.sign_by_pyhanko(unsigned, docmdp_permissions=MDPPerm.FILL_FORMS)
    twice = files.sign_by_pyhanko(once, certify=False, docmdp_permissions=None, field_name="Two")
    assert found(site, once) == ("altered", "pdf-bad-signature")
    assert found(site, twice)[0] == "altered"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"certify": False, "docmdp_permissions": None}, "bad-pdf"),
        ({"docmdp_permissions": MDPPerm.FILL_FORMS}, "pdf-bad-signature"),
        ({"docmdp_permissions": MDPPerm.ANNOTATE}, "pdf-bad-signature"),
        ({"subfilter": SigSeedSubFilter.ADOBE_PKCS7_DETACHED}, "pdf-bad-signature"),
        ({"md_algorithm": "sha512"}, "pdf-bad-signature"),
    ],
)
def test_a_signature_of_another_kind_is_altered(
    site: Site, unsigned: bytes, options: dict[str, Any], reason: str
) -> None:
    assert found(site, files.sign_by_pyhanko(unsigned, **options)) == ("altered", reason)


def test_a_file_signed_by_a_stranger_is_altered(site: Site, unsigned: bytes) -> None:
    assert found(site, files.sign(unsigned, STRANGER)) == ("altered", "pdf-unknown-key")
    assert found(site, files.sign(unsigned, world.SEALER)) == ("altered", "pdf-unknown-key")


def test_an_unsigned_file_with_our_seal_is_altered_and_other_things_are_not_ours(
    site: Site, unsigned: bytes
) -> None:
    assert found(site, unsigned) == ("altered", "not-a-pdf")
    for data in (b"", b"%PDF-1.7", b"GIF89a", bytes(100)):
        assert found(site, data) == ("not-ours", "other-file")
    assert found(site, b"%PDF-1.7\n/ByteRange [0 9 9 9]") == ("not-ours", "other-signature")


def test_a_file_with_the_key_of_another_authority_is_altered(unsigned: bytes) -> None:
    capital = replace(world.CAPITAL, keys=tuple(key for key in world.CAPITAL.keys if key.purpose != "pdf"))
    southern = replace(world.SOUTHERN, keys=(*world.SOUTHERN.keys, world.key(PDF_SIGNER, "pdf")))
    other = world.town_hall()
    other.issue()
    other.trust_list = replace(TRUST_LIST, authorities=(capital, southern))
    assert found(other, files.sign(unsigned)) == ("altered", "pdf-other-issuer")


def test_a_file_with_a_stolen_key_is_altered_and_its_seal_is_not(unsigned: bytes, sealed: bytes) -> None:
    stolen = world.key(PDF_SIGNER, "pdf", compromised_since=NOON, compromised_log_size=6)
    keys = tuple(stolen if key.purpose == "pdf" else key for key in world.CAPITAL.keys)
    site = world.town_hall()
    site.issue()
    site.trust_list = replace(TRUST_LIST, authorities=(replace(world.CAPITAL, keys=keys),))
    assert found(site, files.log(site, files.sign(unsigned))) == ("altered", "pdf-key-compromised")
    assert site.verifier.verify_seal(sealed, at=NOON).valid


def test_a_file_that_was_logged_before_its_key_was_stolen_stays_valid(unsigned: bytes) -> None:
    site = world.town_hall()
    site.issue()
    earlier = files.log(site, files.sign(unsigned))
    stolen = world.key(PDF_SIGNER, "pdf", compromised_since=NOON, compromised_log_size=7)
    keys = tuple(stolen if key.purpose == "pdf" else key for key in world.CAPITAL.keys)
    site.trust_list = replace(TRUST_LIST, authorities=(replace(world.CAPITAL, keys=keys),))
    assert found(site, earlier) == ("valid", "in-force")


def test_a_file_that_is_not_in_the_log_is_not_registered(
    site: Site, unsigned: bytes, released: bytes
) -> None:
    """An attacker with the key and the seal of a genuine document still needs the log, which all can see."""
    assert found(site, files.sign(unsigned)) == ("not-registered", "pdf-not-in-log")
    another = files.sign(unsigned, at=NOON + timedelta(seconds=1))
    theirs = cms_of(released)
    proof = cms.read(theirs, coverage.read(released).digest).proof
    assert proof is not None
    with_its_proof = coverage.read(another).filled(beside(coverage.read(another).contents, proof=proof))
    assert found(site, with_its_proof) == ("altered", "bad-proof")


def cms_of(data: bytes) -> bytes:
    return coverage.read(data).contents


def wrong_attachments(site: Site, sealed: bytes) -> Iterator[tuple[dict[str, bytes], str]]:
    right = files.attachments(site, sealed)
    other = world.make_seal(replace(CLAIMS, instrument="RW-2020-000124-L"), log_index=5)
    facts = right["facts.json"]
    yield {name: data for name, data in right.items() if name != "seal.tlog-proof"}, "pdf-attachments"
    yield right | {"invoice.xml": b"<x/>"}, "pdf-attachments"
    yield right | {"facts.json": b" " * 70_000}, "pdf-attachments"
    yield right | {"seal.cwt": other}, "bad-proof"
    yield right | {"seal.cwt": sealed[:-1]}, "bad-cbor"
    yield right | {"seal.tlog-proof": b"\xff"}, "pdf-attachments"
    yield right | {"seal.tlog-proof": b"none"}, "bad-proof"
    yield right | {"facts.json": b"{"}, "pdf-facts-differ"
    yield right | {"facts.json": b"[]"}, "pdf-facts-differ"
    yield (
        right | {"facts.json": facts.replace(b'"instrument": "RW', b'"instrument": "XX')},
        "pdf-facts-differ",
    )
    yield right | {"facts.json": facts.replace(b'"7": 1', b'"7": 2')}, "pdf-facts-differ"


def test_a_file_whose_attachments_are_not_the_three_is_altered(site: Site, sealed: bytes) -> None:
    right = files.attachments(site, sealed)
    assert found(site, files.log(site, files.sign(files.compose(right))))[0] == "valid"
    for attached, reason in wrong_attachments(site, sealed):
        if attached.get("seal.cwt") not in (None, sealed) and reason == "bad-proof":
            attached["facts.json"] = files.attachments(site, attached["seal.cwt"])["facts.json"]
        assert found(site, files.sign(files.compose(attached)))[1] == reason, sorted(attached)


def test_a_signed_file_that_acts_or_asks_is_altered(site: Site, unsigned: bytes) -> None:
    """What an authority's own mistake might let in: each is refused although the signature is good."""
    for change in (add_script, add_action, add_link, add_layer):
        assert (
            found(site, files.sign_by_pyhanko(changed_file(unsigned, change)))[1] == "pdf-active-content"
        ), change
    unchanged = files.sign_by_pyhanko(changed_file(unsigned, lambda document: None))
    assert found(site, files.log(site, unchanged))[0] == "valid"


def changed_file(unsigned: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(unsigned)) as document:
        change(document)
        out = io.BytesIO()
        document.save(out, static_id=True)
    return out.getvalue()


def add_script(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.Root.Names.JavaScript = pikepdf.Dictionary(Names=pikepdf.Array(["go", action]))


def add_action(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])


def add_link(document: pikepdf.Pdf) -> None:
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9])
    document.pages[0].obj.Annots = pikepdf.Array([document.make_indirect(link)])


def add_layer(document: pikepdf.Pdf) -> None:
    document.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([]))


def test_without_the_check_of_active_content_such_a_file_would_be_valid(
    site: Site, unsigned: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "_check_inactive", lambda document, data: None)
    acting = files.sign_by_pyhanko(changed_file(unsigned, add_script))
    assert found(site, files.log(site, acting))[0] == "valid"


def test_without_the_check_of_coverage_bytes_behind_would_be_valid(released: bytes, site: Site) -> None:
    """The negative control of coverage: the same file, its own bytes only, is what the signature is over."""
    before, after, length = ranges(released)
    assert after + length == len(released)
    with pytest.raises(BadPdf, match="pdf-not-covered"):
        pdf.read(released + b"\n", TRUST_LIST)
    assert pdf.read(released, TRUST_LIST).seal_bytes
    assert before < after


def test_damage_that_shows_only_when_an_object_is_reached_is_not_overlooked(
    site: Site, unsigned: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its signature holds and it opens without a warning: what qpdf repairs comes to light during the walk."""
    whole = changed_file(unsigned, add_mark)
    assert whole.count(b"/UNDAMAGED_NAME") == 1
    damaged = whole.replace(b"/UNDAMAGED_NAME", b"/NAMED#00BY_NUL")
    whole, damaged = (files.log(site, files.sign_by_pyhanko(each)) for each in (whole, damaged))
    with pikepdf.open(io.BytesIO(damaged), attempt_recovery=False, suppress_warnings=True) as document:
        assert document.get_warnings() == []
    assert found(site, whole)[0] == "valid"
    answer = verdict(site, damaged)
    assert (answer.reason, answer.detail) == ("bad-pdf", "damaged")
    # The control: with the first look alone, the file would be valid.
    monkeypatch.setattr(pikepdf.Pdf, "get_warnings", lambda _: [])
    assert found(site, damaged)[0] == "valid"


def add_mark(document: pikepdf.Pdf) -> None:
    document.Root.PieceInfo = document.make_indirect(pikepdf.Dictionary(Kept=pikepdf.Name("/UNDAMAGED_NAME")))


def test_a_file_is_compared_with_the_code_that_was_read(site: Site, released: bytes, sealed: bytes) -> None:
    assert verdict(site, released, qr_text=world.text_of(sealed)).valid
    other = world.text_of(world.make_seal(log_index=4))
    assert verdict(site, released, qr_text=other).reason == "pdf-seal-differs"
    assert verdict(site, released, qr_text="https://v-mun.example/#012").reason == "foreign-host"


def test_a_bomb_is_never_opened_before_its_signature_holds(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pikepdf, "open", lambda *_, **__: pytest.fail("parsed"))
    bomb = b"%PDF-1.7\n" + b"/ByteRange [0 30 40 9999]" * 3 + b"<00>"
    assert found(site, bomb) == ("not-ours", "other-signature")


def test_malformed_signatures_map_to_a_reason(site: Site, released: bytes) -> None:
    gap = re.search(rb"/Contents<([0-9a-f]+)>", released)
    assert gap is not None
    for filling in (
        "30820001",
        "3082ffff",
        "308180",
        "00",
        "30820100" + "30" * 256,
        "a0" * 40,
        "3080" + "00" * 8,
    ):
        padded = filling.encode().ljust(len(gap[1]), b"0")
        changed = released[: gap.start(1)] + padded + released[gap.end(1) :]
        assert found(site, changed) == ("altered", "pdf-bad-signature")

"""Ours or not: what bears a mark of the register and fails is altered; what bears none is not one of ours."""

import io
import zlib
from dataclasses import replace

import pikepdf
import pytest

from rukhsa.trust import coverage
from rukhsa.trust.digits import encode
from rukhsa.trust.marks import LONGEST_STREAM, MOST_STREAMS, Marks
from tests.trust import files, world
from tests.trust.mutations import seals
from tests.trust.world import CLAIMS, NOON, STRANGER, TRUST_LIST, Site

ELSEWHERE = "https://licences.elsewhere.example/"
THEIRS = replace(CLAIMS, status_uri=f"{ELSEWHERE}status/north/0.cwt")


@pytest.fixture(scope="module")
def site() -> Site:
    site = world.town_hall()
    site.issue()
    return site


@pytest.fixture(scope="module")
def released(site: Site) -> bytes:
    return files.released(site, world.make_seal(log_index=5))


@pytest.fixture(scope="module")
def of_another_register() -> bytes:
    """A file that another deployment of this software released: its seal, its log, its keys."""
    theirs = world.town_hall()
    sealed = theirs.issue(THEIRS, STRANGER)
    unsigned = files.compose(files.attachments(theirs, sealed), qr_text=f"{ELSEWHERE}#{encode(sealed)}")
    return files.log(theirs, files.sign(unsigned, STRANGER))


def found(site: Site, data: bytes) -> tuple[str, str]:
    verdict = site.verifier.verify_pdf(data, at=NOON)
    return verdict.word, verdict.reason


def test_a_seal_of_another_register_is_not_one_of_ours_and_one_of_ours_that_was_bent_is_altered(
    site: Site,
) -> None:
    theirs = site.verifier.verify_seal(world.make_seal(THEIRS, STRANGER, log_index=5), at=NOON)
    assert (theirs.word, theirs.reason, theirs.failed_duty) == ("not-ours", "other-seal", 1)
    claiming = site.verifier.verify_seal(world.make_seal(CLAIMS, STRANGER, log_index=5), at=NOON)
    assert (claiming.word, claiming.reason) == ("altered", "unknown-key")
    for data in (b"", b"\xd2", b"hello", b"\xd2\x84" + bytes(90)):
        assert site.verifier.verify_seal(data, at=NOON).reason == "other-seal"


def test_a_bit_of_a_seal_of_ours_makes_it_altered_and_never_a_strangers(site: Site) -> None:
    sealed = world.make_seal(log_index=5)
    words = {site.verifier.verify_seal(each, at=NOON).word for _, each in seals.every_bit(sealed)}
    # The hint of the log's place is covered by nothing: there it is not found.
    assert words <= {"altered", "not-registered", "cannot-tell"}


def test_a_file_of_another_register_and_a_foreign_signature_are_not_ours(
    site: Site, of_another_register: bytes
) -> None:
    assert found(site, of_another_register) == ("not-ours", "other-signature")
    plain = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(plain)
    assert found(site, plain.getvalue()) == ("not-ours", "other-file")
    assert found(site, files.sign_by_pyhanko(plain.getvalue(), STRANGER)) == ("not-ours", "other-signature")


def test_a_file_of_ours_that_was_saved_anew_is_altered_and_one_whose_seal_was_taken_out_is_not_ours(
    site: Site, released: bytes
) -> None:
    packed, stripped = io.BytesIO(), io.BytesIO()
    with pikepdf.open(io.BytesIO(released)) as document:
        document.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True)
        for holder, name in (
            (document.Root, "/AcroForm"),
            (document.Root, "/Perms"),
            (document.Root, "/Names"),
        ):
            del holder[name]
        del document.Root["/AF"], document.pages[0].obj["/Annots"]
        document.save(stripped, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert found(site, packed.getvalue())[0] == "altered"
    assert found(site, stripped.getvalue()) == ("not-ours", "other-file")


def claiming(place: bytes, link: bytes, contents: bytes) -> dict[str, bytes]:
    """Strangers' files with one mark each."""
    packed = zlib.compress(b"x" * 900 + place)
    bodies = {
        "the list's place": b"(" + place + b")",
        "a link": b"/URI(" + link + b")",
        "a key": b"/Contents <" + contents.hex().upper().encode() + b">",
        "packed": b"<</Filter/FlateDecode>>stream\r\n" + packed + b"\nendstream",
    }
    return {name: b"%PDF-1.7\n" + body for name, body in bodies.items()}


def test_each_mark_alone_makes_a_strangers_file_claim_to_be_ours(site: Site, released: bytes) -> None:
    link, contents = world.text_of(world.make_seal(log_index=5)), coverage.read(released).contents
    place = CLAIMS.status_uri
    ours = claiming(place.encode(), link.encode(), contents)
    assert {name: found(site, data)[0] for name, data in ours.items()} == dict.fromkeys(ours, "altered")
    theirs = claiming(*(each.replace("mun", "mum").encode() for each in (place, link)), contents[:200])
    assert {name: found(site, data)[0] for name, data in theirs.items()} == dict.fromkeys(theirs, "not-ours")


def test_a_link_to_the_verifier_alone_does_not_make_a_leaflet_ours(site: Site) -> None:
    leaflet = b"%PDF-1.7\n1 0 obj<</A<</S/URI/URI(https://v.mun.example/en/)>>>>endobj"
    assert found(site, leaflet) == ("not-ours", "other-file")


def test_the_search_for_marks_ends(site: Site) -> None:
    """What inflates without end is looked at to a bound, and so many streams and no more."""
    marks, place = Marks(trust_list=TRUST_LIST), CLAIMS.status_uri.encode()
    late = zlib.compress(bytes(LONGEST_STREAM) + place)
    assert not marks.in_file(b"stream\n" + late)
    one = b"stream\n" + zlib.compress(b"x") + b"\nendstream\n"
    last = b"stream\n" + zlib.compress(place)
    assert marks.in_file(one * (MOST_STREAMS - 1) + last)
    assert not marks.in_file(one * MOST_STREAMS + last)


def test_a_pair_of_texts_that_only_one_of_two_registers_issued(site: Site) -> None:
    """The negative control: the same bytes are ours under the one trust list and a stranger's under the other."""
    theirs = replace(TRUST_LIST, verifiers=("licences.elsewhere.example",), authorities=())
    sealed = world.make_seal(log_index=5)
    assert Marks(trust_list=TRUST_LIST).in_bytes(sealed)
    assert not Marks(trust_list=theirs).in_bytes(sealed)
    assert Marks(trust_list=TRUST_LIST).in_text(world.text_of(sealed))
    assert not Marks(trust_list=theirs).in_text(world.text_of(sealed))


def test_without_marks_a_stranger_is_accused_or_a_forgery_is_excused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both answers rest on the marks."""
    stranger, bent = "HC1:6BF", world.text_of(world.make_seal(log_index=5))[:-1]
    verifier = site.verifier
    assert [verifier.verify_text(each, at=NOON).word for each in (stranger, bent)] == ["not-ours", "altered"]
    monkeypatch.setattr(Marks, "in_text", lambda *_: True)
    assert verifier.verify_text(stranger, at=NOON).word == "altered"
    monkeypatch.setattr(Marks, "in_text", lambda *_: False)
    assert verifier.verify_text(bent, at=NOON).word == "not-ours"

"""The corpus of attacks on released files: each what a forger does to a genuine one, and what three readers say."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from hashlib import sha256

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields as pyhanko_fields
from pyhanko.sign.fields import MDPPerm

from rukhsa.issuance.signature import beside, signature_of
from rukhsa.trust import cms, coverage
from rukhsa.trust.trustlist import TimeStamping
from rukhsa_rehearsal.sandbox.tsa import Stamper, make_stamper, token_over
from tests.trust import files, world
from tests.trust.world import CLAIMS, NOON, STRANGER, TRUST_LIST, Site


@dataclass(frozen=True, kw_only=True)
class Attack:
    """A file and what our reader must say of it; `how` in a few words, as in docs/formats/pdf.md."""

    how: str
    file: bytes
    reason: str


class Genuine:
    """A town with a time stamping authority, and a released, stamped file of its own."""

    def __init__(self) -> None:
        self.tsa: Stamper = make_stamper(NOON - timedelta(days=9), NOON + timedelta(days=999))
        self.site: Site = world.town_hall()
        listed = TimeStamping(
            certificate=self.tsa.certificate.public_bytes(files.Encoding.DER),
            not_before=NOON - timedelta(days=9),
            not_after=NOON + timedelta(days=999),
        )
        self.site.trust_list = replace(TRUST_LIST, time_stamping=(listed,))
        self.site.issue()
        self.sealed = world.make_seal(log_index=5)

    @cached_property
    def attachments(self) -> dict[str, bytes]:
        return files.attachments(self.site, self.sealed)

    @cached_property
    def unsigned(self) -> bytes:
        return files.compose(self.attachments)

    @cached_property
    def released(self) -> bytes:
        """B-B, in the log."""
        return files.log(self.site, files.sign(self.unsigned))

    @cached_property
    def stamped(self) -> bytes:
        """B-T."""
        return self.stamp(self.released)

    def stamp(self, file: bytes, over: bytes | None = None) -> bytes:
        """The file with a stamp over its signature, or over something else."""
        covered = coverage.read(file)
        bare = files.without_unsigned(covered.contents)
        digest = sha256(signature_of(bare) if over is None else over).digest()
        token = token_over(digest, self.tsa, at=NOON, nonce=None).dump()
        return covered.filled(beside(bare, stamp=token, proof=files.proof_in(file)))

    def insider(self, unsigned: bytes, **options: object) -> bytes:
        """What an attacker with the file key and the log can do: sign and log something else."""
        return files.log(self.site, files.sign_by_pyhanko(unsigned, **options))


def every(genuine: Genuine) -> Iterator[Attack]:
    """Every attack; the reason of those that a reader may let pass is "in-force"."""
    yield from _on_the_bytes(genuine)
    yield from _by_updates(genuine)
    yield from _on_the_signature(genuine)
    yield from _beside_the_signature(genuine)
    yield from _by_insiders(genuine)


def _on_the_bytes(genuine: Genuine) -> Iterator[Attack]:
    file = genuine.stamped
    yield Attack(how="bytes appended", file=file + b"% more\n", reason="pdf-not-covered")
    yield Attack(how="the file appended to itself", file=file + file, reason="pdf-not-covered")
    yield Attack(how="bytes before the header", file=b"\n" + file, reason="not-a-pdf")
    yield Attack(how="a byte of the page changed", file=_flipped(file), reason="pdf-bad-signature")
    yield Attack(
        how="changes allowed (`/P 3`), in place",
        file=_once(file, b"/P 1/V", b"/P 3/V"),
        reason="pdf-bad-signature",
    )
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(file)) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="o", user=""))
    yield Attack(how="encrypted", file=locked.getvalue(), reason="pdf-not-covered")
    rewritten = io.BytesIO()
    with pikepdf.open(io.BytesIO(file)) as document:
        document.save(rewritten, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    yield Attack(how="packed into object streams", file=rewritten.getvalue(), reason="pdf-not-covered")


def _by_updates(genuine: Genuine) -> Iterator[Attack]:
    file = genuine.stamped
    for how, change in (
        ("update: page contents replaced (ISA)", _replace_contents),
        ("update: white paper over the page (shadow hide)", _cover_page),
        ("update: a font replaced (shadow replace)", _replace_fonts),
        ("update: attachments replaced", _swap_attachments),
        ("update: an annotation with text", _annotate),
        ("update: nothing but an empty revision", lambda writer: writer.update_root()),
    ):
        yield Attack(how=how, file=_updated(file, change), reason="pdf-not-covered")
    hidden = _with_hidden_catalogue(genuine)
    yield Attack(
        how="update: a table that shows what was hidden (shadow hide and replace)",
        file=hidden + _table(hidden, root=9001),
        reason="pdf-not-covered",
    )
    yield Attack(
        how="update: objects without a table (ISA)", file=file + _object(file), reason="pdf-not-covered"
    )
    trailer = b"trailer\n<</Root 1 0 R/Size 99>>\nstartxref\n0\n%%EOF\n"
    yield Attack(how="update: a trailer alone (ISA)", file=file + trailer, reason="pdf-not-covered")
    hybrid = file + b"xref\n0 0\ntrailer\n<</Size 99/XRefStm 9>>\nstartxref\n%d\n%%%%EOF\n" % len(file)
    yield Attack(how="update: a hybrid table", file=hybrid, reason="pdf-not-covered")


def _on_the_signature(genuine: Genuine) -> Iterator[Attack]:
    file, covered = genuine.stamped, coverage.read(genuine.stamped)
    ranges = b"[%d %d %d %d]" % tuple(covered.ranges)
    empty = ranges.replace(b"[0 ", b"[-1 ")[: len(ranges)]
    yield Attack(
        how="no `/ByteRange` (USF)", file=_once(file, b"/ByteRange", b"/ByteRangX"), reason="not-a-pdf"
    )
    yield Attack(
        how="a negative `/ByteRange` (USF)", file=_once(file, ranges + b" ", empty.ljust(len(ranges) + 1)),
        reason="not-a-pdf",
    )  # fmt: skip
    yield Attack(how="`/Contents` emptied (USF)", file=_contents(covered, b"<>"), reason="pdf-not-covered")
    zeros = b"<" + b"0" * (2 * len(covered.contents)) + b">"
    yield Attack(how="`/Contents` of zeros (USF)", file=_contents(covered, zeros), reason="pdf-bad-signature")
    literal = b"(" + covered.contents.rstrip(b"\0").hex().encode() + b")"
    literal += b" " * (2 * len(covered.contents) + 2 - len(literal))
    yield Attack(
        how="`/Contents` not hexadecimal", file=_contents(covered, literal), reason="pdf-not-covered"
    )
    spaced = b"<" + covered.contents.hex().encode()[:-2] + b"  >"
    yield Attack(
        how="`/Contents` with spaces in it", file=_contents(covered, spaced), reason="pdf-not-covered"
    )
    padded = covered.contents[:-4] + b"JUNK"
    yield Attack(how="data behind the signature", file=covered.filled(padded), reason="pdf-bad-signature")
    yield Attack(
        how="wrapped: the signed end moved back (SWA)", file=_wrapped(covered), reason="pdf-not-covered"
    )
    stranger = files.log(genuine.site, files.sign(genuine.unsigned, STRANGER))
    yield Attack(how="signed by a stranger's key", file=stranger, reason="pdf-unknown-key")
    first = files.sign_by_pyhanko(genuine.unsigned, docmdp_permissions=MDPPerm.FILL_FORMS)
    twice = files.sign_by_pyhanko(
        first, STRANGER, certify=False, docmdp_permissions=None, field_name="Two"
    )  # fmt: skip
    yield Attack(how="a second signature", file=twice, reason="pdf-revised")


def _beside_the_signature(genuine: Genuine) -> Iterator[Attack]:
    covered = coverage.read(genuine.stamped)
    bare, proof = files.without_unsigned(covered.contents), files.proof_in(genuine.stamped)
    yield Attack(how="the stamp removed", file=covered.filled(beside(bare, proof=proof)), reason="in-force")
    another = genuine.stamp(genuine.released, over=b"another signature")
    yield Attack(how="the stamp of another signature", file=another, reason="pdf-bad-stamp")
    stamp = cms.read(covered.contents, covered.digest).stamp
    assert stamp is not None
    yield Attack(
        how="the log's proof removed", file=covered.filled(beside(bare, stamp=stamp)), reason="pdf-not-in-log"
    )
    other = files.log(genuine.site, files.sign(genuine.unsigned, at=NOON + timedelta(seconds=9)))
    swapped = beside(bare, stamp=stamp, proof=files.proof_in(other))
    yield Attack(how="the log's proof of another file", file=covered.filled(swapped), reason="bad-proof")
    unknown = files.with_unsigned(bare, "1.2.3.4", b"hidden")
    yield Attack(how="something else said unsigned", file=covered.filled(unknown), reason="pdf-bad-signature")


def _by_insiders(genuine: Genuine) -> Iterator[Attack]:
    """The file key in the wrong hands, first without and then with the log: what only a strict reader can see."""
    site, right, pages = genuine.site, genuine.attachments, files.compose
    forged = pages(right, printed=files.says(CLAIMS).replace("120 m", "920 m"))
    yield Attack(
        how="stolen key: another length printed, off the log",
        file=files.sign(forged),
        reason="pdf-not-in-log",
    )
    yield Attack(
        how="insider: another length printed",
        file=files.log(site, files.sign(forged)),
        reason="pdf-text-differs",
    )
    other = site.issue(replace(CLAIMS, instrument="RW-2020-000124-L", status_index=7))
    swapped = pages(right, qr_text=world.text_of(other))
    yield Attack(
        how="insider: the code of another licence",
        file=files.log(site, files.sign(swapped)),
        reason="pdf-code-differs",
    )
    mixed = files.attachments(site, other) | {"facts.json": right["facts.json"]}
    mixed = pages(mixed, printed=files.says(CLAIMS))
    yield Attack(
        how="insider: the seal of another licence attached",
        file=files.log(site, files.sign(mixed)),
        reason="pdf-facts-differ",
    )
    whole = pages(files.attachments(site, other), printed=files.says(CLAIMS))
    yield Attack(
        how="insider: seal and facts of another licence attached",
        file=files.log(site, files.sign(whole)),
        reason="pdf-text-differs",
    )
    yield from _signed_otherwise(genuine)


def _signed_otherwise(genuine: Genuine) -> Iterator[Attack]:
    """The file key and the log in the wrong hands: signatures that our signer would not make."""
    site, right, pages = genuine.site, genuine.attachments, files.compose
    allowing = genuine.insider(genuine.unsigned, docmdp_permissions=MDPPerm.ANNOTATE)
    yield Attack(how="insider: certified, and notes allowed", file=allowing, reason="pdf-bad-signature")
    approval = genuine.insider(genuine.unsigned, certify=False, docmdp_permissions=None)
    yield Attack(how="insider: signed, not certified", file=approval, reason="bad-pdf")
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(genuine.unsigned)) as document:
        document.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    yield Attack(
        how="insider: set with object streams",
        file=files.sign_by_pyhanko(packed.getvalue()),
        reason="pdf-revised",
    )
    second = pages(right, "#pagebreak()\nmore")
    elsewhere = files.sign_by_pyhanko(second, field_spec=pyhanko_fields.SigFieldSpec("Seal", on_page=1))
    yield Attack(
        how="insider: the field on another page", file=files.log(site, elsewhere), reason="pdf-active-content"
    )
    shown = files.sign_by_pyhanko(
        genuine.unsigned, field_spec=pyhanko_fields.SigFieldSpec("Seal", box=(9, 9, 300, 300))
    )
    yield Attack(
        how="insider: a signature that covers the page",
        file=files.log(site, shown),
        reason="pdf-active-content",
    )


def _flipped(file: bytes) -> bytes:
    at = file.index(b"stream\n") + 40
    return file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]


def _once(file: bytes, old: bytes, new: bytes) -> bytes:
    assert file.count(old) == 1, old
    return file.replace(old, new)


def _contents(covered: coverage.Coverage, written: bytes) -> bytes:
    return covered.data[: covered.before] + written + covered.data[covered.after :]


def _updated(file: bytes, change: Callable[[IncrementalPdfFileWriter], object]) -> bytes:
    """An incremental update by a general library."""
    writer = IncrementalPdfFileWriter(io.BytesIO(file))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    page = writer.root["/Pages"]["/Kids"][0]
    writer.update_container(page)
    return page


def _replace_contents(writer: IncrementalPdfFileWriter) -> None:
    stream = generic.StreamObject(stream_data=b"BT /F1 40 Tf 100 500 Td (FORGED) Tj ET")
    _page(writer)["/Contents"] = writer.add_object(stream)


def _cover_page(writer: IncrementalPdfFileWriter) -> None:
    page = _page(writer)
    cover = writer.add_object(generic.StreamObject(stream_data=b"q 1 1 1 rg 0 0 600 900 re f Q"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), cover])


def _replace_fonts(writer: IncrementalPdfFileWriter) -> None:
    fonts = _page(writer)["/Resources"]["/Font"]
    for name in list(fonts):
        font = fonts[name]
        font[generic.pdf_name("/BaseFont")] = generic.pdf_name("/Forged")
        writer.update_container(font)


def _swap_attachments(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    specification = names[1]
    specification["/EF"] = generic.DictionaryObject({
        generic.pdf_name("/F"): writer.add_object(generic.StreamObject(stream_data=b"{}")),
    })  # fmt: skip
    writer.update_container(specification)


def _annotate(writer: IncrementalPdfFileWriter) -> None:
    page = _page(writer)
    note = generic.DictionaryObject({
        generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
        generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
        generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (9, 9, 300, 90))),
        generic.pdf_name("/Contents"): generic.pdf_string("length 920 m"),
    })  # fmt: skip
    page["/Annots"] = generic.ArrayObject([*page["/Annots"], writer.add_object(note)])


def _with_hidden_catalogue(genuine: Genuine) -> bytes:
    """A file that was signed with an object in it that no table names."""
    unsigned = genuine.unsigned
    end = re.search(rb"xref\n0 \d+\n", unsigned)
    assert end is not None
    hidden = b"9001 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj\n"
    moved = unsigned[: end.start()] + hidden + unsigned[end.start() :]
    start = re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", moved)
    assert start is not None
    moved = moved[: start.start()] + b"startxref\n%d\n%%%%EOF\n" % (int(start[1]) + len(hidden))
    return files.log(genuine.site, files.sign(moved))


def _table(file: bytes, *, root: int) -> bytes:
    previous = int(re.findall(rb"startxref\n(\d+)", file)[-1])
    return (
        b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size 9002/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (root, file.index(b"%d 0 obj" % root), root, previous, len(file))
    )


def _object(file: bytes) -> bytes:
    number = re.search(rb"/Root (\d+) 0 R", file)
    assert number is not None
    return b"%s 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        number[1],
        len(file),
    )


def _wrapped(covered: coverage.Coverage) -> bytes:
    """Signature wrapping: what was signed last is moved back, and a signature with another range stands between."""
    between = b">\n/Type/Catalog/ByteRange [0 %d %d %d]\n" + b"%% forged\n" * 20
    first, last = covered.data[: covered.before], covered.data[covered.after :]
    gap = b"<" + covered.contents.hex().encode()
    size = len(between % (covered.before, 10**6, len(last)))
    written = between % (covered.before, covered.before + len(gap) + size, len(last))
    return first + gap + written.ljust(size) + last

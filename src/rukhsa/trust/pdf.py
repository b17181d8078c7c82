"""The strict reader of released files: one certification of the whole, three attachments, nothing active.

The signature is checked on the bytes before any PDF parser touches them, so that only what an authority
signed is ever parsed.
"""

import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from rukhsa.trust import cms, coverage, factsheet, stamp
from rukhsa.trust.coverage import Coverage
from rukhsa.trust.errors import BadPdf, BadStamp, TrustError
from rukhsa.trust.seal import Claims
from rukhsa.trust.stamp import Stamp
from rukhsa.trust.trustlist import Authority, Key, TrustList

MAXIMUM_ATTACHMENT = 64 << 10
SEAL, FACTS, PROOF = "seal.cwt", "facts.json", "seal.tlog-proof"
ATTACHMENTS = (FACTS, SEAL, PROOF)

# Keys and names that act, ask, hide or fetch; none stands in a released file.
_ACTIVE = frozenset(
    {
        *(
            "/JS",
            "/JavaScript",
            "/AA",
            "/OpenAction",
            "/Launch",
            "/XFA",
            "/RichMedia",
            "/OCProperties",
            "/OC",
        ),
        *("/URI", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Rendition"),
        *("/Collection", "/Encrypt", "/3DD", "/PresSteps", "/Threads"),
    }
)
_MAY_BE_ACTIVE = re.compile(
    b"|".join(re.escape(key.encode()) + rb"(?![A-Za-z0-9])" for key in sorted(_ACTIVE))
)


# A name may write any letter as #xx (ISO 32000-2 §7.3.5), and may then be any of them: only a slash (#2F) is in none.
_ESCAPED = r"[A-Za-z0-9]*#(?!2[Ff])[0-9A-Fa-f]{2}"
# Objects may be packed in streams of their own, where no bytes show; a table of another kind has to say where they are.
_SPELLED = sorted(key[1:] for key in {*_ACTIVE, "/ObjStm", "/XRef"})
_MAY_SPELL_ACTIVE = re.compile("/(?:{})".format("|".join((_ESCAPED, *_SPELLED))).encode())
_MAXIMUM_NESTING = 32
CLOCK_SKEW = 300  # seconds that two honest clocks may differ


@dataclass(frozen=True, kw_only=True)
class Released:
    """A released file as read: its signature holds; its seal is not yet believed."""

    data: bytes
    seal_bytes: bytes
    facts: bytes
    proof: str  # of the seal
    signers: tuple[tuple[Authority, Key], ...]
    signed_at: int | None  # seconds since 1970 UTC, as the signer says
    leaf_entry: bytes
    file_proof: str | None  # of the file itself
    stamp: Stamp | None

    def check_agrees(self, claims: Claims, issuer: Authority) -> None:
        """The file was signed by the authority that sealed it, and says the same facts. Raises BadPdf."""
        if not any(authority.id == issuer.id for authority, _ in self.signers):
            raise BadPdf("pdf-other-issuer", issuer.id)
        if not self._keys_of(issuer, claims):
            raise BadPdf("pdf-unknown-key", "outside the key's period")
        if self.stamp is not None and self.stamp.at < claims.issued_at - CLOCK_SKEW:
            raise BadPdf("pdf-bad-stamp", "stamped before it was issued")
        try:
            factsheet.check(self.facts, claims)
        except TrustError as error:
            raise BadPdf("pdf-facts-differ", str(error)) from error

    def check_logged_at(self, index: int, claims: Claims, issuer: Authority) -> None:
        """The file stands in the log below the size at which its key was compromised. Raises BadPdf."""
        ends = [key.compromised_log_size for key in self._keys_of(issuer, claims)]
        if all(end is not None and index >= end for end in ends):
            raise BadPdf("pdf-key-compromised", f"at {index}")

    def _keys_of(self, issuer: Authority, claims: Claims) -> list[Key]:
        return [
            key
            for authority, key in self.signers
            if authority.id == issuer.id and key.period[0] <= claims.issued_at < key.period[1]
        ]


def attached(covered: Coverage) -> dict[str, bytes]:
    """The three attachments of a file whose signature holds, and which does nothing. Raises BadPdf."""
    data = covered.data
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as document:
            return _examine(document, data, covered)
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise BadPdf("bad-pdf", f"{type(error).__name__}: {error}") from error


def read(
    data: bytes, trust_list: TrustList, *, opened: Callable[[Coverage], dict[str, bytes]] = attached
) -> Released:
    """Read a released file, which `opened` opens. Raises BadPdf with a reason code for anything else."""
    covered = coverage.read(data)
    signed = cms.read(covered.contents, covered.digest)
    signers = _signers(signed, trust_list)
    stamped = _stamp(signed)
    files = opened(covered)
    return Released(
        data=data,
        seal_bytes=files[SEAL],
        facts=files[FACTS],
        proof=_text(files[PROOF], PROOF),
        signers=signers,
        signed_at=signed.at,
        leaf_entry=covered.leaf_entry,
        file_proof=None if signed.proof is None else _text(signed.proof, "the file's proof"),
        stamp=stamped,
    )


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadPdf("pdf-attachments", name) from error


def _stamp(signed: cms.Signed) -> Stamp | None:
    """The time stamp beside the signature, if there is one; a broken one is refused: honest software writes none."""
    if signed.stamp is None:
        return None
    try:
        return stamp.read(signed.stamp, signed.signature)
    except BadStamp as error:
        raise BadPdf("pdf-bad-stamp", str(error)) from error


def _signers(signed: cms.Signed, trust_list: TrustList) -> tuple[tuple[Authority, Key], ...]:
    """Whose key it is: the public key counts, the certificate around it says nothing."""
    known = trust_list.pdf_keys.get(signed.certificate.kid, [])
    same = tuple((who, key) for who, key in known if key.public.jwk == signed.certificate.jwk)
    if not same:
        raise BadPdf("pdf-unknown-key", signed.certificate.kid.hex())
    return same


def _examine(document: pikepdf.Pdf, data: bytes, covered: Coverage) -> dict[str, bytes]:
    if document.is_encrypted or document.get_warnings():
        raise BadPdf("bad-pdf", "encrypted or damaged")
    _check_certification(document.Root, covered)
    _check_field(document)
    _check_inactive(document, data)
    files = _attachments(document.Root)
    if document.get_warnings():
        # What could not be unpacked, under a limit of memory for example, is left out with a warning.
        raise BadPdf("bad-pdf", "damaged")
    return files


def _check_certification(root: Object, covered: Coverage) -> None:
    """One signature field, and it certifies that nothing may change (DocMDP, P 1)."""
    fields = root.AcroForm.Fields
    if len(fields) != 1 or "/Kids" in fields[0] or Name.Sig != fields[0].FT:
        raise BadPdf("pdf-active-content", "a form of other fields than one signature")
    signature, permission = fields[0].V, root.Perms
    if list(permission.keys()) != ["/DocMDP"] or permission.DocMDP.objgen != signature.objgen:
        raise BadPdf("pdf-bad-signature", "not a certification signature")
    reference = signature.Reference
    if (
        len(reference) != 1
        or reference[0].TransformMethod != Name.DocMDP
        or reference[0].TransformParams.P != 1
    ):
        raise BadPdf("pdf-bad-signature", "it permits changes")
    if [int(number) for number in signature.ByteRange] != covered.ranges:
        raise BadPdf("pdf-not-covered", "another range than the one checked")
    if bytes(signature.Contents) != covered.contents or signature.SubFilter != Name("/ETSI.CAdES.detached"):
        raise BadPdf("pdf-bad-signature", "another signature than the one checked")


def _check_field(document: pikepdf.Pdf) -> None:
    """The signature shows nothing: its field has no size, and stands on the first page alone."""
    field = document.Root.AcroForm.Fields[0]
    on = [page.obj.objgen for page in document.pages if page.obj.get("/Annots") is not None]
    if on != [document.pages[0].obj.objgen] or any(float(side) for side in field.Rect):
        raise BadPdf("pdf-active-content", "a signature that shows")


def _check_inactive(document: pikepdf.Pdf, data: bytes) -> None:
    """Nothing in the file acts, asks, hides or points elsewhere; no annotation but the signature's own."""
    # A file none of whose bytes spell such a key, that escapes no name and packs no objects, need not be walked.
    for each in document.objects if _MAY_SPELL_ACTIVE.search(data) else ():
        content = each.stream_dict if isinstance(each, Stream) else each
        # Written out, an object shows at once whether it may hold such a key; only then it is walked.
        if _MAY_BE_ACTIVE.search(content.unparse(resolved=True)):
            _check_walked(content, 0)
    for page in document.pages:
        for annotation in page.obj.get("/Annots", Array()):
            if annotation.Subtype != Name.Widget or annotation.get("/FT") != Name.Sig:
                raise BadPdf("pdf-active-content", "an annotation")


def _check_walked(each: Object, depth: int) -> None:
    """No active key in a dictionary or what it directly holds; indirect objects are seen on their own."""
    if depth > _MAXIMUM_NESTING:
        raise BadPdf("bad-pdf", "too deeply nested")
    if isinstance(each, Dictionary) and (active := _ACTIVE & set(each.keys())):
        raise BadPdf("pdf-active-content", " ".join(sorted(active)))
    if isinstance(each, Dictionary | Array):
        for inside in each.values() if isinstance(each, Dictionary) else each:
            if isinstance(inside, Object) and not inside.is_indirect:
                _check_walked(inside, depth + 1)


def _attachments(root: Object) -> dict[str, bytes]:
    names = list(root.Names.EmbeddedFiles.get("/Names", Array()))
    if "/Kids" in root.Names.EmbeddedFiles:
        names = [each for kid in root.Names.EmbeddedFiles.Kids for each in kid.Names]
    files = dict(zip(map(str, names[::2]), names[1::2], strict=True))
    if tuple(sorted(files)) != ATTACHMENTS or len(names) != 6:
        raise BadPdf("pdf-attachments", ", ".join(sorted(files)))
    return {name: _content(name, specification) for name, specification in files.items()}


def _content(name: str, specification: Object) -> bytes:
    stream = specification.EF.F
    if str(specification.UF) != name:
        raise BadPdf("pdf-attachments", name)
    # Inflated by ourselves, and no further than it may go: what inflates without end is never held.
    raw, packed = bytes(stream.read_raw_bytes()), stream.get("/Filter") is not None
    if packed and (stream.Filter != Name.FlateDecode or "/DecodeParms" in stream):
        raise BadPdf("pdf-attachments", f"{name} is packed in another way")
    try:
        content = zlib.decompressobj().decompress(raw, MAXIMUM_ATTACHMENT + 1) if packed else raw
    except zlib.error as error:
        raise BadPdf("pdf-attachments", name) from error
    if len(content) > MAXIMUM_ATTACHMENT:
        raise BadPdf("pdf-attachments", f"{name} is too large")
    return content

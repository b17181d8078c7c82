"""The strict reader of released files: one certification of the whole, three attachments, nothing active.

The signature is checked on the bytes before any PDF parser touches them, so that only what an authority
signed is ever parsed.
"""

import hashlib
import io
import re
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from rukhsa.trust import cms, factsheet
from rukhsa.trust.errors import BadPdf, TrustError
from rukhsa.trust.seal import Claims
from rukhsa.trust.trustlist import Authority, Key, TrustList

MAXIMUM_SIZE = 16 << 20
MAXIMUM_ATTACHMENT = 64 << 10
SEAL, FACTS, PROOF = "seal.cwt", "facts.json", "seal.tlog-proof"
ATTACHMENTS = (FACTS, SEAL, PROOF)

_BYTE_RANGE = re.compile(
    rb"/ByteRange\s*\[\s*0\s+([0-9]{1,10})\s+([0-9]{1,10})\s+([0-9]{1,10})\s*\]", re.ASCII
)
_HEX = re.compile(rb"<([0-9a-f]+|[0-9A-F]+)>")  # in one case: no letter can be written in another way
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
_MAXIMUM_NESTING = 32


@dataclass(frozen=True, kw_only=True)
class Released:
    """A released file as read: its signature holds; its seal is not yet believed."""

    seal_bytes: bytes
    facts: bytes
    proof: str
    signers: tuple[tuple[Authority, Key], ...]
    signed_at: int | None  # seconds since 1970 UTC, as the signer says

    def check_agrees(self, claims: Claims, issuer: Authority) -> None:
        """The file was signed by the authority that sealed it, and says the same facts. Raises BadPdf."""
        keys = [key for authority, key in self.signers if authority.id == issuer.id]
        if not keys:
            raise BadPdf("pdf-other-issuer", issuer.id)
        inside = [key for key in keys if key.period[0] <= claims.issued_at < key.period[1]]
        if not inside:
            raise BadPdf("pdf-unknown-key", "outside the key's period")
        if all(key.compromised_since is not None for key in inside):
            raise BadPdf("pdf-key-compromised")
        try:
            factsheet.check(self.facts, claims)
        except TrustError as error:
            raise BadPdf("pdf-facts-differ", str(error)) from error


def read(data: bytes, trust_list: TrustList) -> Released:
    """Read a released file. Raises BadPdf with a reason code for anything else, whatever it is."""
    signed = _signature(data)
    signers = _signers(signed, trust_list)
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as document:
            files = _examine(document, signed)
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise BadPdf("bad-pdf", f"{type(error).__name__}: {error}") from error
    try:
        proof = files[PROOF].decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadPdf("pdf-attachments", PROOF) from error
    return Released(
        seal_bytes=files[SEAL], facts=files[FACTS], proof=proof, signers=signers, signed_at=signed.at
    )


@dataclass(frozen=True, kw_only=True)
class _Signed:
    """The signature as it lies in the bytes."""

    ranges: tuple[int, int, int]
    contents: bytes
    certificate: cms.Certificate
    at: int | None


def _signature(data: bytes) -> _Signed:
    """The only signature, over every byte of the file but itself."""
    if len(data) > MAXIMUM_SIZE or not data.startswith(b"%PDF-"):
        raise BadPdf("not-a-pdf")
    found = list(_BYTE_RANGE.finditer(data))
    if not found:
        raise BadPdf("not-a-pdf", "no signature")
    before, after, length = (int(number) for number in found[-1].groups())
    if not before < after or after + length != len(data):
        raise BadPdf("pdf-not-covered", "bytes before or behind the signed ones")
    gap = _HEX.fullmatch(data, before, after)
    if gap is None or len(gap[1]) % 2:
        raise BadPdf("pdf-not-covered", "the gap is not the signature and nothing else")
    contents = bytes.fromhex(gap[1].decode())
    digest = hashlib.sha256(memoryview(data)[:before])
    digest.update(memoryview(data)[after:])
    signed = cms.read(contents, digest.digest())
    return _Signed(
        ranges=(before, after, length), contents=contents, certificate=signed.certificate, at=signed.at
    )


def _signers(signed: _Signed, trust_list: TrustList) -> tuple[tuple[Authority, Key], ...]:
    """Whose key it is: the public key counts, the certificate around it says nothing."""
    known = trust_list.pdf_keys.get(signed.certificate.kid, [])
    same = tuple((who, key) for who, key in known if key.public.jwk == signed.certificate.jwk)
    if not same:
        raise BadPdf("pdf-unknown-key", signed.certificate.kid.hex())
    return same


def _examine(document: pikepdf.Pdf, signed: _Signed) -> dict[str, bytes]:
    if document.is_encrypted or document.get_warnings():
        raise BadPdf("bad-pdf", "encrypted or damaged")
    _check_certification(document.Root, signed)
    _check_inactive(document)
    return _attachments(document.Root)


def _check_certification(root: Object, signed: _Signed) -> None:
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
    before, after, length = signed.ranges
    if [int(number) for number in signature.ByteRange] != [0, before, after, length]:
        raise BadPdf("pdf-not-covered", "another range than the one checked")
    if bytes(signature.Contents) != signed.contents or signature.SubFilter != Name("/ETSI.CAdES.detached"):
        raise BadPdf("pdf-bad-signature", "another signature than the one checked")


def _check_inactive(document: pikepdf.Pdf) -> None:
    """Nothing in the file acts, asks, hides or points elsewhere; no annotation but the signature's own."""
    for each in document.objects:
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
    content = bytes(stream.read_bytes())
    if str(specification.UF) != name or len(content) > MAXIMUM_ATTACHMENT:
        raise BadPdf("pdf-attachments", name)
    return content

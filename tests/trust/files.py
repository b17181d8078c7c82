"""Released files for tests: set by typst, signed by pyHanko or by our own signer, with a known key."""

import io
import json
import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import typst
from asn1crypto import algos as asn1_algos
from asn1crypto import cms as asn1_cms
from asn1crypto import core
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from rukhsa.issuance.compose import FONTS, draw_code
from rukhsa.issuance.signature import beside, sign_pdf
from rukhsa.trust import cms, coverage, factsheet, keys, profiles, seal, tlog
from rukhsa.trust.errors import BadPdf, BadSeal
from rukhsa.trust.keys import MemorySigner
from rukhsa.trust.seal import Claims
from tests.trust import world
from tests.trust.world import PDF_SIGNER, Site

PAGE = """
#set document(title: "Road works licence", date: datetime(year: 2020, month: 11, day: 5))
#set text(lang: "en", size: 14pt, font: ("Amiri", "Libertinus Serif"))
#let attachments = json(bytes(sys.inputs.attachments))
#for each in attachments {
  let more = (relationship: "data", mime-type: each.type, description: each.name)
  pdf.attach(each.name, bytes(each.content), ..more)
}
= Road works licence
#text(lang: "ar", dir: rtl)[رخصة أشغال طريق]

#for line in sys.inputs.printed.split("\n") { par(line) }
#if sys.inputs.qr != "" { box(fill: white, image(bytes(sys.inputs.qr), width: 40mm, alt: "The seal")) }
EXTRA
"""


def attachments(site: Site, sealed: bytes) -> dict[str, bytes]:
    """The three attachments of a file whose seal is in the site's log."""
    read = seal.read(sealed)
    assert site.checkpoint is not None
    assert read.log_index is not None
    profile = world.TRUST_LIST.profiles[read.claims.profile]
    return {
        "seal.cwt": sealed,
        "facts.json": factsheet.write(read.claims, profile),
        "seal.tlog-proof": tlog.proof(site.tiles, read.log_index, site.checkpoint).encode(),
    }


def compose(
    files: dict[str, bytes], extra: str = "", *, printed: str | None = None, qr_text: str | None = None
) -> bytes:
    """An unsigned file with these attachments, that prints what its seal says and shows its code, or other ones."""
    listed = [{"name": name, "content": list(data), "type": "text/plain"} for name, data in files.items()]
    try:
        claims = seal.read(files["seal.cwt"]).claims
    except (BadSeal, KeyError):
        claims = world.CLAIMS
    inputs = {
        "attachments": json.dumps(listed),
        "printed": says(claims) if printed is None else printed,
        "qr": draw_code(qr_text or world.text_of(files.get("seal.cwt", b""))).svg,
    }
    compiled = typst.compile(
        PAGE.replace("EXTRA", extra).encode(),
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=["a-3a"],
        font_paths=[str(FONTS / "400Regular"), str(FONTS / "700Bold")],
    )
    return bytes(compiled).replace(b"/Direction/R2L", b"/Direction/L2R") + b"\n"


def says(claims: Claims) -> str:
    """What is printed of a seal: its number and its facts in both languages."""
    profile = world.TRUST_LIST.profiles[claims.profile]
    shown = [
        fact.value for language in ("ar", "en") for fact in profiles.show(claims.facts, profile, language)
    ]
    return "\n".join([claims.instrument, *shown])


def log(site: Site, signed: bytes) -> bytes:
    """Enter a signed file into the site's log, and put the proof of its place beside the signature."""
    covered = coverage.read(signed)
    state = site.log(covered.leaf_entry)
    proof = tlog.proof(site.tiles, state.size - 1, state).encode()
    return covered.filled(beside(covered.contents, proof=proof))


def proof_in(data: bytes) -> bytes:
    """The proof beside a file's signature."""
    covered = coverage.read(data)
    proof = cms.read(covered.contents, covered.digest).proof
    assert proof is not None
    return proof


def without_unsigned(contents: bytes) -> bytes:
    """A CMS with nothing beside its signature."""
    parsed = asn1_cms.ContentInfo.load(contents)
    del parsed["content"]["signer_infos"][0]["unsigned_attrs"]
    return bytes(parsed.dump(force=True))


def with_unsigned(contents: bytes, kind: str, value: bytes) -> bytes:
    """A CMS that says something else beside its signature."""
    parsed = asn1_cms.ContentInfo.load(contents)
    parsed["content"]["signer_infos"][0]["unsigned_attrs"] = [
        {"type": kind, "values": [core.OctetString(value)]}
    ]
    return bytes(parsed.dump(force=True))


def sign(unsigned: bytes, signer: MemorySigner = PDF_SIGNER, *, at: datetime = world.NOON) -> bytes:
    """Certified with our own signer."""
    certificate = certificate_of(signer)
    return sign_pdf(
        unsigned, sign=lambda data: keys.to_der(signer.sign(data)), certificates=(certificate,), at=at
    )


def sign_by_pyhanko(unsigned: bytes, signer: MemorySigner = PDF_SIGNER, **options: Any) -> bytes:
    """Certified, or signed as `options` say, by pyHanko: another author's reading of the same standard."""
    field_spec = options.pop("field_spec", None)
    writer = IncrementalPdfFileWriter(io.BytesIO(unsigned))
    metadata = {
        "field_name": "Seal",
        "certify": True,
        "docmdp_permissions": fields.MDPPerm.NO_CHANGES,
        "subfilter": fields.SigSeedSubFilter.PADES,
        "md_algorithm": "sha256",
        **options,
    }
    signed = signers.sign_pdf(
        writer,
        signers.PdfSignatureMetadata(**metadata),
        signer=_pyhanko_signer(signer),
        bytes_reserved=16384,
        new_field_spec=field_spec,
    )
    return _in_the_only_form(bytes(signed.getbuffer()))


def _in_the_only_form(signed: bytes) -> bytes:
    """What pyHanko signed, its CMS written as ours is: small letters, SHA-256 without parameters, the smaller s."""
    before, after, _ = map(int, re.findall(rb"/ByteRange\s*\[\s*0 (\d+) (\d+) (\d+)", signed)[-1])
    signed = signed[:before] + signed[before:after].lower() + signed[after:]
    try:
        covered = coverage.read(signed)
    except BadPdf:
        return signed
    parsed = asn1_cms.ContentInfo.load(covered.contents)
    data = parsed["content"]
    signer = data["signer_infos"][0]
    if signer["digest_algorithm"]["algorithm"].native != "sha256":
        return signed
    bare = asn1_algos.DigestAlgorithm({"algorithm": "sha256"})
    del bare["parameters"]
    data["digest_algorithms"], signer["digest_algorithm"] = [bare], bare
    signer["signature"] = keys.to_der(keys.low_s(keys.from_der(signer["signature"].native)))
    return covered.filled(parsed.dump(force=True))


def released(site: Site, sealed: bytes, signer: MemorySigner = PDF_SIGNER) -> bytes:
    """The released file of a seal, in the log."""
    return log(site, sign(compose(attachments(site, sealed)), signer))


@cache
def certificate_of(signer: MemorySigner) -> x509.Certificate:
    """A self-issued certificate: it says nothing but the key."""
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Capital Secretariat")])
    builder = x509.CertificateBuilder(name, name, signer.private.public_key(), 1)
    builder = builder.not_valid_before(world.NOON).not_valid_after(world.NOON + timedelta(days=365))
    return builder.sign(signer.private, hashes.SHA256(), ecdsa_deterministic=True)


def _pyhanko_signer(signer: MemorySigner) -> signers.SimpleSigner:
    private = signer.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate_of(signer).public_bytes(Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )

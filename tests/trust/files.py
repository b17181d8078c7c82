"""Released files for tests: set by typst, signed by pyHanko or by our own signer, with a known key."""

import io
import json
from datetime import timedelta
from functools import cache
from typing import Any

import typst
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from rukhsa.issuance.signature import sign_pdf
from rukhsa.trust import factsheet, keys, seal, tlog
from rukhsa.trust.keys import MemorySigner
from tests.trust import world
from tests.trust.world import PDF_SIGNER, Site

PAGE = """
#set document(title: "Road works licence", date: datetime(year: 2020, month: 11, day: 5))
#set text(lang: "en", size: 40pt)
#let attachments = json(bytes(sys.inputs.attachments))
#for each in attachments {
  let more = (relationship: "data", mime-type: each.type, description: each.name)
  pdf.attach(each.name, bytes(each.content), ..more)
}
= Road works licence
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


def compose(files: dict[str, bytes], extra: str = "") -> bytes:
    """An unsigned file with these attachments."""
    listed = [{"name": name, "content": list(data), "type": "text/plain"} for name, data in files.items()]
    source = PAGE.replace("EXTRA", extra).encode()
    compiled = typst.compile(
        source, format="pdf", sys_inputs={"attachments": json.dumps(listed)}, pdf_standards=["a-3a"]
    )
    return bytes(compiled) + b"\n"


def sign(unsigned: bytes, signer: MemorySigner = PDF_SIGNER) -> bytes:
    """Certified with our own signer."""
    certificate = certificate_of(signer)
    return sign_pdf(
        unsigned, sign=lambda data: keys.to_der(signer.sign(data)), certificates=(certificate,), at=world.NOON
    )


def sign_by_pyhanko(unsigned: bytes, signer: MemorySigner = PDF_SIGNER, **options: Any) -> bytes:
    """Certified, or signed as `options` say, by pyHanko: another author's reading of the same standard."""
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
        writer, signers.PdfSignatureMetadata(**metadata), signer=_pyhanko_signer(signer)
    )
    return bytes(signed.getbuffer())


def released(site: Site, sealed: bytes, signer: MemorySigner = PDF_SIGNER) -> bytes:
    """The released file of a seal."""
    return sign(compose(attachments(site, sealed)), signer)


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

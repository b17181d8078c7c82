"""Signing a composed document, against pyHanko with its defaults, and what three validators say of both results."""

import io
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from bench.compose import AT, key_and_certificate, pyhanko_signer
from bench.figure import Figure, best_rates
from rukhsa.issuance.compose import compose
from rukhsa.issuance.signature import sign_pdf
from tests.rooms.issuance.sheets import road_works
from tests.verapdf.validator import validate


def figures() -> Iterator[Figure]:
    """Composed file in, certified PAdES file out, on one core; first the verdicts, which must be the same."""
    key, certificate = key_and_certificate()
    composed = compose(road_works())
    ours, theirs = _ours(key, certificate, composed), _theirs(key, certificate, composed)
    said = {
        name: _verdicts(file, certificate) for name, file in (("ours", ours(0)), ("pyHanko's", theirs(0)))
    }
    for name, verdicts in said.items():
        print(f"verdicts on {name}: {verdicts}", flush=True)
    if len(set(said.values())) != 1:
        raise RuntimeError("the validators tell the two files apart")
    fast, slow = best_rates(ours, theirs, seconds=2.0)
    yield Figure(name="signing one document, PAdES B-B, certified", ours=fast, peer=slow, wanted=10)


def _ours(
    key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate, composed: bytes
) -> Callable[[int], bytes]:
    def sign(content: bytes) -> bytes:
        return key.sign(content, ec.ECDSA(hashes.SHA256()))

    return lambda number: sign_pdf(composed, sign=sign, certificates=(certificate,), at=AT)


def _theirs(
    key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate, composed: bytes
) -> Callable[[int], bytes]:
    signer = pyhanko_signer(key, certificate)
    meant = signers.PdfSignatureMetadata(
        field_name="Seal",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
    )

    def act(number: int) -> bytes:
        written = IncrementalPdfFileWriter(io.BytesIO(composed))
        return bytes(signers.sign_pdf(written, meant, signer=signer).getvalue())

    return act


def _verdicts(file: bytes, certificate: x509.Certificate) -> str:
    """What pdfsig, pyHanko and veraPDF say, in one line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "signed.pdf"
        path.write_bytes(file)
        said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True).stdout
        pdfsig = "valid, whole" if "Signature is Valid." in said and "Total document" in said else "refused"
        flavours = validate(("3a", "ua1"), [path])
    (embedded,) = PdfFileReader(io.BytesIO(file)).embedded_signatures
    root = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    context = ValidationContext(trust_roots=[root], moment=AT, allow_fetching=False)
    status = validate_pdf_signature(embedded, context)
    pyhanko = f"{'valid' if status.bottom_line else 'refused'}, {status.coverage.name}"
    vera = ", ".join(f"{each.flavour} {'met' if each.meets else 'broken'}" for each in flavours)
    return f"pdfsig {pdfsig}; pyHanko {pyhanko}; veraPDF {vera}"

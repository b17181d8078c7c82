"""Composing and signing one document, against WeasyPrint with the same content and fonts and pyHanko's defaults."""

import dataclasses
import html
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import weasyprint
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore
from weasyprint.text.fonts import FontConfiguration

from bench.figure import Figure, best_rates
from rukhsa.issuance.compose import FONTS, compose, draw_code
from rukhsa.issuance.printed_page import Page
from rukhsa.issuance.signature import sign_pdf
from tests.rooms.issuance.sheets import road_works

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def figures() -> Iterator[Figure]:
    """Facts in, signed PDF/A-3a out, on one core."""
    key, certificate = key_and_certificate()
    ours, theirs = best_rates(_ours(key, certificate), peer(key, certificate, road_works()))
    yield Figure(name="composing and signing one document", ours=ours, peer=theirs, wanted=8)


def numbered(page: Page, number: int) -> Page:
    """A page of its own: number, code and seal differ, as they do between two real documents."""
    digits = f"{(number + 1) * 7919:017d}"
    return dataclasses.replace(
        page,
        number=f"CAP-RW-2026-{number:07d}-7",
        verification_code=f"{number:04d}-2XW9-4TRD-8HNP",
        qr_text=page.qr_text[: -len(digits)] + digits,
    )


def _ours(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> Callable[[int], bytes]:
    page = road_works()

    def sign(content: bytes) -> bytes:
        return key.sign(content, ec.ECDSA(hashes.SHA256()))

    return lambda number: sign_pdf(
        compose(numbered(page, number)), sign=sign, certificates=(certificate,), at=AT
    )


def peer(
    key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate, page: Page
) -> Callable[[int], bytes]:
    """The peer's way to compose and sign a page, each time with another number, code and seal."""
    fonts = FontConfiguration()
    style = weasyprint.CSS(string=_style(), font_config=fonts)
    signer = pyhanko_signer(key, certificate)
    meant = signers.PdfSignatureMetadata(
        field_name="Seal",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
    )

    def act(number: int) -> bytes:
        document = weasyprint.HTML(string=_page_in_html(numbered(page, number)))
        file = document.write_pdf(
            stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-3a", pdf_tags=True
        )
        written = IncrementalPdfFileWriter(io.BytesIO(file))
        return bytes(signers.sign_pdf(written, meant, signer=signer).getvalue())

    return act


def _style() -> str:
    faces = "".join(
        f"@font-face{{font-family:Amiri;font-weight:{weight};src:url('{_font(face)}')}}"
        for weight, face in (("400", "400Regular"), ("700", "700Bold"))
    )
    return (
        faces + "@page{size:A4;margin:16mm 20mm 22mm}body{font:11.5pt Amiri;direction:rtl;font-kerning:none}"
        "h1{font-size:31pt;text-align:center}.en{direction:ltr;text-align:left}table{width:100%;"
        "border-collapse:collapse}td{border-top:.5pt solid #cfd8de;padding:2.3mm 2.5mm}.m{text-align:center}"
        ".code{direction:ltr;font-weight:700;font-size:13pt}"
    )


def _font(face: str) -> str:
    (file,) = Path(FONTS / face).glob("*.ttf")
    return file.as_uri()


def _page_in_html(page: Page) -> str:
    """The same content: crest, names, title, facts and conditions in both languages, QR, number and code."""
    rows = "".join(
        f"<tr><td>{html.escape(row.label.ar)}<td>"
        + (
            f"{html.escape(row.value)}<td>"
            if isinstance(row.value, str)
            else f"{html.escape(row.value.ar)}<td class=en>{html.escape(row.value.en)}"
        )
        + f"<td class=en>{html.escape(row.label.en)}</tr>"
        for row in page.rows
    )
    conditions = "".join(
        f"<ol class={language}>"
        + "".join(f"<li>{html.escape(text.in_language(language))}" for text in page.conditions)
        + "</ol>"
        for language in page.languages
    )
    side = f"{draw_code(page.qr_text).side_mm:.1f}mm"
    return (
        f"<!doctype html><html lang=ar><title>{page.title.ar} {page.number}</title><body>"
        f"<table><tr><td>{page.authority.ar}<br>{page.country.ar}<td>{_sized(page.crest, '27mm')}"
        f"<td class=en>{page.authority.en}<br>{page.country.en}</table>"
        f"<h1>{page.title.ar}</h1><p class=m>{page.title.en}</p><table>{rows}</table>{conditions}"
        f"<p class=m>{_sized(draw_code(page.qr_text).svg, side)}</p><p>تحقق من هذه الوثيقة: {page.verifier}</p>"
        f"<p class=code>{page.number} · {page.verification_code}</p>"
    )


def _sized(svg: str, side: str) -> str:
    return svg.replace("<svg ", f'<svg width="{side}" height="{side}" ', 1)


def pyhanko_signer(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> Any:
    """The key and its certificate as pyHanko takes them."""
    encoded = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(encoded),
        cert_registry=SimpleCertificateStore(),
    )


def key_and_certificate() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A new key on P-256 and a certificate that it gives itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Capital Secretariat")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(AT).not_valid_after(AT + timedelta(days=365))
    return key, builder.sign(key, hashes.SHA256())

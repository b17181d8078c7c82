"""PDFs by libraries, as web sites and offices' own programs make them."""

import io
import json
import os
from collections.abc import Callable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, Final

from tests.producers.pictures import page
from tests.producers.programs import HTML, WORDS, run

_NODE: Final = {"pdf-lib": "pdf-lib", "PDFKit": "pdfkit", "jsPDF": "jspdf"}
_PACKAGES: Final = {"ReportLab": "reportlab", "WeasyPrint": "weasyprint", "Typst": "typst"}


def package_version(producer: str) -> str:
    """The version of a library's package."""
    if package := _NODE.get(producer):
        files = (Path(folder) / package / "package.json" for folder in os.environ["NODE_PATH"].split(":"))
        return str(next(json.loads(file.read_text())["version"] for file in files if file.exists()))
    try:
        return metadata.version(_PACKAGES.get(producer, producer))
    except metadata.PackageNotFoundError:
        return ""


def library(name: str) -> Any:
    """A library that only the maker of the corpus needs. Raises ImportError."""
    return import_module(name)


def reportlab(*, form: bool) -> Callable[[Path], bytes]:
    def make(_folder: Path) -> bytes:
        out = io.BytesIO()
        canvas = library("reportlab.pdfgen.canvas").Canvas(out, invariant=True)
        canvas.drawString(72, 720, WORDS)
        if form:
            canvas.acroForm.textfield(name="rent", x=72, y=600)
        canvas.save()
        return out.getvalue()

    return make


def fpdf(*, note: bool) -> Callable[[Path], bytes]:
    def make(_folder: Path) -> bytes:
        document = library("fpdf").FPDF()
        document.add_page()
        document.set_font("Helvetica", size=14)
        document.cell(text=WORDS)
        if note:
            document.text_annotation(20, 20, "A note")
        return bytes(document.output())

    return make


def weasyprint(*, form: bool = False, attached: bool = False) -> Callable[[Path], bytes]:
    def make(_folder: Path) -> bytes:
        package = library("weasyprint")

        text = HTML + ("<form><input name='rent' value='1' style='appearance:auto'></form>" if form else "")
        files = [package.Attachment(string="rent;100", name="rent.csv")] if attached else []
        return bytes(
            package.HTML(string=text).write_pdf(
                pdf_forms=form, attachments=files, pdf_variant="pdf/a-3b" if attached else None
            )
        )

    return make


def typst(*, attached: bool) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        (folder / "rent.json").write_text('{"rent": 100}')
        inside = '#pdf.attach("rent.json", mime-type: "application/json", description: "Rent", relationship: "data")\n'
        (folder / "letter.typ").write_text((inside if attached else "") + f"= Lease\n{WORDS}\n")
        standards = {"pdf_standards": ["a-3b"]} if attached else {}
        return bytes(library("typst").compile(str(folder / "letter.typ"), **standards))

    return make


def img2pdf(_folder: Path) -> bytes:
    out = io.BytesIO()
    page().save(out, "JPEG", quality=50)
    return bytes(library("img2pdf").convert(out.getvalue()))


def pillow(_folder: Path) -> bytes:
    out = io.BytesIO()
    page().save(out, "PDF")
    return out.getvalue()


def pypdf(_folder: Path) -> bytes:
    writer = library("pypdf").PdfWriter()
    for _ in range(2):
        writer.add_blank_page(595, 842)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def node(script: str) -> Callable[[Path], bytes]:
    """A script of Node that writes out.pdf."""

    def make(folder: Path) -> bytes:
        (folder / "letter.cjs").write_text(script)
        run("node", "letter.cjs")
        return (folder / "out.pdf").read_bytes()

    return make


_PDF_LIB: Final = (
    "const {{PDFDocument}} = require('pdf-lib'), fs = require('fs');(async () => {{"
    "const d = await PDFDocument.create();"
    "const p = d.addPage(); p.drawText('Lease', {{x: 50, y: 700}}); {more}"
    "fs.writeFileSync('out.pdf', await d.save());}})()"
)
_PDFKIT: Final = (
    "const D = require('pdfkit'), fs = require('fs'); const d = new D(); d.pipe(fs.createWriteStream('out.pdf'));"
    "d.text('Lease', {link: 'https://example.com/'}); d.end()"
)
_JSPDF: Final = (
    "const {{jsPDF}} = require('jspdf'), fs = require('fs'); const d = new jsPDF(); d.text('Lease', 10, 10); {more}"
    "fs.writeFileSync('out.pdf', Buffer.from(d.output('arraybuffer')))"
)
_FIELD: Final = "d.getForm().createTextField('rent').addToPage(p, {x: 50, y: 600});"

ROWS: Final = [
    ("reportlab.pdf", "ReportLab", "a page", reportlab(form=False)),
    ("reportlab-form.pdf", "ReportLab", "a form with a field", reportlab(form=True)),
    ("fpdf2.pdf", "fpdf2", "a page", fpdf(note=False)),
    ("fpdf2-note.pdf", "fpdf2", "a page with a note", fpdf(note=True)),
    ("weasyprint.pdf", "WeasyPrint", "of HTML, with a link", weasyprint()),
    ("weasyprint-form.pdf", "WeasyPrint", "a form with a field", weasyprint(form=True)),
    ("weasyprint-pdfa3.pdf", "WeasyPrint", "PDF/A-3 with a table attached", weasyprint(attached=True)),
    ("typst.pdf", "Typst", "a page", typst(attached=False)),
    ("typst-pdfa3.pdf", "Typst", "PDF/A-3 with JSON attached", typst(attached=True)),
    ("img2pdf.pdf", "img2pdf", "a JPEG in a PDF", img2pdf),
    ("pillow.pdf", "Pillow", "a picture saved as PDF", pillow),
    ("pypdf.pdf", "pypdf", "two empty pages", pypdf),
    ("pdf-lib.pdf", "pdf-lib", "a page", node(_PDF_LIB.format(more=""))),
    ("pdf-lib-form.pdf", "pdf-lib", "a form with a field", node(_PDF_LIB.format(more=_FIELD))),
    ("pdfkit.pdf", "PDFKit", "a page with a link", node(_PDFKIT)),
    ("jspdf.pdf", "jsPDF", "a page", node(_JSPDF.format(more=""))),
    ("jspdf-prints.pdf", "jsPDF", "opens the dialogue to print", node(_JSPDF.format(more="d.autoPrint();"))),
]

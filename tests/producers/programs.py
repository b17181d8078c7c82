"""Files by programs, each started as a person or an office would start it."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

WORDS: Final = "Lease of house 12, road 3402, block 334, from 1 January to 31 December."
HTML: Final = (
    f"<!doctype html><title>Lease</title><h1>Lease</h1><p>{WORDS}</p><a href='https://example.com/'>Link</a>"
)
POSTSCRIPT: Final = f"%!PS\n/Helvetica findfont 14 scalefont setfont 72 720 moveto ({WORDS}) show showpage\n"
TEX: Final = (
    r"\documentclass{article}\usepackage{hyperref}\begin{document}\section{Lease}"
    + WORDS
    + r" \href{https://example.com/}{Link}\end{document}"
)
SVG: Final = (
    f"<svg xmlns='http://www.w3.org/2000/svg' width='400' height='100'><text y='50'>{WORDS}</text></svg>"
)
FO: Final = (
    "<root xmlns='http://www.w3.org/1999/XSL/Format'><layout-master-set><simple-page-master master-name='a'"
    " page-width='210mm' page-height='297mm'><region-body/></simple-page-master></layout-master-set>"
    "<page-sequence master-reference='a'><flow flow-name='xsl-region-body'>"
    f"<block>{WORDS}</block></flow></page-sequence></root>"
)
_NAMES: Final = {
    "office": "office:1.0",
    "text": "text:1.0",
    "table": "table:1.0",
    "form": "form:1.0",
    "draw": "drawing:1.0",
    "svg": "svg-compatible:1.0",
}
_ODF: Final = " ".join(
    f"xmlns:{short}='urn:oasis:names:tc:opendocument:xmlns:{name}'" for short, name in _NAMES.items()
)


def _office(kind: str, body: str) -> str:
    """A document of OpenDocument in one file."""
    return (
        f"<office:document {_ODF} office:version='1.3' office:mimetype='application/vnd.oasis.opendocument.{kind}'>"
        f"<office:body>{body}</office:body></office:document>"
    )


LETTER: Final = _office(
    "text",
    f"<office:text><text:h text:outline-level='1'>Lease</text:h><text:p>{WORDS}</text:p></office:text>",
)
FORM: Final = _office(
    "text",
    "<office:text><office:forms><form:form form:name='f'><form:text form:name='t' xml:id='c1' form:id='c1'"
    " form:control-implementation='ooo:com.sun.star.form.component.TextField'/></form:form></office:forms>"
    f"<text:p>{WORDS}<draw:control text:anchor-type='as-char' draw:control='c1' svg:width='4cm'"
    " svg:height='1cm'/></text:p></office:text>",
)
TABLE: Final = _office(
    "spreadsheet",
    "<office:spreadsheet><table:table table:name='Rent'><table:table-row>"
    f"<table:table-cell office:value-type='string'><text:p>{WORDS}</text:p></table:table-cell>"
    "</table:table-row></table:table></office:spreadsheet>",
)

_VERSIONS: Final = {
    "LibreOffice": ("soffice", "--version"),
    "Ghostscript": ("gs", "--version"),
    "Chromium": ("chromium", "--version"),
    "pdfTeX": ("pdflatex", "--version"),
    "groff": ("groff", "--version"),
    "ImageMagick": ("magick", "--version"),
    "MuPDF": ("mutool", "-v"),
    "qpdf": ("qpdf", "--version"),
    "Poppler": ("pdfunite", "-v"),
    "Tesseract": ("tesseract", "--version"),
    "OCRmyPDF": ("ocrmypdf", "--version"),
    "FOP": ("fop", "-version"),
    "libheif": ("heif-enc", "--version"),
    "libavif": ("avifenc", "--version"),
    "libwebp": ("cwebp", "-version"),
    "AbiWord": ("abiword", "--version"),
    "CUPS filters": ("dpkg-query", "-W", "-f=${Version}", "cups-filters"),
}


def version_of(producer: str) -> str:
    """The version that a program tells of itself; of a library, its package's."""
    if command := _VERSIONS.get(producer):
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"\d+(?:\.\d+)+", told.stdout + told.stderr)
        return found.group() if found else ""
    from tests.producers.libraries import package_version

    return package_version(producer)


def run(*command: str, **how: Any) -> None:
    """Start a program in the folder of the file. Raises OSError, CalledProcessError."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment |= {"HOME": os.getcwd(), "SOURCE_DATE_EPOCH": "1767225600", "FORCE_SOURCE_DATE": "1"}
    subprocess.run(command, check=True, capture_output=True, env=environment, timeout=180, **how)


def made(source: str, content: str, target: str, *command: str) -> Callable[[Path], bytes]:
    """Write the source, run the command, read the target."""

    def make(folder: Path) -> bytes:
        (folder / source).write_text(content, "utf-8")
        run(*command)
        return (folder / target).read_bytes()

    return make


def office(
    source: str, content: str, filter_name: str = "writer_pdf_Export", **options: Any
) -> Callable[[Path], bytes]:
    """By LibreOffice, with the options of its dialogue."""
    kinds = {bool: "boolean", int: "long", str: "string"}
    told = {
        key: {
            "type": kinds[type(value)],
            "value": str(value).lower() if isinstance(value, bool) else str(value),
        }
        for key, value in options.items()
    }
    convert = f"pdf:{filter_name}:{json.dumps(told)}" if told else "pdf"
    return made(source, content, "letter.pdf", "soffice", "--headless", "--convert-to", convert, source)


def ghostscript(*options: str) -> Callable[[Path], bytes]:
    return made("letter.ps", POSTSCRIPT, "letter.pdf", "gs", "-q", "-o", "letter.pdf", *options, "letter.ps")


def after_ghostscript(*command: str) -> Callable[[Path], bytes]:
    """A program that takes a PDF and writes another."""

    def make(folder: Path) -> bytes:
        (folder / "in.pdf").write_bytes(ghostscript("-sDEVICE=pdfwrite")(folder))
        run(*command)
        return (folder / "out.pdf").read_bytes()

    return make


def of_a_scan(*command: str) -> Callable[[Path], bytes]:
    """A program that takes a scanned page, letter.png or letter.tif, and writes out.pdf."""

    def make(folder: Path) -> bytes:
        from tests.producers.pictures import page

        page().save(folder / "letter.png", dpi=(100, 100))
        page().convert("1").save(folder / "letter.tif", compression="group4", dpi=(100, 100))
        run(*command)
        return (folder / "out.pdf").read_bytes()

    return make


def cups(source: str, content: str) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        (folder / source).write_text(content)
        run("sh", "-c", f"/usr/lib/cups/filter/texttopdf 1 layla Lease 1 '' {source} > out.pdf")
        return (folder / "out.pdf").read_bytes()

    return make


ROWS: Final = [
    ("libreoffice-writer.pdf", "LibreOffice", "Writer, export as PDF", office("letter.fodt", LETTER)),
    ("libreoffice-calc.pdf", "LibreOffice", "Calc, export as PDF", office("letter.fods", TABLE)),
    (
        "libreoffice-tagged.pdf",
        "LibreOffice",
        "Writer, tagged",
        office("letter.fodt", LETTER, UseTaggedPDF=True),
    ),
    (
        "libreoffice-pdfa2.pdf",
        "LibreOffice",
        "Writer, PDF/A-2b",
        office("letter.fodt", LETTER, SelectPdfVersion=2),
    ),
    ("libreoffice-form.pdf", "LibreOffice", "Writer, a form with a field", office("letter.fodt", FORM)),
    (
        "libreoffice-owner-password.pdf",
        "LibreOffice",
        "Writer, only the owner has a password",
        office("letter.fodt", LETTER, RestrictPermissions=True, PermissionPassword="owner"),
    ),
    (
        "libreoffice-user-password.pdf",
        "LibreOffice",
        "Writer, a password opens it",
        office("letter.fodt", LETTER, EncryptFile=True, DocumentOpenPassword="user"),
    ),
    (
        "libreoffice-hybrid.pdf",
        "LibreOffice",
        "Writer, hybrid: with the editable copy inside",
        office("letter.fodt", LETTER, IsAddStream=True),
    ),
    (
        "libreoffice.docx",
        "LibreOffice",
        "Writer, saved for another word processor",
        made(
            "letter.fodt",
            LETTER,
            "letter.docx",
            "soffice",
            "--headless",
            "--convert-to",
            "docx",
            "letter.fodt",
        ),
    ),
    (
        "abiword.pdf",
        "AbiWord",
        "printed by cairo",
        made("letter.html", HTML, "letter.pdf", "abiword", "--to=pdf", "letter.html"),
    ),
    (
        "ghostscript-1.3.pdf",
        "Ghostscript",
        "pdfwrite, PDF 1.3",
        ghostscript("-sDEVICE=pdfwrite", "-dCompatibilityLevel=1.3"),
    ),
    ("ghostscript-1.7.pdf", "Ghostscript", "pdfwrite, PDF 1.7", ghostscript("-sDEVICE=pdfwrite")),
    (
        "ghostscript-2.0.pdf",
        "Ghostscript",
        "pdfwrite, PDF 2.0",
        ghostscript("-sDEVICE=pdfwrite", "-dCompatibilityLevel=2.0"),
    ),
    (
        "ghostscript-pdfa.pdf",
        "Ghostscript",
        "pdfwrite, PDF/A-2",
        ghostscript("-sDEVICE=pdfwrite", "-dPDFA=2", "-sColorConversionStrategy=RGB"),
    ),
    (
        "ghostscript-image.pdf",
        "Ghostscript",
        "pdfimage8, as scanners do",
        ghostscript("-sDEVICE=pdfimage8", "-r50"),
    ),
    (
        "chromium.pdf",
        "Chromium",
        "print to PDF",
        made(
            "letter.html",
            HTML,
            "letter.pdf",
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--print-to-pdf=letter.pdf",
            "letter.html",
        ),
    ),
    (
        "pdflatex.pdf",
        "pdfTeX",
        "LaTeX with links",
        made("letter.tex", TEX, "letter.pdf", "pdflatex", "-interaction=batchmode", "letter.tex"),
    ),
    (
        "groff.pdf",
        "groff",
        "-Tpdf",
        made(
            "letter.ms",
            f".NH\nLease\n.PP\n{WORDS}\n",
            "letter.pdf",
            "sh",
            "-c",
            "groff -ms -Tpdf letter.ms > letter.pdf",
        ),
    ),
    ("imagemagick.pdf", "ImageMagick", "of a scan", of_a_scan("magick", "letter.png", "out.pdf")),
    ("fop.pdf", "FOP", "of XSL-FO", made("letter.fo", FO, "letter.pdf", "fop", "letter.fo", "letter.pdf")),
    ("cups-text.pdf", "CUPS filters", "texttopdf", cups("letter.txt", WORDS + "\n")),
    (
        "cairo.pdf",
        "Poppler",
        "pdftocairo, written by cairo",
        after_ghostscript("pdftocairo", "-pdf", "in.pdf", "out.pdf"),
    ),
    ("pdfunite.pdf", "Poppler", "pdfunite", after_ghostscript("pdfunite", "in.pdf", "in.pdf", "out.pdf")),
    (
        "mupdf.pdf",
        "MuPDF",
        "mutool convert",
        after_ghostscript("mutool", "convert", "-o", "out.pdf", "in.pdf"),
    ),
    (
        "mupdf-clean.pdf",
        "MuPDF",
        "mutool clean",
        after_ghostscript("mutool", "clean", "-ggg", "in.pdf", "out.pdf"),
    ),
    (
        "qpdf-linearized.pdf",
        "qpdf",
        "--linearize",
        after_ghostscript("qpdf", "--linearize", "in.pdf", "out.pdf"),
    ),
    (
        "qpdf-object-streams.pdf",
        "qpdf",
        "--object-streams=generate",
        after_ghostscript("qpdf", "--object-streams=generate", "in.pdf", "out.pdf"),
    ),
    ("qpdf-qdf.pdf", "qpdf", "--qdf", after_ghostscript("qpdf", "--qdf", "in.pdf", "out.pdf")),
    (
        "qpdf-1.0.pdf",
        "qpdf",
        "--force-version=1.0",
        after_ghostscript("qpdf", "--force-version=1.0", "in.pdf", "out.pdf"),
    ),
    (
        "qpdf-1.1.pdf",
        "qpdf",
        "--force-version=1.1",
        after_ghostscript("qpdf", "--force-version=1.1", "in.pdf", "out.pdf"),
    ),
    (
        "qpdf-1.2.pdf",
        "qpdf",
        "--force-version=1.2",
        after_ghostscript("qpdf", "--force-version=1.2", "in.pdf", "out.pdf"),
    ),
    (
        "qpdf-user-password.pdf",
        "qpdf",
        "a password opens it (256 bits)",
        after_ghostscript("qpdf", "--encrypt", "user", "owner", "256", "--", "in.pdf", "out.pdf"),
    ),
    (
        "qpdf-attachment.pdf",
        "qpdf",
        "a text attached",
        after_ghostscript(
            "sh", "-c", "echo rent > rent.txt; qpdf --add-attachment rent.txt -- in.pdf out.pdf"
        ),
    ),
    (
        "qpdf-program.pdf",
        "qpdf",
        "a program attached",
        after_ghostscript(
            "sh", "-c", "printf 'MZ\\220\\000' > setup.exe; qpdf --add-attachment setup.exe -- in.pdf out.pdf"
        ),
    ),
    (
        "tesseract.pdf",
        "Tesseract",
        "of a scan, with its text",
        of_a_scan("tesseract", "letter.png", "out", "pdf"),
    ),
    (
        "ocrmypdf.pdf",
        "OCRmyPDF",
        "of a scan, PDF/A",
        of_a_scan("ocrmypdf", "--image-dpi", "100", "-q", "letter.png", "out.pdf"),
    ),
    (
        "img2pdf-g4.pdf",
        "img2pdf",
        "a scanner's TIFF G4 in a PDF",
        of_a_scan("img2pdf", "letter.tif", "-o", "out.pdf"),
    ),
]

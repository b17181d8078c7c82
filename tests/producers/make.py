"""Makes the files again: `python -m tests.producers.make [NAME…]`, each with the program itself.

The programs are Debian's (libreoffice-writer-nogui, libreoffice-calc-nogui, ghostscript, texlive-latex-base, groff,
imagemagick, mupdf-tools, tesseract-ocr, ocrmypdf, cups-filters, libheif-examples, webp, libavif-bin, abiword, fop,
qpdf, poppler-utils, chromium), PyPI's (reportlab, fpdf2, img2pdf, pypdf) and npm's (pdf-lib, pdfkit, jspdf, found by
NODE_PATH). What is not there is left as it is, and said.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.producers import by_hand, libraries, pictures, programs

HERE: Final = Path(__file__).parent
FILES: Final = HERE / "files"
MANIFEST: Final = HERE / "manifest.json"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One file: its name, who makes it, how that is asked, and what makes it in an empty folder."""

    name: str
    producer: str
    how: str
    make: Callable[[Path], bytes]


def rows() -> Iterator[Row]:
    """Everything that can be made."""
    for module in (programs, libraries, pictures, by_hand):
        for name, producer, how, make in module.ROWS:
            yield Row(name=name, producer=producer, how=how, make=make)


def main() -> None:
    """Make the files that are named, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    names = parser.parse_args().names
    FILES.mkdir(exist_ok=True)
    known = {each["file"]: each for each in json.loads(MANIFEST.read_text())} if MANIFEST.exists() else {}
    for row in rows():
        if names and row.name not in names:
            continue
        try:
            with tempfile.TemporaryDirectory() as folder:
                os.chdir(folder)
                content = row.make(Path(folder))
                version = programs.version_of(row.producer)
        except (OSError, subprocess.SubprocessError, ImportError) as error:
            sys.stderr.write(f"{row.name}: left as it is ({type(error).__name__}: {error})\n")
            continue
        (FILES / row.name).write_bytes(content)
        known[row.name] = {
            "file": row.name,
            "producer": f"{row.producer} {version}".strip(),
            "how": row.how,
        }
    listed = [known[row.name] for row in rows() if row.name in known]
    MANIFEST.write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

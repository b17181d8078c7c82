"""`python -m tools`: write the pages of docs/ that are made from the code, or check that they are up to date."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import django

from rukhsa.project.config import PROJECT


def main() -> None:
    """Read the command line; write a page, or say which are not up to date."""
    parser = argparse.ArgumentParser(prog="python -m tools", description=__doc__)
    parser.add_argument(
        "pages",
        choices=("diagrams", "gate", "accessibility", "figures", "cryptography"),
        help="docs/diagrams/, docs/formats/gate.md, docs/accessibility.md, docs/figures.md, or "
        "docs/security/cryptography.md",
    )
    parser.add_argument("--check", action="store_true", help="for diagrams: write nothing, name what is old")
    given = parser.parse_args()
    os.environ.setdefault("RUKHSA_ENVIRONMENT", "development")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rukhsa.project.settings")
    django.setup()
    if given.pages == "gate":
        _measure_the_gate()
    elif given.pages == "figures":
        _write_figures()
    elif given.pages == "cryptography":
        _list_cryptography()
    elif given.pages == "accessibility":
        state_accessibility()
    else:
        _draw(check=given.check)


def _draw(*, check: bool) -> None:
    from tools.drawings import drawings

    old = [each for each in drawings() if not each.file.exists() or each.file.read_text() != each.text]
    if check and old:
        sys.exit(f"not up to date: {', '.join(each.name for each in old)}; draw with `make diagram`")
    for drawing in old:
        _write(drawing.file, drawing.text)


def _measure_the_gate() -> None:
    from tools import gate_page

    _write(gate_page.FILE, gate_page.page(gate_page.measure()))


def _write_figures() -> None:
    from tools import figures_page

    _write(figures_page.FILE, figures_page.page())


def _list_cryptography() -> None:
    from tools import cryptography_page

    _write(cryptography_page.FILE, cryptography_page.page())


def state_accessibility() -> None:
    """Write docs/accessibility.md, and what the page of the portal shows."""
    from tools import accessibility

    made = accessibility.made()
    _write(accessibility.PAGE, accessibility.as_page(made))
    _write(accessibility.SHIPPED, json.dumps(asdict(made), ensure_ascii=False, indent=1) + "\n")


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    sys.stdout.write(f"written: {file.relative_to(PROJECT)}\n")


if __name__ == "__main__":
    main()

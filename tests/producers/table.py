"""The table of what is said of each file, in docs/formats/files.md; `python -m tests.producers.table` writes it."""

import json
import re
from pathlib import Path
from typing import Final

from django.utils.translation import override

from rukhsa.applications.file_check import BadFile, check_and_look
from tests.producers.make import FILES, MANIFEST

PAGE: Final = Path(__file__).parents[2] / "docs/formats/files.md"
_TABLE: Final = re.compile(r"(?<=<!-- corpus -->\n).*?(?=<!-- /corpus -->)", re.DOTALL)


def table() -> str:
    """One line a file: who made it and how, and the answer in English."""
    lines = ["| file | made by | how | answer |", "|---|---|---|---|"]
    lines += [
        f"| {each['file']} | {each['producer']} | {each['how']} | {answer(FILES / each['file'])} |"
        for each in json.loads(MANIFEST.read_text("utf-8"))
    ]
    return "\n".join(lines) + "\n"


def answer(file: Path) -> str:
    """Taken, and with which notes; or the sentence of its refusal."""
    try:
        with override("en"):
            taken = check_and_look(file.read_bytes(), ("pdf", "image"))
    except BadFile as bad:
        return f"*{bad.text}*"
    return ", ".join(["taken", *taken.notes])


def page() -> str:
    """The page of the docs with the table as it is now."""
    return _TABLE.sub(lambda _: table(), PAGE.read_text("utf-8"))


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    PAGE.write_text(page(), "utf-8")

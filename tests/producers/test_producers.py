"""What real programs write is taken or refused with a sentence that helps, and never an error."""

import json
from pathlib import Path

import pytest
from django.utils.translation import override

from rukhsa.applications.file_check import BadFile, check_and_look
from rukhsa.files.kind import kind_of
from tests.producers.make import FILES, MANIFEST, rows
from tests.producers.table import PAGE, page

CORPUS = sorted(FILES.iterdir())
ROOM = 1_500_000  # bytes that the whole corpus may take


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.name)
def test_a_file_is_taken_or_refused_in_both_languages(file: Path) -> None:
    said = []
    for language in ("ar", "en"):
        try:
            with override(language):
                taken = check_and_look(file.read_bytes(), ("pdf", "image"))
        except BadFile as bad:
            said.append(str(bad.text))
        else:
            assert kind_of(taken.shown)
    assert len(said) == len(set(said)) != 1


def test_the_table_of_the_docs_is_what_is_said_now() -> None:
    assert page() == PAGE.read_text("utf-8"), "python -m tests.producers.table writes it again"


def test_each_file_has_a_row_and_is_small() -> None:
    names = [each["file"] for each in json.loads(MANIFEST.read_text("utf-8"))]
    assert sorted(names) == [file.name for file in CORPUS] == sorted(row.name for row in rows())
    assert sum(file.stat().st_size for file in CORPUS) < ROOM


def test_no_file_tells_where_it_was_made() -> None:
    for file in CORPUS:
        content = file.read_bytes()
        assert not [place for place in (b"/tmp/", b"/root/", b"/home/", b"/work/") if place in content], (
            file.name
        )

"""The official list of blocks: checked, versioned, in force from its day on, and reported row by row."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from rukhsa.catalogue.block_list import Report, import_blocks
from rukhsa.catalogue.load import load
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.territory import read_territory
from rukhsa.places.block import NoSuchBlock, areas_of, authority_of, block_on, blocks_asked_once
from rukhsa.places.models import BlockEntry, BlockList
from tests.rooms.catalogue.broken import BAHRAIN

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
NEW_YEAR, DAY_BEFORE = date(2027, 1, 1), date(2026, 12, 31)
HEAD = "number,authority,area-ar,area-en,source\n"
GOOD = HEAD + "428,NOR,السيف,Seef,survey\n٤٩٩,CAP,السهلة,Sehla,survey\n"
BAD = GOOD + "31,CAP,,,survey\n430,XYZ,,,survey\n205,CAP,,,survey\n428,CAP,,,survey\n431,CAP\n"


@pytest.fixture
def loaded() -> None:
    load(BAHRAIN)


def enter(tmp_path: Path, text: str, **how: bool) -> Report:
    file = tmp_path / "blocks.csv"
    file.write_text(text, encoding="utf-8-sig")
    bahrain = read_territory(BAHRAIN)
    return import_blocks(file, bahrain, effective_from=NEW_YEAR, source="survey", at=AT, **how)


def test_a_list_counts_from_its_day_on_and_is_entered_once(tmp_path: Path, loaded: None) -> None:
    rehearsed = enter(tmp_path, GOOD, rehearse=True)
    assert (rehearsed.version, rehearsed.new, rehearsed.moved) == (None, [499], [(428, "CAP", "NOR")])
    assert not BlockList.objects.exists()
    report = enter(tmp_path, GOOD)
    assert (report.version, report.new, report.moved) == (1, [499], [(428, "CAP", "NOR")])
    assert (authority_of(428, on=DAY_BEFORE).code, authority_of(428, on=NEW_YEAR).code) == ("CAP", "NOR")
    assert areas_of([428], on=NEW_YEAR)[428].en == "Seef"
    assert authority_of(499, on=NEW_YEAR).code == "CAP"
    with pytest.raises(NoSuchBlock):
        authority_of(499, on=DAY_BEFORE)
    again = enter(tmp_path, GOOD)
    assert (again.version, again.is_new, BlockList.objects.count()) == (1, False, 1)
    newer = enter(tmp_path, HEAD + "428,CAP,السيف,Seef,survey\n")
    assert newer.version == 2
    assert authority_of(428, on=NEW_YEAR).code == "CAP"


def test_within_one_request_a_block_is_asked_once_and_a_newer_list_counts_from_the_next_on(
    tmp_path: Path, loaded: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with blocks_asked_once():
        with django_assert_num_queries(1):
            assert block_on(428, on=NEW_YEAR).authority == block_on(428, on=NEW_YEAR).authority == "CAP"
            assert areas_of([428], on=NEW_YEAR)
        with django_assert_num_queries(1):
            for _ in range(2):
                with pytest.raises(NoSuchBlock):
                    block_on(499, on=NEW_YEAR)
        enter(tmp_path, GOOD)
        assert block_on(428, on=NEW_YEAR).authority == "CAP"
        assert block_on(428, on=DAY_BEFORE).authority == "CAP"
    assert block_on(428, on=NEW_YEAR).authority == "NOR"
    assert block_on(499, on=NEW_YEAR).authority == "CAP"
    with django_assert_num_queries(2):
        block_on(428, on=NEW_YEAR)
        block_on(428, on=NEW_YEAR)


def test_one_bad_row_refuses_the_file_and_every_bad_row_is_told(tmp_path: Path, loaded: None) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        enter(tmp_path, BAD)
    assert [problem.line for problem in refused.value.problems] == [4, 5, 6, 7, 8]
    assert not BlockEntry.objects.exists()


def test_bad_rows_are_left_out_where_it_is_asked(tmp_path: Path, loaded: None) -> None:
    report = enter(tmp_path, BAD, leave_bad=True)
    assert (len(report.problems), report.version) == (5, 1)
    assert sorted(BlockEntry.objects.values_list("block", flat=True)) == [428, 499]
    assert BlockList.objects.get().refused == 5


@pytest.mark.parametrize("text", ["", HEAD, HEAD + '428,"', "\x00", "a,b\n1,2\n"])
def test_a_file_that_is_no_list_is_refused_in_words(tmp_path: Path, loaded: None, text: str) -> None:
    with pytest.raises(DefinitionRefused):
        enter(tmp_path, text)
    (tmp_path / "other.csv").write_bytes(HEAD.encode() + "428,CAP,السيف,Seef,x".encode("cp1256"))
    with pytest.raises(DefinitionRefused, match="UTF-8"):
        import_blocks(
            tmp_path / "other.csv", read_territory(BAHRAIN), effective_from=NEW_YEAR, source="x", at=AT
        )


def test_the_command_rehearses_enters_reports_and_tells(tmp_path: Path, loaded: None) -> None:
    file, out = tmp_path / "blocks.csv", io.StringIO()
    file.write_text(BAD.replace(",", ";"), encoding="utf-8")
    asked = ("ground", "import", "blocks", str(file), "--from", "2027-01-01", "--source", "survey")
    with pytest.raises(CommandError, match="nothing was entered"):
        call_command(*asked)
    call_command(*asked, "--leave-bad", "--report", str(tmp_path / "report.csv"), stdout=out)
    assert "428: CAP -> NOR" in out.getvalue()
    assert "5 left out" in out.getvalue()
    assert ",428,moved,authority,CAP -> NOR" in (tmp_path / "report.csv").read_text()
    call_command("ground", "show", "block", "428", "--on", "2027-01-01", stdout=out)
    assert "428: NOR, السيف (Seef)" in out.getvalue()


def test_what_a_list_says_is_written_once(tmp_path: Path, loaded: None) -> None:
    enter(tmp_path, GOOD)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        BlockEntry.objects.update(authority="CAP")

"""What is published of the small world: a month once, without small counts, described with its digest."""

import csv
import json
from hashlib import sha256
from pathlib import Path

import pytest
from pytest_django import Settings

from rukhsa.figures import open_data, upkeep
from rukhsa.figures.aggregate import MonthRow
from rukhsa.trust.data_copy import FOLDER
from tests.rooms.figures import small_world
from tests.rooms.figures.small_world import moment

AFTER = moment(30, 12).replace(month=12, day=8)


@pytest.fixture
def folder(db: None, settings: Settings, tmp_path: Path) -> Path:
    settings.RUKHSA_PUBLIC = tmp_path
    small_world.build()
    upkeep.rebuild(at=moment(30, 12))
    return tmp_path / FOLDER


def test_a_month_is_published_a_week_after_its_end(folder: Path) -> None:
    assert open_data.publish(at=moment(30, 12)) == []
    assert open_data.publish(at=AFTER.replace(day=6)) == []
    assert open_data.publish(at=AFTER) == ["2026-11.csv"]


def test_no_count_of_one_to_four_is_in_it(folder: Path) -> None:
    open_data.publish(at=AFTER)
    rows = list(csv.DictReader((folder / "2026-11.csv").read_text().splitlines()))
    assert {row["measure"] for row in rows} == {"submitted", "refused", "documents"}
    assert not {row["count"] for row in rows} & {"1", "2", "3", "4"}


def test_a_larger_count_is_in_it(folder: Path) -> None:
    MonthRow.objects.filter(figure="applications", key="submit", authority="CAP").update(count=120)
    MonthRow.objects.filter(figure="applications", key="submit", authority="MUH").update(count=60)
    open_data.publish(at=AFTER)
    told = (folder / "2026-11.csv").read_text()
    assert "2026-11,submitted,CAP,road-works,120\n" in told
    assert "2026-11,submitted,all,all,180\n" in told


def test_it_is_described_with_its_digest_and_not_changed_afterwards(folder: Path) -> None:
    open_data.publish(at=AFTER)
    first = (folder / "2026-11.csv").read_bytes()
    resource = json.loads((folder / "datapackage.json").read_text())["resources"][0]
    assert resource["hash"] == f"sha256:{sha256(first).hexdigest()}"
    assert [field["name"] for field in resource["schema"]["fields"]] == list(open_data.COLUMNS)
    MonthRow.objects.filter(figure="applications").update(count=500)
    assert open_data.publish(at=AFTER) == []
    assert (folder / "2026-11.csv").read_bytes() == first

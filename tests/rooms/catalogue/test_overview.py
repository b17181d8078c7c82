"""The table of all services says what the definitions say."""

from rukhsa.catalogue import overview
from rukhsa.catalogue.territory import service_files
from tests.rooms.catalogue.broken import BAHRAIN, TERRITORIES, read, text_of


def test_every_service_has_one_line() -> None:
    lines = overview.text(TERRITORIES).splitlines()
    for file in service_files(BAHRAIN):
        name = read(file.read_text(encoding="utf-8")).value.name
        assert sum(line.startswith(f"| {name.en} | {name.ar} |") for line in lines) == 1


def test_a_line_tells_fee_deposit_documents_days_referrals_and_what_is_assumed() -> None:
    (line,) = [
        row for row in overview.text(TERRITORIES).splitlines() if row.startswith("| Road works licence |")
    ]
    assert "| 0.000 or 0.250 a metre (at least 5.000) BHD |" in line
    assert "| 2.000 a metre (at least 50.000) BHD |" in line
    assert "| 3 +2 | 5 | ewa, roads, +traffic | officer | from start for days | 15-M, 381 B |" in line
    assert line.endswith("| 9 |")


def test_what_is_assumed_is_counted_where_it_stands() -> None:
    text = text_of("road-works-licence")
    counted = overview.counted(read(text).value)
    assert counted["assumed"] == text.count("source: {rank: assumed, ")
    changed = text.replace(
        "source: {rank: assumed, why: no page names the amount}",
        "source: {rank: law, page: Official Gazette 3512, read: 2026-11-30}",
        1,
    )
    again = overview.counted(read(changed).value)
    assert (again["assumed"], again["law"]) == (counted["assumed"] - 1, counted["law"] + 1)

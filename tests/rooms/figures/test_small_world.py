"""Each figure of the small world equals what was worked out by hand."""

from datetime import date

import pytest

from rukhsa.applications.models import Application
from rukhsa.figures import upkeep
from rukhsa.figures.aggregate import DayRow, MonthRow
from rukhsa.figures.registry import FIGURES
from rukhsa.figures.summary import read, within
from tests.rooms.figures import small_world
from tests.rooms.figures.small_world import moment

NOVEMBER = date(2026, 11, 1)
HOUR = 3600


@pytest.fixture
def world(db: None) -> dict[str, Application]:
    return small_world.build()


def november(figure: str) -> dict[tuple[str | None, str], tuple[int, int]]:
    """The rows of the month by authority and key: count and total."""
    rows = MonthRow.objects.filter(begins=NOVEMBER, figure=figure)
    return {(row.authority_id, row.key): (row.count, row.total) for row in rows}


BY_HAND: dict[str, dict[tuple[str | None, str], tuple[int, int]]] = {
    # Submitted: A, B, D at the Capital, C at Muharraq. B went back once and was refused, A was granted, D withdrawn.
    "applications": {
        ("CAP", "submit"): (3, 0),
        ("MUH", "submit"): (1, 0),
        ("CAP", "return"): (1, 0),
        ("CAP", "resubmit"): (1, 0),
        ("CAP", "grant"): (1, 0),
        ("CAP", "refuse"): (1, 0),
        ("CAP", "withdraw"): (1, 0),
    },
    "documents": {("CAP", "first"): (1, 0)},
    # A: after Sunday the 1st came Monday and Tuesday the 3rd, 2 days. B: 2, 3, 4, 5, 8, 9, 10, 11, 12 and 15 November
    # are 10, less the 2nd, 3rd and 4th with the applicant: 7. Promised are 5.
    "decision-time": {
        ("CAP", "2"): (1, 2),
        ("CAP", "7"): (1, 7),
        ("CAP", "in-time"): (1, 2),
        ("CAP", "late"): (1, 7),
    },
    # A, 78 hours: EWA had it for 48; the applicant from the 3rd 15:00 to the 4th 14:05, less 5 minutes with the
    # gateway: 23; the officer 1 + 5 hours and the last 55 minutes. B, 14 days and 1 hour: 3 days with the applicant.
    # D, one day: the applicant from 10:00, when it was charged, 23 hours.
    "days-by-party": {
        ("CAP", "gateway"): (3, 300),
        ("CAP", "applicant"): (3, 23 * HOUR + 72 * HOUR + 23 * HOUR),
        ("CAP", "agency"): (3, 48 * HOUR),
        ("CAP", "officer"): (3, 6 * HOUR + 55 * 60 + (14 * 24 + 1 - 72) * HOUR + 1 * HOUR),
    },
    # Each begun day of 24 hours counts. EWA had A for 48 hours: 2 days. The applicant had A and D for 23 hours, and B
    # for 72; the officer A for 6 hours 55 minutes, D for 1 hour, and B for 265 hours, 11 days and an hour: 12.
    "party-days": {
        ("CAP", "agency/ewa:2"): (1, 2),
        ("CAP", "applicant:1"): (2, 2),
        ("CAP", "applicant:3"): (1, 3),
        ("CAP", "officer:1"): (2, 2),
        ("CAP", "officer:12"): (1, 12),
    },
    # On the 30th only C is open, 28 days after the 2nd.
    "backlog": {("MUH", "8-30"): (1, 28)},
    "returns": {("CAP", "drawing"): (1, 0), ("CAP", "days"): (1, 0)},
    # Of B's two findings one was a standard one.
    "return-reasons": {("CAP", "drawing-unclear"): (1, 0), ("CAP", "own-words"): (1, 0)},
    # A's grant was drawn on the 4th, and looked at again on the 5th: it was right.
    "second-looks": {("CAP", "drawn"): (1, 0), ("CAP", "agrees"): (1, 0)},
    "refusals": {("CAP", "outside-the-zone"): (1, 0)},
    "visits-avoided": {
        ("CAP", "hand-in"): (3, 0),
        ("MUH", "hand-in"): (1, 0),
        ("CAP", "complete"): (1, 0),
        ("CAP", "pay"): (1, 0),
        ("CAP", "collect"): (1, 0),
    },
    # A 9:30 to 9:40 and 9:40 to 9:50, ten minutes each; B 9:50 to 10:20 is over 15: one; A 10:20, the last: one.
    "officer-minutes": {("CAP", ""): (4, 22 * 60)},
    "money": {
        ("CAP", "fees"): (1, 25_500),
        ("CAP", "held"): (1, 100_000),
        ("CAP", "released"): (1, 100_000),
        ("CAP", "waived"): (1, 5_000),
    },
    "channels": {("CAP", "national"): (1, 125_500)},
    "verifications": {("CAP", "valid"): (4, 0), (None, "altered"): (1, 0)},
    "satisfaction": {("CAP", "5"): (1, 5), ("CAP", "4"): (1, 4), (None, "2"): (1, 2)},
}


@pytest.mark.parametrize("figure", [figure.id for figure in FIGURES])
def test_a_figure_is_what_was_worked_out_by_hand(figure: str, world: dict[str, Application]) -> None:
    upkeep.rebuild(at=moment(30, 12))
    assert november(figure) == BY_HAND[figure]


def test_the_middle_and_nine_of_ten_are_what_was_worked_out_by_hand(world: dict[str, Application]) -> None:
    upkeep.rebuild(at=moment(30, 12))
    now = read(MonthRow.objects.all(), month=NOVEMBER).where(month=NOVEMBER)
    # Of 1, 1 and 12 days half took 1 at the most; 9 of 10 of three are all three. Of 1, 1 and 3 the same.
    assert now.days_of_parties == [("officer", 3, 1, 12), ("applicant", 3, 1, 3), ("agency/ewa", 1, 2, 2)]
    assert now.where(service="nothing").days_of_parties == []


@pytest.mark.parametrize(
    ("days", "half", "nine"),
    [
        ({}, None, None),
        ({4: 1}, 4, 4),
        ({1: 1, 9: 1}, 1, 9),
        ({1: 9, 30: 1}, 1, 1),
        ({1: 8, 5: 1, 30: 1}, 1, 5),
        ({2: 5, 3: 5}, 2, 3),
    ],
)
def test_the_least_number_of_days_is_enough_for_the_share(
    days: dict[int, int], half: int | None, nine: int | None
) -> None:
    assert (within(50, days), within(90, days)) == (half, nine)


def test_the_backlog_of_each_day_is_kept(world: dict[str, Application]) -> None:
    upkeep.rebuild(at=moment(30, 12))
    kept = DayRow.objects.filter(figure="backlog").order_by("begins", "authority").values_list
    by_day = {day: [] for day in range(1, 31)}  # type: ignore[var-annotated]
    for begins, authority, key, count in kept("begins", "authority", "key", "count"):
        by_day[begins.day].append((authority, key, count))
    assert by_day[1] == [("CAP", "0-7", 2)]  # A and B
    assert by_day[2] == [("CAP", "0-7", 2), ("MUH", "0-7", 1)]
    assert by_day[4] == [("CAP", "0-7", 2), ("MUH", "0-7", 1)]  # A is granted; B, and D
    assert by_day[10] == [("CAP", "8-30", 1), ("MUH", "8-30", 1)]  # B, 9 days old; C, 8
    assert by_day[15] == [("MUH", "8-30", 1)]


def test_rebuilt_rows_are_the_same_as_those_kept_up_day_by_day(world: dict[str, Application]) -> None:
    for day in range(1, 31):
        upkeep.keep_up(at=moment(day, 23, 50))
    kept = rows()
    assert upkeep.rebuild(at=moment(30, 23, 55)) == 0
    DayRow.objects.all().delete()
    MonthRow.objects.all().delete()
    assert upkeep.rebuild(at=moment(30, 23, 55)) == len(kept)
    assert rows() == kept


def test_a_fact_that_arrives_late_corrects_its_day(world: dict[str, Application]) -> None:
    upkeep.keep_up(at=moment(30, 12))
    upkeep.keep_up(at=moment(30, 14))
    assert november("applications").get(("MUH", "withdraw")) is None
    small_world.act(world["C"], small_world.Act.WITHDRAW, moment(9, 9))  # recorded on the 30th
    upkeep.keep_up(at=moment(30, 14, 10))
    assert november("applications")["MUH", "withdraw"] == (1, 0)
    assert november("backlog") == {}
    assert not DayRow.objects.filter(
        figure="backlog", authority="MUH", begins__gte=date(2026, 11, 9)
    ).exists()
    assert DayRow.objects.filter(figure="backlog", authority="MUH", begins=date(2026, 11, 8)).exists()


def test_a_wrong_row_is_put_right(world: dict[str, Application]) -> None:
    upkeep.rebuild(at=moment(30, 12))
    right = rows()
    DayRow.objects.filter(figure="documents").update(count=99)
    assert upkeep.rebuild(at=moment(30, 12)) == 1
    assert rows() == right


def rows() -> list[tuple[object, ...]]:
    """All rows without their ids."""
    columns = ("begins", "authority_id", "service", "figure", "key", "count", "total")
    return [
        row
        for kind in (DayRow, MonthRow)
        for row in kind.objects.order_by(*columns).values_list(*columns)  # type: ignore[attr-defined]
    ]

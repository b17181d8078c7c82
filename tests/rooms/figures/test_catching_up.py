"""Months before follow by themselves: what a release works out otherwise, and what was never worked out."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rukhsa.applications.models import Application
from rukhsa.figures import upkeep
from rukhsa.figures.aggregate import DayRow, MonthRow
from rukhsa.figures.decision_time import DECISION_TIME
from rukhsa.figures.figure import Counted, Days, Figure, selected
from rukhsa.figures.registry import FIGURES
from rukhsa.figures.worked_month import WorkedMonth
from tests.rooms.figures import small_world
from tests.rooms.figures.test_small_world import BY_HAND, november, rows
from tests.rooms.review import works

DECEMBER, LATER = date(2026, 12, 1), datetime(2026, 12, 20, 12, tzinfo=works.BAHRAIN)


@pytest.fixture
def world(db: None) -> dict[str, Application]:
    return small_world.build()


def test_months_that_were_never_worked_out_follow_one_at_each_time_the_latest_first(
    world: dict[str, Application],
) -> None:
    upkeep.catch_up(at=LATER)
    assert november("applications") == {}
    assert set(WorkedMonth.objects.values_list("begins", flat=True)) == {DECEMBER}
    upkeep.catch_up(at=LATER)
    for figure in FIGURES:
        assert november(figure.id) == BY_HAND[figure.id]
    kept = rows()
    assert upkeep.catch_up(at=LATER) == 0
    assert upkeep.rebuild(at=LATER) == 0
    assert rows() == kept


def test_a_figure_that_means_something_else_now_is_worked_out_again_and_no_other(
    world: dict[str, Application],
) -> None:
    upkeep.rebuild(at=LATER)
    right = rows()
    WorkedMonth.objects.filter(figure="returns").update(meaning="that of the release before")
    for kind in (DayRow, MonthRow):
        kind.objects.filter(figure__in=("returns", "documents")).update(count=99)  # type: ignore[attr-defined]
    for _month in ("December", "November"):
        upkeep.catch_up(at=LATER)
    assert november("returns") == BY_HAND["returns"]
    assert november("documents") == {("CAP", "first"): (99, 0)}  # whose facts are not asked again
    upkeep.rebuild(at=LATER)
    assert rows() == right


def test_a_figure_that_is_gone_leaves_no_row(world: dict[str, Application]) -> None:
    upkeep.rebuild(at=LATER)
    right = rows()
    day = DayRow.objects.filter(figure="returns").first()
    assert day
    gone = {"begins": day.begins, "figure": "withdrawn-figure", "count": 1, "total": 0}
    DayRow.objects.create(**gone)
    MonthRow.objects.create(**gone | {"begins": day.begins.replace(day=1)})
    WorkedMonth.objects.filter(figure="returns").update(meaning="that of the release before")
    for _month in ("December", "November"):
        upkeep.catch_up(at=LATER)
    assert rows() == right


def test_where_nothing_is_due_it_asks_three_questions(world: dict[str, Application]) -> None:
    upkeep.rebuild(at=LATER)
    with CaptureQueriesContext(connection) as asked:
        upkeep.catch_up(at=LATER)
    assert len(asked) == 3  # the first act, the first row, and what was worked out


def test_a_meaning_is_that_of_the_statement_or_else_of_the_module() -> None:
    assert len({figure.meaning for figure in FIGURES}) == len(FIGURES)
    one, other = (replace(DECISION_TIME, rows=selected("some", each)) for each in ("SELECT 1", "SELECT 2"))
    assert one.meaning == replace(one, name=one.unit).meaning != other.meaning
    assert with_rows(DECISION_TIME).meaning != DECISION_TIME.meaning


def with_rows(figure: Figure) -> Figure:
    """The figure with rows that this module works out."""

    def rows(days: Days) -> list[Counted]:
        return []

    return replace(figure, rows=rows)


@pytest.mark.django_db
def test_the_work_of_every_ten_minutes_catches_up_too() -> None:
    upkeep.keep_up_now(timestamp=0)
    assert set(WorkedMonth.objects.values_list("figure", flat=True)) == {figure.id for figure in FIGURES}

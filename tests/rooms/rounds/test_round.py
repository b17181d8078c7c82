"""Planning rounds: who may plan whose, fixed appointments, and visits that move to another inspector."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.review import appointment
from rukhsa.review.appointment import NothingToMove, appointment_of, choose, offer, visits_of
from rukhsa.review.inspection import Inspection, report
from rukhsa.rounds.errors import FixedOnAnotherDay, NoInspector, NothingChosen, RoundFull, RoundOver
from rukhsa.rounds.round import (
    MOST_STOPS,
    Round,
    Stop,
    hand_on,
    plan_round,
    take_off,
    unplanned,
    visits_of_round,
)
from tests.rooms.review import works
from tests.rooms.review.works import SUNDAY
from tests.rooms.rounds.conftest import GOOD, TODAY, TOMORROW, Visits

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def keys(visits: Sequence[Inspection]) -> list[object]:
    return [each.pk for each in visits]


def planned_for(inspector: Actor, visits: Sequence[Inspection], day: date = TODAY) -> Round:
    return plan_round(keys(visits), inspector.person, day, actor=inspector, at=SUNDAY)


def test_an_inspector_plans_the_own_round_and_a_supervisor_everyones(
    visits: Visits, yusuf: Actor, nawal: Actor, mariam: Actor
) -> None:
    mine, hers = visits(2), visits(1)
    own = planned_for(yusuf, mine)
    assert set(visits_of_round(own)) == set(mine)
    with pytest.raises(NotPermitted):
        plan_round(keys(hers), nawal.person, TODAY, actor=yusuf, at=SUNDAY)
    given = plan_round(keys(hers), nawal.person, TODAY, actor=mariam, at=SUNDAY)
    assert list(visits_of_round(given)) == hers
    with pytest.raises(NotPermitted):
        take_off(given, hers[0].pk, actor=yusuf, at=SUNDAY)
    assert own.inspector != given.inspector


def test_what_cannot_be_planned_is_refused(visits: Visits, yusuf: Actor, mariam: Actor) -> None:
    [visit] = visits(1)
    elsewhere = visits(1, town="MUH", ordinal=2)
    for chosen, inspector, day, error in (
        ([], yusuf, TODAY, NothingChosen),
        (elsewhere, yusuf, TODAY, NothingChosen),
        ([visit], yusuf, TODAY - DAY, RoundOver),
        ([visit], mariam, TODAY, NoInspector),
    ):
        with pytest.raises(error):
            plan_round(keys(chosen), inspector.person, day, actor=mariam, at=SUNDAY)
    report(visit, True, GOOD, "", [], actor=yusuf, at=SUNDAY)
    with pytest.raises(NothingChosen):
        planned_for(yusuf, [visit])


def test_a_day_holds_so_many_visits(visits: Visits, yusuf: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rukhsa.rounds.round.MOST_STOPS", 2)
    assert MOST_STOPS >= 30
    planned_for(yusuf, visits(2))
    with pytest.raises(RoundFull):
        planned_for(yusuf, visits(1))


def test_the_same_plan_again_writes_nothing(visits: Visits, yusuf: Actor) -> None:
    chosen = visits(3)
    planned_for(yusuf, chosen)
    planned_for(yusuf, chosen)
    assert Stop.objects.count() == len(chosen)


def test_an_absent_inspectors_visits_go_to_another(
    visits: Visits, yusuf: Actor, nawal: Actor, mariam: Actor
) -> None:
    open_, done = visits(2), visits(1)
    planned = planned_for(yusuf, [*open_, *done])
    report(done[0], True, GOOD, "", [], actor=yusuf, at=SUNDAY)
    given = hand_on(planned, nawal.person, TOMORROW, actor=mariam, at=SUNDAY)
    assert set(visits_of_round(given)) == set(open_)
    assert not visits_of_round(planned)
    with pytest.raises(NotPermitted):
        hand_on(given, yusuf.person, TODAY, actor=yusuf, at=SUNDAY)


def test_a_visit_that_is_taken_off_waits_again(visits: Visits, yusuf: Actor) -> None:
    chosen = visits(2)
    planned = planned_for(yusuf, chosen)
    assert [each.planned_on for each in unplanned(yusuf)] == [TODAY, TODAY]
    for _ in range(2):
        take_off(planned, chosen[0].pk, actor=yusuf, at=SUNDAY)
    assert {each.pk: each.planned_on for each in unplanned(yusuf)} == {
        chosen[0].pk: None,
        chosen[1].pk: TODAY,
    }


def test_an_appointment_is_a_fixed_point_until_it_is_moved(visits: Visits, yusuf: Actor) -> None:
    [visit] = visits(1)
    [time] = offer(visit, [SUNDAY + 2 * DAY], actor=yusuf, at=SUNDAY)
    layla = works.act_as(visit.application.applicant)
    choose(visit.application, time.pk, actor=layla, at=SUNDAY)
    with pytest.raises(FixedOnAnotherDay):
        planned_for(yusuf, [visit])
    with pytest.raises(NothingToMove):
        appointment.move(visit, [SUNDAY + 3 * DAY], " ", actor=yusuf, at=SUNDAY)
    appointment.move(visit, [SUNDAY + 3 * DAY], "مرض", actor=yusuf, at=SUNDAY)
    assert appointment_of(visit) is None
    [shown] = visits_of(visit.application, at=SUNDAY)
    assert shown.chosen is None
    assert shown.called_off
    assert shown.called_off.reason == "مرض"
    assert [each.starts_at for each in shown.times] == [SUNDAY + 3 * DAY]
    planned_for(yusuf, [visit])


def test_a_stop_is_written_once(visits: Visits, yusuf: Actor) -> None:
    planned_for(yusuf, visits(1))
    with pytest.raises(DatabaseError, match="facts are written once"), transaction.atomic():
        Stop.objects.update(position=9)

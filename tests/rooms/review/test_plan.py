"""The plan: which steps, in which order, whose turn, and until when."""

from datetime import datetime, timedelta

import pytest

from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.review import plan, referral
from rukhsa.review.check import check
from rukhsa.review.finding import return_to_applicant
from rukhsa.review.plan import Kind, State
from tests.rooms.review import works
from tests.rooms.review.works import BAHRAIN, SUNDAY

pytestmark = pytest.mark.django_db


def states(application: Application) -> dict[str, State]:
    application.refresh_from_db()
    return {f"{step.kind}:{step.id}": step.state for step in plan.steps(application)}


def test_only_the_first_step_is_open_after_submission(application: Application) -> None:
    assert states(application) == {
        "check:completeness": State.OPEN,
        "refer:ewa": State.WAITING,
        "refer:traffic": State.WAITING,
        "inspect:site": State.WAITING,
        "decide:decide": State.WAITING,
    }


def test_what_the_answers_do_not_ask_for_is_said_to_be_not_asked(salem: Actor) -> None:
    works.agency()
    quiet = works.submitted(works.publish(works.works()), **{"closes-lane": "no"})
    check(quiet, "completeness", actor=salem, at=SUNDAY)
    assert states(quiet) == {
        "check:completeness": State.DONE,
        "refer:ewa": State.OPEN,
        "refer:traffic": State.NOT_ASKED,
        "inspect:site": State.NOT_ASKED,
        "decide:decide": State.WAITING,
    }


def test_agencies_side_by_side_are_asked_at_once_and_both_waited_for(
    application: Application, salem: Actor, noor: Actor
) -> None:
    check(application, "completeness", actor=salem, at=SUNDAY)
    asked = works.asked(application, SUNDAY)
    assert {each.agency_id for each in asked} == {"ewa", "traffic"}
    ewa = next(each for each in asked if each.agency_id == "ewa")
    referral.answer(ewa, "no-objection", "", actor=noor, at=SUNDAY)
    assert states(application)["refer:ewa"] is State.DONE
    assert states(application)["inspect:site"] is State.WAITING


def test_a_step_is_due_at_the_end_of_its_working_days(application: Application) -> None:
    completeness = plan.find(plan.steps(application), Kind.CHECK, "completeness")
    assert completeness is not None
    assert completeness.due_at == datetime(2026, 11, 3, tzinfo=BAHRAIN)  # the end of Monday
    assert not completeness.is_late(datetime(2026, 11, 2, 23, 59, tzinfo=BAHRAIN))
    assert completeness.is_late(datetime(2026, 11, 3, tzinfo=BAHRAIN))


def test_friday_and_saturday_are_not_counted(salem: Actor) -> None:
    thursday = SUNDAY + timedelta(days=4)
    late = works.submitted(works.publish(works.works()), at=thursday)
    completeness = plan.find(plan.steps(late), Kind.CHECK, "completeness")
    assert completeness is not None
    assert completeness.due_at == datetime(2026, 11, 9, tzinfo=BAHRAIN)  # the end of the next Sunday


def test_the_clock_stands_still_while_the_applicant_has_it(application: Application, salem: Actor) -> None:
    return_to_applicant(application, [("place", "Which road?")], actor=salem, at=SUNDAY)
    assert set(states(application).values()) == {State.WAITING}
    works.resubmit(application, at=SUNDAY + timedelta(days=14))
    completeness = plan.find(plan.steps(application), Kind.CHECK, "completeness")
    assert completeness is not None
    assert completeness.opened_at == SUNDAY + timedelta(days=14)


def test_the_clock_goes_on_where_it_stood_once_the_applicant_answers(
    application: Application, salem: Actor
) -> None:
    # Due by Monday. Returned on that Monday and answered on the next Sunday, four working days were the applicant's.
    return_to_applicant(application, [("place", "Which road?")], actor=salem, at=SUNDAY + timedelta(days=1))
    works.resubmit(application, at=SUNDAY + timedelta(days=7))
    application.refresh_from_db()
    completeness = plan.find(plan.steps(application), Kind.CHECK, "completeness")
    assert completeness is not None
    assert completeness.due_at == datetime(2026, 11, 9, tzinfo=BAHRAIN)  # the end of that Sunday
    # What was late before the return stays late.
    return_to_applicant(application, [("place", "Which road?")], actor=salem, at=SUNDAY + timedelta(days=9))
    works.resubmit(application, at=SUNDAY + timedelta(days=20))
    application.refresh_from_db()
    late = plan.find(plan.steps(application), Kind.CHECK, "completeness")
    assert late is not None
    assert late.due_at == datetime(2026, 11, 9, tzinfo=BAHRAIN)


def test_what_was_checked_is_checked_again_after_it_was_changed(
    application: Application, salem: Actor
) -> None:
    check(application, "completeness", actor=salem, at=SUNDAY)
    return_to_applicant(application, [("place", "Which road?")], actor=salem, at=SUNDAY)
    works.resubmit(application, at=SUNDAY + timedelta(days=1))
    assert states(application)["check:completeness"] is State.OPEN

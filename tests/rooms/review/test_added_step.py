"""What an officer asks for beyond the definition holds the decision until it is answered or taken back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.review import inspection, plan, silence
from rukhsa.review.added_step import (
    AddedStepIncomplete,
    AddedStepUnexplained,
    ask_agency,
    order_visit,
    take_back,
)
from rukhsa.review.asked_again import ask_again
from rukhsa.review.check import check
from rukhsa.review.condition import applied_to
from rukhsa.review.decision import decide
from rukhsa.review.errors import Closed, StepNotOpen, StepsNotDone
from rukhsa.review.finding import return_to_applicant
from rukhsa.review.inspection import Inspection
from rukhsa.review.more_time import last_day_for
from rukhsa.review.queue import QueueEntry, WaitingInspection, WaitingReferral
from rukhsa.review.referral import Referral, answer
from rukhsa.staff.models import Letter
from rukhsa.values.names import Text
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, SUNDAY

DAY = timedelta(days=1)
QUESTION = Text(en="Does the trench touch your cable?")
WHY = {"days": 3, "reason": "The drawing shows a cable."}


@pytest.fixture
def checked(db: None, salem: Actor) -> Application:
    """An application that was found complete, of a service that asks no agency and orders no visit."""
    works.agency()
    works.agency("traffic")
    application = works.submitted(works.publish(works.works(CHECK, BY_OFFICER)))
    check(application, "completeness", actor=salem, at=SUNDAY)
    return application


def asked(application: Application, salem: Actor) -> Referral:
    return ask_agency(application, "ewa", QUESTION, actor=salem, at=SUNDAY, **WHY)


def missing(application: Application) -> list[str]:
    application.refresh_from_db()
    return [step.id for step in plan.missing_before_decision(plan.steps(application))]


def test_a_question_to_an_agency_holds_the_decision_until_it_is_answered(
    checked: Application, salem: Actor, mariam: Actor, noor: Actor
) -> None:
    first = asked(checked, salem)
    assert asked(checked, salem) == first
    assert missing(checked) == ["added-1"]
    entry = QueueEntry.objects.get()
    assert (entry.turn, entry.due_at, entry.step) == ("agency", first.due_at, "added-1")
    with pytest.raises(StepsNotDone):
        decide(checked, "granted", "", "", actor=mariam, at=SUNDAY)
    conditions = [Text(ar="متران", en="Two metres")]
    answer(first, "conditions", "", conditions=conditions, actor=noor, at=SUNDAY + DAY)
    assert missing(checked) == []
    checked.refresh_from_db()
    assert applied_to([checked]) == {checked.pk: tuple(conditions)}
    assert decide(checked, "granted", "", "", actor=mariam, at=SUNDAY + DAY).outcome == "granted"


def test_a_visit_holds_the_decision_until_it_passed(checked: Application, salem: Actor, yusuf: Actor) -> None:
    points = [Text(en="The cable is marked"), Text(en="The road is clear")]
    visit = order_visit(checked, points, actor=salem, at=SUNDAY, **WHY)
    assert order_visit(checked, points, actor=salem, at=SUNDAY, **WHY) == visit
    assert missing(checked) == ["added-1"]
    assert WaitingInspection.objects.get().due_at == visit.due_at > SUNDAY + 3 * DAY
    seen = {"point-1": True, "point-2": False}
    inspection.report(visit, False, seen, "Blocked.", [], actor=yusuf, at=SUNDAY + DAY)
    assert missing(checked) == ["added-1"]
    inspection.report(visit, True, {**seen, "point-2": True}, "", [], actor=yusuf, at=SUNDAY + DAY)
    assert missing(checked) == []


def test_what_was_added_is_taken_back_with_a_reason(checked: Application, salem: Actor, noor: Actor) -> None:
    question = asked(checked, salem)
    visit = order_visit(checked, [Text(en="Look")], actor=salem, at=SUNDAY, **WHY)
    assert missing(checked) == ["added-1", "added-2"]
    with pytest.raises(AddedStepUnexplained):
        take_back(checked, "added-1", " ", actor=salem, at=SUNDAY)
    for step in ("added-1", "added-2"):
        take_back(checked, step, "A colleague knows the answer.", actor=salem, at=SUNDAY)
        with pytest.raises(Closed):
            take_back(checked, step, "Again.", actor=salem, at=SUNDAY)
    assert missing(checked) == []
    assert not WaitingReferral.objects.exists()
    assert not WaitingInspection.objects.exists()
    assert QueueEntry.objects.get().turn == "authority"
    question.refresh_from_db()
    assert (question.dropped.officer, question.dropped.reason) == (
        salem.person,
        "A colleague knows the answer.",
    )
    with pytest.raises(Closed):
        answer(question, "no-objection", "", actor=noor, at=SUNDAY)
    assert not Inspection.objects.open().filter(pk=visit.pk).exists()
    assert ask_agency(checked, "ewa", QUESTION, actor=salem, at=SUNDAY, **WHY).step == "added-3"


def test_a_step_of_the_definition_is_not_taken_back(application: Application, salem: Actor) -> None:
    check(application, "completeness", actor=salem, at=SUNDAY)
    works.asked(application)
    with pytest.raises(Closed):
        take_back(application, "ewa", "I do not want it.", actor=salem, at=SUNDAY)


def test_an_agency_of_the_definition_is_asked_besides(
    application: Application, salem: Actor, noor: Actor, noor_of_traffic: Actor
) -> None:
    besides = asked(application, salem)  # before the definition's own question
    check(application, "completeness", actor=salem, at=SUNDAY)
    for question in works.asked(application):
        who = noor if question.agency_id == "ewa" else noor_of_traffic
        answer(question, "no-objection", "", actor=who, at=SUNDAY)
    works.ordered(application)
    assert missing(application) == ["site", "added-1"]
    answer(besides, "no-objection", "", actor=noor, at=SUNDAY)
    assert missing(application) == ["site"]


def test_an_added_question_climbs_and_is_put_again_as_others(
    checked: Application, salem: Actor, mariam: Actor, noor: Actor, noor_of_traffic: Actor
) -> None:
    question = asked(checked, salem)
    assert last_day_for(question, at=SUNDAY)
    silence.climb(at=question.due_at)
    told = Letter.objects.filter(kind="agency-silent").values_list("person", flat=True)
    assert set(told) == {noor.person.pk, mariam.person.pk}
    silence.resolve(
        question, "ask-another", "They never answer.", agency="traffic", actor=mariam, at=question.due_at
    )
    waiting = WaitingReferral.objects.get()
    assert (waiting.agency_id, missing(checked)) == ("traffic", ["added-1"])
    answer(waiting.referral, "no-objection", "", actor=noor_of_traffic, at=question.due_at)
    ask_again(waiting.referral, "The plan changed.", actor=salem, at=question.due_at)
    assert missing(checked) == ["added-1"]


def test_what_is_asked_needs_a_reason_a_question_an_agency_and_a_term(
    checked: Application, salem: Actor, yusuf: Actor, salem_elsewhere: Actor
) -> None:
    wrong = [
        ("ewa", QUESTION, 3, " ", AddedStepUnexplained),
        ("nobody", QUESTION, 3, "x", AddedStepIncomplete),
        ("ewa", Text(), 3, "x", AddedStepIncomplete),
        ("ewa", QUESTION, 31, "x", AddedStepIncomplete),
        ("ewa", QUESTION, None, "x", AddedStepIncomplete),
    ]
    for agency, question, days, reason, error in wrong:
        with pytest.raises(error):
            ask_agency(checked, agency, question, days=days, reason=reason, actor=salem, at=SUNDAY)
    with pytest.raises(AddedStepIncomplete):
        order_visit(checked, [], actor=salem, at=SUNDAY, **WHY)
    with pytest.raises(NotPermitted):
        asked(checked, yusuf)
    with pytest.raises(Application.DoesNotExist):
        asked(checked, salem_elsewhere)
    assert not Referral.objects.exists()


def test_nothing_is_added_while_the_applicant_has_it(checked: Application, salem: Actor) -> None:
    return_to_applicant(checked, [("", "Say how long.")], actor=salem, at=SUNDAY)
    with pytest.raises(StepNotOpen):
        asked(checked, salem)


def test_the_database_keeps_the_reason_of_an_added_question(checked: Application, salem: Actor) -> None:
    question = asked(checked, salem)
    with pytest.raises(IntegrityError, match="an_added_question_says_why"), transaction.atomic():
        Referral.objects.filter(pk=question.pk).update(added_because="")

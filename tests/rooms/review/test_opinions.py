"""An agency's answer: conditions of the licence, more time, an objection without records, drafts, and one hand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from rukhsa.accounts.permissions import Role
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.review import condition, plan
from rukhsa.review.asked_again import AskedAgainUnexplained, ask_again
from rukhsa.review.check import check
from rukhsa.review.condition import Condition, ConditionsMissing, ConditionUnfit, RulingUnexplained, rule
from rukhsa.review.decision import NotRecorded, decide
from rukhsa.review.errors import Closed
from rukhsa.review.more_time import MoreTimeUnexplained, MoreTimeUnfit, ask_for_more, last_day_for
from rukhsa.review.opinion_draft import OpinionDraft, draft_of, save_draft
from rukhsa.review.queue import QueueEntry, WaitingReferral
from rukhsa.review.recording import RecordsIncomplete
from rukhsa.review.referral import Opinion, Referral, TakenByAnother, answer, give_back, take
from rukhsa.staff.models import Letter
from rukhsa.values.names import Text
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, CHECK, EWA, SUNDAY

DAY = timedelta(days=1)
SHALLOW = Text(ar="لا يزيد العمق على متر واحد.", en="No deeper than one metre.")
CABLE = Text(ar="يُترك متران عن الكيبل.", en="Stay two metres from the cable.")
DEPTH = {
    "id": "depth",
    "type": "integer",
    "ask": {"ar": "عمق الكيبل", "en": "Depth of the cable"},
    "from": 0,
    "to": 90,
}


@pytest.fixture
def asked(db: None, salem: Actor) -> Referral:
    """The question to EWA, whose answer records the depth of its cable and is due within three days."""
    review = (CHECK, EWA | {"records": [DEPTH]}, BY_OFFICER)
    application = works.submitted(works.publish(works.works(*review)))
    works.agency()
    check(application, "completeness", actor=salem, at=SUNDAY)
    [referral] = works.asked(application)
    return referral


@pytest.fixture
def badr(db: None) -> Actor:
    """A colleague of Noor's at EWA."""
    return works.act_as(
        works.staff("badr@town.example", "بدر", "Badr", Role.AGENCY_OFFICER, at=works.agency())
    )


def conditional(asked: Referral, noor: Actor, *texts: Text) -> Opinion:
    return answer(asked, "conditions", "", {"depth": "40"}, conditions=texts, actor=noor, at=SUNDAY)


def granted(asked: Referral, mariam: Actor) -> Application:
    decide(asked.application, "granted", "", "", actor=mariam, at=SUNDAY)
    return Application.objects.get(pk=asked.application_id)


def test_conditions_become_those_of_the_licence(asked: Referral, noor: Actor, mariam: Actor) -> None:
    conditional(asked, noor, SHALLOW, CABLE)
    application = granted(asked, mariam)
    assert condition.applied_to([application]) == {application.pk: (SHALLOW, CABLE)}


def test_an_answer_with_conditions_has_some_in_both_languages(asked: Referral, noor: Actor) -> None:
    with pytest.raises(ConditionsMissing):
        conditional(asked, noor)
    with pytest.raises(ConditionsMissing):
        answer(asked, "no-objection", "", {"depth": "40"}, conditions=[CABLE], actor=noor, at=SUNDAY)
    for unfit in (Text(ar="شرط"), replace(CABLE, en="a" * 301)):
        with pytest.raises(ConditionUnfit):
            conditional(asked, noor, unfit)
    assert not Opinion.objects.exists()
    opinion = conditional(asked, noor, CABLE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Condition.objects.create(opinion=opinion, text_ar="", text_en="One language.")


def test_an_officer_leaves_a_condition_out_with_a_reason_that_the_agency_is_told(
    asked: Referral, noor: Actor, mariam: Actor, salem_elsewhere: Actor
) -> None:
    conditional(asked, noor, SHALLOW, CABLE)
    shallow, cable = condition.of_application(asked.application)
    with pytest.raises(RulingUnexplained):
        rule(cable, applies=False, reason=" ", actor=mariam, at=SUNDAY)
    with pytest.raises(Application.DoesNotExist):
        rule(cable, applies=False, reason="No cable.", actor=salem_elsewhere, at=SUNDAY)
    rule(cable, applies=False, reason="The cable was moved.", actor=mariam, at=SUNDAY)
    rule(shallow, applies=False, reason="By mistake.", actor=mariam, at=SUNDAY)
    rule(shallow, applies=True, reason="", actor=mariam, at=SUNDAY)
    told = Letter.objects.filter(kind="condition-ruled")
    assert [letter.person for letter in told] == [noor.person] * 3
    application = granted(asked, mariam)
    assert condition.applied_to([application]) == {application.pk: (SHALLOW,)}
    with pytest.raises(Closed):
        rule(cable, applies=True, reason="", actor=mariam, at=SUNDAY)


def test_conditions_stay_where_the_process_asks_the_agency_no_longer(
    asked: Referral, noor: Actor, mariam: Actor
) -> None:
    conditional(asked, noor, SHALLOW)
    application = asked.application
    application.process_version = works.publish(works.works(CHECK, BY_OFFICER))
    application.save(update_fields=["process_version"])
    application = granted(asked, mariam)
    assert [each.text for each in condition.of_application(application)] == [SHALLOW]
    assert condition.applied_to([application]) == {application.pk: (SHALLOW,)}


def test_an_objection_invents_no_record_and_a_grant_needs_it(
    asked: Referral, noor: Actor, mariam: Actor
) -> None:
    with pytest.raises(RecordsIncomplete):
        answer(asked, "no-objection", "", {}, actor=noor, at=SUNDAY)
    answer(asked, "objection", "The cable lies here.", {"depth": ""}, actor=noor, at=SUNDAY)
    assert not asked.application.recordings.exists()
    with pytest.raises(NotRecorded):
        granted(asked, mariam)
    with pytest.raises(AskedAgainUnexplained):
        ask_again(asked, "", actor=mariam, at=SUNDAY)
    again = ask_again(asked, "The route was moved.", actor=mariam, at=SUNDAY).successor
    assert WaitingReferral.objects.get().referral == again
    with pytest.raises(Closed):
        ask_again(asked, "Twice.", actor=mariam, at=SUNDAY)
    answer(again, "no-objection", "", {"depth": "40"}, actor=noor, at=SUNDAY)
    assert granted(asked, mariam).stage == "granted"


def test_an_agency_takes_more_time_once_with_a_reason_up_to_the_term_again(
    asked: Referral, noor: Actor, mariam: Actor
) -> None:
    last = last_day_for(asked, at=SUNDAY)
    assert last
    assert asked.due_at.date() < last <= asked.due_at.date() + 6 * DAY
    with pytest.raises(MoreTimeUnexplained):
        ask_for_more(asked, last, "", actor=noor, at=SUNDAY)
    for unfit in (None, last + DAY, SUNDAY.date()):
        with pytest.raises(MoreTimeUnfit):
            ask_for_more(asked, unfit, "The engineer is away.", actor=noor, at=SUNDAY)
    with pytest.raises(MoreTimeUnfit):
        ask_for_more(asked, last, "Too late.", actor=noor, at=asked.due_at)
    given = ask_for_more(asked, last, "The engineer is away.", actor=noor, at=SUNDAY)
    assert given == ask_for_more(asked, last, "The engineer is away.", actor=noor, at=SUNDAY)  # pressed twice
    assert WaitingReferral.objects.get().due_at == given.due_at == QueueEntry.objects.get().due_at
    assert {each.person for each in Letter.objects.filter(kind="agency-more-time")} == {mariam.person}
    planned = plan.find(plan.steps(asked.application), plan.Kind.REFER, "ewa")
    assert planned
    assert not planned.is_late(asked.due_at)
    with pytest.raises(MoreTimeUnfit):
        ask_for_more(Referral.objects.get(), last, "Again.", actor=noor, at=SUNDAY)


def test_a_question_that_a_colleague_took_is_not_answered_by_two(
    asked: Referral, noor: Actor, badr: Actor, noor_of_traffic: Actor
) -> None:
    take(asked, actor=noor, at=SUNDAY)
    with pytest.raises(TakenByAnother):
        answer(asked, "objection", "No.", actor=badr, at=SUNDAY)
    with pytest.raises(TakenByAnother):
        take(asked, actor=badr, at=SUNDAY)
    with pytest.raises(TakenByAnother):
        give_back(asked, actor=badr, at=SUNDAY)
    with pytest.raises(WaitingReferral.DoesNotExist):
        take(asked, actor=noor_of_traffic, at=SUNDAY)
    take(asked, instead_of=str(noor.person.pk), actor=badr, at=SUNDAY)
    give_back(asked, actor=badr, at=SUNDAY)
    assert answer(asked, "objection", "No.", actor=noor, at=SUNDAY).officer == noor.person


def test_a_draft_is_kept_for_the_agency_until_the_answer(
    asked: Referral, noor: Actor, badr: Actor, noor_of_traffic: Actor
) -> None:
    save_draft(asked, {"text": "Half"}, [], actor=noor, at=SUNDAY)
    save_draft(asked, {"text": "Half an answer"}, [], actor=badr, at=SUNDAY)
    draft = draft_of(asked)
    assert draft
    assert (draft.typed, draft.person) == ({"text": "Half an answer"}, badr.person)
    with pytest.raises(Referral.DoesNotExist):
        save_draft(asked, {}, [], actor=noor_of_traffic, at=SUNDAY)
    answer(asked, "objection", "No.", actor=noor, at=SUNDAY)
    assert not OpinionDraft.objects.exists()
    with pytest.raises(Closed):
        save_draft(asked, {}, [], actor=noor, at=SUNDAY)


def test_standard_conditions_are_kept_by_the_agencys_coordinator(asked: Referral, noor: Actor) -> None:
    hala = works.act_as(
        works.staff("hala@town.example", "هالة", "Hala", Role.AGENCY_COORDINATOR, at=works.agency())
    )
    with pytest.raises(NotPermitted):
        condition.add_standard(asked.agency, CABLE, actor=noor, at=SUNDAY)
    row = condition.add_standard(asked.agency, CABLE, actor=hala, at=SUNDAY)
    condition.end_standard(row, actor=hala, at=SUNDAY)
    row.refresh_from_db()
    assert row.ended_at == SUNDAY


def test_the_definition_names_the_documents_that_an_agency_is_shown(db: None, salem: Actor) -> None:
    review = (CHECK, EWA | {"documents": ["drawing"]}, BY_OFFICER)
    application = works.submitted(works.publish(works.works(*review)))
    works.agency()
    check(application, "completeness", actor=salem, at=SUNDAY)
    works.asked(application)
    assert Referral.objects.with_documents().get().shown_documents == ["drawing"]

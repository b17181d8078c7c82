"""The decision: once, with reasons, after its steps, and by another officer than the one who checked where asked."""

import threading
from datetime import datetime
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from rukhsa.accounts.permissions import Permission, Role
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Act, NotPossible, Stage
from rukhsa.applications.submission import withdraw
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import Reason
from rukhsa.mandates.models import Mandate
from rukhsa.review import decision, inspection, participant, referral
from rukhsa.review.assignment import assign
from rukhsa.review.check import check
from rukhsa.review.decision import DecidedByRule, Decision, decide, decide_by_rule
from rukhsa.review.errors import AlreadyDecided, ReasonsMissing, StepsNotDone
from rukhsa.review.finding import return_to_applicant
from rukhsa.review.hand import SameOfficer
from rukhsa.review.queue import QueueEntry
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, BY_ONE, BY_RULE, CHECK, EWA, SUNDAY, VISIT
from tests.together import LONGEST, ended_at_once


def grant(application: Application, actor: Actor) -> Decision:
    return decide(application, "granted", "", "", actor=actor, at=SUNDAY)


def refuse(application: Application, actor: Actor, reasons: str = "The road is too narrow.") -> Decision:
    return decide(application, "refused", reasons, "Bylaw 7/2019, article 12", actor=actor, at=SUNDAY)


@pytest.fixture
def short(db: None) -> Application:
    """An application that wants one check and one officer's decision."""
    return works.submitted(works.publish(works.works(CHECK, BY_OFFICER)))


def test_a_grant_waits_for_every_step_before_it(short: Application, salem: Actor, mariam: Actor) -> None:
    with pytest.raises(StepsNotDone):
        grant(short, mariam)
    check(short, "completeness", actor=salem, at=SUNDAY)
    grant(short, mariam)
    short.refresh_from_db()
    assert short.stage == Stage.GRANTED
    assert short.steps.get(act=Act.GRANT).actor == mariam.person
    assert not QueueEntry.objects.filter(application=short).exists()


def test_a_refusal_may_come_early_and_has_reasons(short: Application, salem: Actor) -> None:
    with pytest.raises(ReasonsMissing):
        refuse(short, salem, reasons=" ")
    assert refuse(short, salem).reasons == "The road is too narrow."


def test_a_returned_application_is_not_decided(short: Application, salem: Actor) -> None:
    return_to_applicant(short, [("place", "Which road?")], actor=salem, at=SUNDAY)
    with pytest.raises(NotPossible):
        refuse(short, salem)


def test_deciding_twice_gives_the_first_decision_back(
    short: Application, salem: Actor, mariam: Actor
) -> None:
    first = refuse(short, salem)
    assert refuse(short, mariam) == first
    with pytest.raises(AlreadyDecided):
        grant(short, mariam)


def test_who_checked_does_not_decide(short: Application, salem: Actor, mariam: Actor) -> None:
    check(short, "completeness", actor=salem, at=SUNDAY)
    for act in (grant, refuse):
        with pytest.raises(SameOfficer):
            act(short, salem)
    assert grant(short, mariam).officer == mariam.person


def test_who_visited_or_answered_for_an_agency_does_not_decide(db: None, salem: Actor, mariam: Actor) -> None:
    works.agency("ewa")
    application = works.submitted(works.publish(works.works(EWA, VISIT, BY_OFFICER)))
    for person in (salem.person, mariam.person):
        works.hire(person, Role.AGENCY_OFFICER, at=works.agency("ewa"))
        works.hire(person, Role.INSPECTOR, at=works.authority())
    (asked,) = works.asked(application)
    referral.answer(asked, "no-objection", "", {}, actor=works.act_as(salem.person), at=SUNDAY)
    (visit,) = works.ordered(application)
    inspection.report(
        visit, True, {"marked": True, "clear": True}, "", [], {}, actor=works.act_as(mariam.person), at=SUNDAY
    )
    for person in (salem.person, mariam.person):
        with pytest.raises(SameOfficer):
            grant(application, works.act_as(person))
        with pytest.raises(IntegrityError, match="does not decide it"), transaction.atomic():
            Decision.objects.create(application=application, outcome="granted", officer=person, at=SUNDAY)


def test_who_checked_decides_where_the_definition_says_why(db: None, salem: Actor) -> None:
    application = works.submitted(works.publish(works.works(CHECK, BY_ONE)))
    check(application, "completeness", actor=salem, at=SUNDAY)
    assert grant(application, salem).officer == salem.person


def test_the_database_refuses_a_decision_by_who_checked_and_without_its_trigger_takes_it(
    short: Application, salem: Actor, mariam: Actor
) -> None:
    check(short, "completeness", actor=salem, at=SUNDAY)
    mandate = Mandate.objects.get(post__person=salem.person)
    wanted = {"application": short, "outcome": "granted", "mandate": mandate, "at": SUNDAY}
    with pytest.raises(IntegrityError, match="does not decide it"), transaction.atomic():
        Decision.objects.create(officer=salem.person, **wanted)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE review_decision DISABLE TRIGGER review_decision_by_another")
    assert Decision.objects.create(officer=salem.person, **wanted)


def test_what_was_checked_leaves_the_checkers_hand_and_waits_for_a_decision_by_another(
    short: Application, salem: Actor, mariam: Actor
) -> None:
    assign(short, salem, SUNDAY)
    queued = QueueEntry.objects.all()
    assert queued.in_hand_of(salem.person, at=SUNDAY).exists()
    assert not queued.to_decide_by(mariam.person).exists()
    check(short, "completeness", actor=salem, at=SUNDAY)
    assert not queued.in_hand_of(salem.person, at=SUNDAY).exists()
    assert not queued.to_decide_by(salem.person).exists()
    assert queued.to_decide_by(mariam.person).exists()


def test_a_refusal_is_told_in_the_language_of_its_reader(short: Application, mariam: Actor) -> None:
    reason = Reason.objects.create(
        code="noise", number=1, uses=["refusal"], text_ar="ضوضاء", text_en="Noise", basis_ar="قانون",
        basis_en="A law", at=SUNDAY,
    )  # fmt: skip
    decision = decide(short, "refused", "Near a school.", "", coded=[reason], actor=mariam, at=SUNDAY)
    assert (decision.told("en").reasons, decision.told("en").basis) == ("Noise\nNear a school.", "A law")
    assert (decision.told("ar").reasons, decision.told("ar").basis) == ("ضوضاء\nNear a school.", "قانون")
    assert decision.reasons == decision.told(short.language).reasons


def test_a_chosen_reason_is_enough_and_stays_in_the_words_of_its_version(
    short: Application, mariam: Actor
) -> None:
    said = {"code": "noise", "uses": ["refusal"], "text_ar": "ضوضاء", "at": SUNDAY}
    reason = Reason.objects.create(number=1, text_en="Noise", **said)
    decision = decide(short, "refused", "", "", coded=[reason], actor=mariam, at=SUNDAY)
    Reason.objects.create(number=2, text_en="Other words", **said)
    assert Decision.objects.get(pk=decision.pk).told("en").reasons == "Noise"
    with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
        decision.coded.clear()


@pytest.mark.parametrize(("days", "outcome"), [(5, "granted"), (20, "refused")])
def test_a_rule_decides_what_no_officer_decides(db: None, salem: Actor, days: int, outcome: str) -> None:
    application = works.submitted(works.publish(works.works(BY_RULE)), days=days)
    with pytest.raises(DecidedByRule):
        grant(application, salem)
    decision = decide_by_rule(application, SUNDAY)
    assert decision is not None
    assert (decision.outcome, decision.officer) == (outcome, None)
    assert decide_by_rule(application, SUNDAY) == decision


def test_no_rule_decides_for_an_officer(short: Application) -> None:
    assert decide_by_rule(short, SUNDAY) is None


def test_the_database_refuses_a_second_decision_one_without_reasons_and_one_confirmed_by_its_proposer(
    short: Application, salem: Actor
) -> None:
    mandate = Mandate.objects.get(post__person=salem.person)
    by_salem = {"officer": salem.person, "mandate": mandate, "at": SUNDAY}
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(application=short, outcome="refused", **by_salem)
    alone = {"proposed_by": salem.person, **by_salem}
    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        Decision.objects.create(application=short, outcome="granted", **alone)
    refuse(short, salem)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(application=short, outcome="granted", **by_salem)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_decision_is_neither_changed_nor_taken_away(short: Application, salem: Actor, change: str) -> None:
    refuse(short, salem)
    decisions = Decision.objects.filter(application=short)
    with pytest.raises(IntegrityError, match="facts are written once"), transaction.atomic():
        decisions.update(outcome="granted") if change == "update" else decisions.delete()


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_decide_at_once_exactly_one_decides(salem: Actor, mariam: Actor) -> None:
    application = works.submitted(works.publish(works.works(CHECK, BY_OFFICER)))
    check(application, "completeness", actor=salem, at=SUNDAY)
    huda = works.act_as(works.staff("huda@mun.example", "", "Huda", Role.OFFICER, at=works.authority()))
    ended = ended_at_once([lambda: grant(application, huda), lambda: refuse(application, mariam)])
    assert sorted(type(each).__name__ for each in ended) == ["AlreadyDecided", "Decision"]
    assert Decision.objects.count() == 1
    assert application.steps.filter(act__in=[Act.GRANT, Act.REFUSE]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_the_lock_that_gives_the_slower_officer_an_answer(
    salem: Actor, mariam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = works.submitted(works.publish(works.works(BY_OFFICER)))
    both_have_looked = threading.Barrier(2, timeout=LONGEST)

    def unlocked(
        application: Application, actor: Actor, permission: Permission, *, at: datetime
    ) -> Application:
        return Application.objects.get(pk=application.pk)

    def decided(application: Application, outcome: str) -> None:
        both_have_looked.wait()

    monkeypatch.setattr(participant, "lock_for", unlocked)
    monkeypatch.setattr(decision, "decided", decided)
    ended = ended_at_once([lambda: grant(application, salem), lambda: refuse(application, mariam)])
    # Without the lock only the database is left: still one decision, but an error that no one can read.
    assert sorted(type(each).__name__ for each in ended) == ["Decision", "IntegrityError"]
    assert Decision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_grant_and_a_withdrawal_at_once_no_grant_comes_after_the_withdrawal(salem: Actor) -> None:
    layla = works.act_as(works.layla())
    for round_ in range(4):
        application = works.submitted(
            works.publish(works.works(CHECK, BY_OFFICER)), reference=f"CAP-2026-{round_:06}"
        )
        check(application, "completeness", actor=salem, at=SUNDAY)
        ended_at_once(
            [partial(grant, application, salem), partial(withdraw, application, actor=layla, at=SUNDAY)]
        )
        application.refresh_from_db()
        acts = list(application.steps.order_by("id").values_list("act", flat=True))[1:]
        # What was granted first may be withdrawn until it has its document.
        assert acts in ([Act.GRANT, Act.WITHDRAW], [Act.WITHDRAW])
        assert Decision.objects.filter(application=application).exists() == (Act.GRANT in acts)
        assert application.stage == Stage.WITHDRAWN

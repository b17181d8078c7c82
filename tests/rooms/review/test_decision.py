"""The decision: once, with reasons, after its steps, and by another officer than the one who checked where asked."""

import threading
from datetime import datetime
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Act, NotPossible, Stage
from rukhsa.applications.submission import withdraw
from rukhsa.authorities.actor import Actor
from rukhsa.mandates.models import Mandate
from rukhsa.review import decision, participant
from rukhsa.review.check import check
from rukhsa.review.decision import DecidedByRule, Decision, SameOfficer, decide, decide_by_rule
from rukhsa.review.errors import AlreadyDecided, ReasonsMissing, StepsNotDone
from rukhsa.review.finding import return_to_applicant
from rukhsa.review.queue import QueueEntry
from tests.rooms.review import works
from tests.rooms.review.works import BY_OFFICER, BY_RULE, BY_TWO, CHECK, SUNDAY
from tests.together import LONGEST, ended_at_once


def grant(application: Application, actor: Actor) -> Decision:
    return decide(application, "granted", "", "", actor=actor, at=SUNDAY)


def refuse(application: Application, actor: Actor, reasons: str = "The road is too narrow.") -> Decision:
    return decide(application, "refused", reasons, "Bylaw 7/2019, article 12", actor=actor, at=SUNDAY)


@pytest.fixture
def short(db: None) -> Application:
    """An application that wants one check and one officer's decision."""
    return works.submitted(works.publish(works.works(CHECK, BY_OFFICER)))


def test_a_grant_waits_for_every_step_before_it(short: Application, salem: Actor) -> None:
    with pytest.raises(StepsNotDone):
        grant(short, salem)
    check(short, "completeness", actor=salem, at=SUNDAY)
    grant(short, salem)
    short.refresh_from_db()
    assert short.stage == Stage.GRANTED
    assert short.steps.get(act=Act.GRANT).actor == salem.person
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


def test_who_checked_does_not_decide_where_two_are_wanted(db: None, salem: Actor, mariam: Actor) -> None:
    application = works.submitted(works.publish(works.works(CHECK, BY_TWO)))
    check(application, "completeness", actor=salem, at=SUNDAY)
    with pytest.raises(SameOfficer):
        grant(application, salem)
    assert grant(application, mariam).officer == mariam.person


def test_who_checked_decides_where_one_officer_is_enough(short: Application, salem: Actor) -> None:
    check(short, "completeness", actor=salem, at=SUNDAY)
    assert grant(short, salem).officer == salem.person


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
    ended = ended_at_once([lambda: grant(application, salem), lambda: refuse(application, mariam)])
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

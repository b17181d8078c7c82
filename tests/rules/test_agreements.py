"""What one person proposes and another approves is an agreement, and its table keeps the two people apart."""

import pytest
from django.apps import apps
from django.db import connection, models

from rukhsa.agreement import Agreement
from rukhsa.digest import SECOND, SECOND_HANDS
from rukhsa.issuance.models import Revocation, Suspension
from rukhsa.review.decision import Decision
from rukhsa.review.proposal import Proposal
from rukhsa.review.queue import QueueEntry
from rukhsa.violations.models import Withdrawal
from rukhsa.web.desk.home import SECOND_PAGES

# A decision, a revocation, a suspension and the withdrawal of a violation repeat who proposed them, under constraints
# of their own; a row of the queue is drawn from the proposal, which is the agreement.
REPEATS_ITS_PROPOSER = {Decision, Revocation, Suspension, Withdrawal, QueueEntry}
AGREEMENTS = [model for model in apps.get_models() if issubclass(model, Agreement)]


# A decision that waits for a second officer is counted by its row of the queue.
COUNTED_OTHERWISE = {Proposal}


def test_the_letters_of_the_staff_tell_of_every_agreement_that_waits() -> None:
    assert set(AGREEMENTS) == {each.model for each in SECOND_HANDS} | COUNTED_OTHERWISE
    assert set(SECOND) == set(SECOND_PAGES)


def test_what_is_proposed_is_an_agreement() -> None:
    found = {model for model in apps.get_models() if _is_proposed(model)}
    assert len(found) > 5
    assert {model for model in found if not issubclass(model, Agreement)} == REPEATS_ITS_PROPOSER


def test_a_proposal_beside_the_agreements_would_be_found() -> None:
    assert _is_proposed(Decision)


@pytest.mark.django_db
@pytest.mark.parametrize("model", AGREEMENTS)
def test_the_table_of_an_agreement_keeps_the_two_people_apart(model: type[Agreement]) -> None:
    assert any("NOT ((decided_by_id = proposed_by_id)" in check for check in _checks(model._meta.db_table))


@pytest.mark.django_db
def test_a_table_that_keeps_no_two_people_apart_would_be_found() -> None:
    assert not any("proposed_by_id" in each for each in _checks("review_finding"))


def _is_proposed(model: type[models.Model]) -> bool:
    return any(field.name == "proposed_by" for field in model._meta.get_fields())


def _checks(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
            [table],
        )
        return [check for (check,) in cursor.fetchall()]

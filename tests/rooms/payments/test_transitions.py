"""The table of an attempt's states."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from rukhsa.payments.attempt import TRANSITIONS, after
from rukhsa.payments.gateways.port import Fate
from rukhsa.payments.models import Attempt, Charge
from tests.rooms.payments.conftest import Begin

State = Attempt.State


def test_captured_never_falls() -> None:
    assert {after(State.CAPTURED, fate) for fate in Fate} == {State.CAPTURED}


def test_no_word_of_a_gateway_opens_an_attempt_again() -> None:
    for state, fate in product(set(State) - {*Attempt.OPEN}, Fate):
        assert after(state, fate) not in Attempt.OPEN


def test_unknown_is_not_failed() -> None:
    for state, fate in product(Attempt.OPEN, (Fate.OPEN, Fate.NOT_FOUND)):
        assert after(state, fate) == state


def test_money_is_always_noticed() -> None:
    for state in State:
        assert after(state, Fate.CAPTURED) in (State.CAPTURED, State.NEEDS_REVIEW)


def test_every_state_is_reached() -> None:
    assert {*TRANSITIONS.values(), *Attempt.OPEN} == set(State)


@pytest.mark.django_db
def test_the_database_too_keeps_captured(charge: Charge, begin: Begin) -> None:
    begin(charge)
    attempts = charge.attempts.all()
    attempts.update(state=State.CAPTURED)
    with pytest.raises(IntegrityError), transaction.atomic():
        attempts.update(state=State.FAILED)
    attempts.update(state=State.CAPTURED, result="again")

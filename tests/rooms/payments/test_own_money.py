"""No one of the staff decides on their own money: of waivers, deposits, refunds and payments in doubt."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from rukhsa.agreement import Agreement
from rukhsa.applications.interest import OwnInterest
from rukhsa.authorities.actor import Actor
from rukhsa.payments.forfeiture import approve_forfeiture, propose_forfeiture, refuse_forfeiture
from rukhsa.payments.models import Attempt, Charge, ChargeLine, Payout, Refund
from rukhsa.payments.payout import approve_payout, propose_payout, refuse_payout
from rukhsa.payments.resolution import approve_resolution, propose_resolution, refuse_resolution
from rukhsa.payments.waiver import approve_waiver, propose_waiver, refuse_waiver
from rukhsa.staff.interest_declaration import declare
from rukhsa.values.money import Money
from tests.rooms.payments.test_deposits import line as _line
from tests.rooms.payments.test_in_doubt import doubtful as _doubtful
from tests.rooms.payments.test_payouts import refund as _refund

line, doubtful, refund = _line, _doubtful, _refund
pytestmark = pytest.mark.django_db(transaction=True)
LAYLA, ANOTHER = "900112345", "850101234"
IBAN = "BH67BMAG00001299123456"
ONE = Money.parse("1.000", "BHD")


def now() -> datetime:
    return datetime.now(UTC)


def agreed_only_by_others(
    layla: Actor,
    propose: Callable[[Actor], Agreement],
    approve: Callable[..., object],
    refuse: Callable[..., object],
    *,
    first: Actor,
    second: Actor,
) -> None:
    """Neither of the two proposes, approves or refuses what is a relative's; once it is not, both do."""
    layla.person.personal_number = LAYLA
    layla.person.save()
    for actor in (first, second):
        declare("1", relatives=[LAYLA], actor=actor, at=now())
    with pytest.raises(OwnInterest):
        propose(first)
    declare("1", relatives=[ANOTHER], actor=first, at=now())
    proposed = propose(first)
    with pytest.raises(OwnInterest):
        approve(proposed, actor=second, at=now())
    with pytest.raises(OwnInterest):
        refuse(proposed, "No.", actor=second, at=now())
    proposed.refresh_from_db()
    assert proposed.waits
    declare("1", relatives=[ANOTHER], actor=second, at=now())
    approve(proposed, actor=second, at=now())
    proposed.refresh_from_db()
    assert not proposed.waits


def test_a_waiver(charge: Charge, layla: Actor, salem: Actor, mariam: Actor) -> None:
    def propose(actor: Actor) -> Any:
        return propose_waiver(charge, "works-fee", ONE, "Poor.", actor=actor, at=now())

    agreed_only_by_others(layla, propose, approve_waiver, refuse_waiver, first=salem, second=mariam)


def test_what_is_kept_of_a_deposit(line: ChargeLine, layla: Actor, salem: Actor, mariam: Actor) -> None:
    def propose(actor: Actor) -> Any:
        return propose_forfeiture(line, ONE, reason="The kerb is broken.", actor=actor, at=now())

    agreed_only_by_others(layla, propose, approve_forfeiture, refuse_forfeiture, first=salem, second=mariam)


def test_a_refund(refund: Refund, layla: Actor, huda: Actor, mariam: Actor) -> None:
    def propose(actor: Actor) -> Any:
        return propose_payout(refund, Payout.TRANSFER, iban=IBAN, actor=actor, at=now())

    agreed_only_by_others(layla, propose, approve_payout, refuse_payout, first=huda, second=mariam)


def test_how_a_payment_ended(doubtful: Attempt, layla: Actor, huda: Actor, mariam: Actor) -> None:
    def propose(actor: Actor) -> Any:
        return propose_resolution(doubtful, "captured", "26-11/7", actor=actor, at=now())

    agreed_only_by_others(layla, propose, approve_resolution, refuse_resolution, first=huda, second=mariam)


def test_who_proposed_takes_back_what_turns_out_to_be_a_relatives(
    charge: Charge, layla: Actor, salem: Actor
) -> None:
    proposed = propose_waiver(charge, "works-fee", ONE, "Poor.", actor=salem, at=now())
    layla.person.personal_number = LAYLA
    layla.person.save()
    declare("1", relatives=[LAYLA], actor=salem, at=now())
    assert refuse_waiver(proposed, "It is my brother's.", actor=salem, at=now()).state == "refused"

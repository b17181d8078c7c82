"""Two workers on one charge at the same moment: one receipt, one refund; and without the lock, fsck goes red."""

from functools import partial

import pytest
from django.db import IntegrityError

from rukhsa.payments import outcome
from rukhsa.payments.models import Attempt, Charge, Receipt, Refund
from rukhsa.payments.outcome import settle as settle_attempt
from rukhsa_rehearsal.sandbox.serve import Running
from tests.faults.money.checked import fsck, told
from tests.faults.money.conftest import Count
from tests.faults.money.world import CHARGED, DRIVER, World, end_of, now, pay
from tests.together import at_once, no_lock_before

GATEWAYS = ("national", "cards")


def paid_twice(world: World) -> tuple[Charge, list[Attempt]]:
    """One charge, two attempts, both of them paid, and neither settled."""
    charge = world.owing()
    for code in GATEWAYS:
        pay(world.begin(charge, code), DRIVER[code])
        charge.attempts.filter(gateway=code).update(state=Attempt.State.FAILED, ended_at=now())
    return charge, list(charge.attempts.order_by("started_at"))


def settled_at_once(attempts: list[Attempt]) -> list[str]:
    """Each settled by a worker of its own, at one moment; the name of the error of each, or nothing."""

    def work(attempt: Attempt) -> str:
        try:
            settle_attempt(attempt, at=now())
        except IntegrityError as error:
            return type(error).__name__
        return ""

    return at_once([partial(work, attempt) for attempt in attempts])


@pytest.mark.slow
def test_two_workers_on_one_charge_write_one_receipt_and_one_refund(
    world: World, sandbox: Running, whole: bool, count: Count
) -> None:
    ends = []
    for _ in range(20 if whole else 2):
        charge, attempts = paid_twice(world)
        assert settled_at_once(attempts * 2) == [""] * 4
        end = end_of(charge, sandbox.address)
        ends.append((end.taken, end.receipts, end.owed, end.under_way))
    report = fsck(sandbox.address)
    count(
        faults=len(ends), unexplained=report.faults + sum(one != (2 * CHARGED, 1, CHARGED, 0) for one in ends)
    )
    assert set(ends) == {(2 * CHARGED, 1, CHARGED, 0)}
    assert told(report) == []


def test_without_the_lock_a_capture_is_lost_and_fsck_says_so(
    world: World, sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both believe theirs to be the first, and the database can only refuse the second."""
    charge, attempts = paid_twice(world)
    with no_lock_before(outcome, "settle_with", monkeypatch):
        assert sorted(settled_at_once(attempts)) == ["", "IntegrityError"]
    assert (Receipt.objects.count(), Refund.objects.count()) == (1, 0)
    assert end_of(charge, sandbox.address).lost == CHARGED
    report = fsck(sandbox.address)
    assert report.faults == 1
    (difference,) = (one for each in report.differences.values() for one in each)
    assert (difference.ours, difference.theirs and difference.theirs.taken) == (None, CHARGED)

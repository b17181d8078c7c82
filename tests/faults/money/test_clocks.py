"""The end of a month and of a year, midnight in Bahrain and in UTC, and a quote that expires while it is paid."""

from calendar import isleap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from rukhsa.payments.charge import QuoteExpired
from rukhsa.payments.models import Attempt, Charge, Receipt, Refund
from rukhsa.payments.outcome import settle
from rukhsa.payments.payout import ChannelNotOffered, gateway_of, propose_payout
from rukhsa.payments.tariff import QUOTE_LASTS, assess
from rukhsa_rehearsal.sandbox.serve import Running
from tests.faults.money.checked import fsck, told
from tests.faults.money.conftest import Count
from tests.faults.money.world import CHARGED, DRIVER, World, end_of, now, pay

SECOND = timedelta(seconds=1)
BAHRAIN = ZoneInfo("Asia/Bahrain")
# The next of each from now on, whatever day it is: in Bahrain the day begins at 21:00 UTC of the day before.
MOMENTS: dict[str, tuple[ZoneInfo | timezone, Callable[[datetime], bool]]] = {
    "midnight in Bahrain": (BAHRAIN, lambda day: True),
    "midnight in UTC": (UTC, lambda day: True),
    "end of a month in Bahrain": (BAHRAIN, lambda day: day.day == 1),
    "end of a month in UTC": (UTC, lambda day: day.day == 1),
    "end of the year in Bahrain": (BAHRAIN, lambda day: (day.month, day.day) == (1, 1)),
    "end of the year in UTC": (UTC, lambda day: (day.month, day.day) == (1, 1)),
    "a leap day in Bahrain": (BAHRAIN, lambda day: (day.month, day.day) == (2, 29)),
    "the day after a leap day in UTC": (UTC, lambda day: isleap(day.year) and (day.month, day.day) == (3, 1)),
}


def coming(moment: str) -> datetime:
    """The next beginning of such a day, in UTC."""
    zone, is_it = MOMENTS[moment]
    day = now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while not is_it(day):
        day += timedelta(days=1)
    return day.astimezone(UTC)


def paid_at(world: World, begun: datetime, settled: datetime) -> tuple[Charge, Attempt]:
    """Begun at one moment, paid, and settled at another."""
    charge = world.owing(at=begun - timedelta(minutes=5))
    pay(world.begin(charge, "national", at=begun), DRIVER["national"])
    return charge, settle(charge.attempts.get(), at=settled)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_payment_over_a_boundary_is_whole_on_both_sides(
    world: World, sandbox: Running, count: Count, moment: str
) -> None:
    boundary = coming(moment)
    before, on = (paid_at(world, boundary - SECOND, at) for at in (boundary - SECOND, boundary))
    across = paid_at(world, boundary, boundary + SECOND)
    local = [f"{(at + timedelta(hours=3)):%y%m%d}" for at in (boundary - SECOND, boundary)]
    assert [attempt.reference[:6] for _, attempt in (before, on, across)] == [local[0], local[0], local[1]]
    years = [receipt.number[:4] for receipt in Receipt.objects.order_by("pk")]
    assert years == [
        str((at + timedelta(hours=3)).year) for at in (boundary - SECOND, boundary, boundary + SECOND)
    ]
    numbers = [int(receipt.number[5:]) for receipt in Receipt.objects.order_by("pk")]
    assert numbers == sorted(set(numbers))
    report = fsck(sandbox.address, at=boundary + timedelta(minutes=1))
    count(faults=3, unexplained=report.faults)
    assert told(report) == []


def test_a_quote_that_expires_while_it_is_paid_is_honoured(
    world: World, sandbox: Running, count: Count
) -> None:
    charge = world.owing()
    address = world.begin(charge, "national", at=charge.expires_at - SECOND)
    pay(address, DRIVER["national"])
    settle(charge.attempts.get(), at=charge.expires_at + timedelta(hours=1))
    assert charge.is_settled
    count(faults=1, unexplained=fsck(sandbox.address).faults)


def test_a_quote_that_was_replaced_while_it_was_paid_owes_the_money_back(
    world: World, sandbox: Running, count: Count
) -> None:
    """Her first card was refused before the quote ran out, and the page took a second one after that."""
    charge = world.owing()
    address = world.begin(charge, "cards", at=charge.expires_at - SECOND)
    DRIVER["cards"].choose(address, "DECLINED", fault="lost")
    assert settle(charge.attempts.get(), at=charge.expires_at).state == Attempt.State.FAILED
    newer = assess(charge.application, Charge.Due.AFTER_DECISION, at=charge.expires_at + SECOND)
    assert newer is not None
    assert newer.number == charge.number + 1
    pay(address, DRIVER["cards"])
    settle(charge.attempts.get(), at=charge.expires_at + timedelta(hours=1))
    assert not charge.is_settled
    assert (Refund.objects.get().reason, Refund.objects.get().amount) == ("quote-replaced", CHARGED)
    report = fsck(sandbox.address)
    count(faults=1, lost=end_of(charge, sandbox.address).lost, unexplained=report.faults)
    assert told(report) == []


def test_the_last_second_of_a_quote_counts_and_the_next_does_not(world: World, count: Count) -> None:
    charge = world.owing(at=now() - QUOTE_LASTS)
    assert world.begin(charge, "national", at=charge.expires_at)
    late = world.owing(at=now() - QUOTE_LASTS)
    with pytest.raises(QuoteExpired):
        world.begin(late, "national", at=late.expires_at + SECOND)
    assert not late.attempts.exists()
    count(faults=1)


def test_the_last_moment_in_which_a_gateway_gives_back_is_of_its_days_and_not_of_ours(
    world: World, count: Count
) -> None:
    charge = world.owing()
    pay(world.begin(charge, "national"), DRIVER["national"])
    charge.application.stage = "withdrawn"
    charge.application.save()
    captured = settle(charge.attempts.get(), at=now())
    assert captured.ended_at
    refund, last = Refund.objects.get(), captured.ended_at + timedelta(days=14) - SECOND
    assert gateway_of(refund, at=last) == "national"
    with pytest.raises(ChannelNotOffered):
        propose_payout(refund, "national", actor=world.huda, at=last + SECOND)
    count(faults=1)

"""Gateways that refuse, are slow, hang, are cut, answer HTML: at each call, and how it ends each time."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q

from rukhsa.payments.attempt import OutcomeUnknown
from rukhsa.payments.gateways.port import GatewayError
from rukhsa.payments.models import Attempt, Charge, Payout, Refund
from rukhsa.payments.outcome import settle_open, settle_overdue
from rukhsa.payments.payout import approve_payout, propose_payout
from rukhsa_rehearsal.sandbox.serve import Running
from tests.faults.money.checked import fsck, told
from tests.faults.money.conftest import Count
from tests.faults.money.works import owed, paid, pay_again, send_back
from tests.faults.money.world import CHARGED, DRIVER, DRIVERS, End, World, end_of, now
from tests.outside import break_down, everything_works

SILENT = ("hang", "cut", "cut-before", "truncated", "html", "error", "busy", "redirect")
MODES = ("away", "refused", "slow", *SILENT)
IN_SHORT = ("away", "cut")  # the conformance suite tells all of them apart
SECRETS = {"national": "password", "sadad": "api_key", "cards": "password"}
PAID = End(taken=CHARGED, returned=0, receipts=1, owed=0, paid_out=0, under_way=0)
GIVEN_BACK = End(taken=CHARGED, returned=CHARGED, receipts=0, owed=CHARGED, paid_out=CHARGED, under_way=0)
BY_TRANSFER = End(taken=CHARGED, returned=0, receipts=0, owed=CHARGED, paid_out=CHARGED, under_way=0)


class Broken:
    """A gateway that fails in one way at one of its calls, until it is mended."""

    def __init__(self, sandbox: Running, settings: Any, code: str) -> None:
        self.sandbox, self.code = sandbox, code
        self.options = settings.PAYMENT_GATEWAYS[code]
        self._kept = dict(self.options)

    def fail(self, operation: str, mode: str) -> None:
        """From now on."""
        if mode == "away":
            self.options["url"] = "http://127.0.0.1:9"
        elif mode == "refused":
            self.options[SECRETS[self.code]] = "another"
        else:
            if mode == "hang":
                self.options["seconds"] = 2
            break_down(self.sandbox, operation, mode, seconds=0.1)

    def mend(self) -> None:
        """All is well again."""
        self.options.update(self._kept)
        everything_works(self.sandbox)


def start_fails(world: World, broken: Broken, mode: str) -> tuple[Charge, End]:
    """Layla clicks while it fails, and again when it works."""
    charge = world.owing()
    broken.fail(DRIVER[broken.code].start, mode)
    lasting = OutcomeUnknown if mode in SILENT else GatewayError
    with nullcontext() if mode == "slow" else pytest.raises(lasting):
        world.begin(charge, broken.code)
    assert charge.attempts.open().count() == (mode not in ("away", "refused"))
    broken.mend()
    pay_again(broken.code, world, charge, broken.sandbox.address)
    return charge, PAID


def inquiry_fails(world: World, broken: Broken, mode: str) -> tuple[Charge, End]:
    """She has paid, and no one can say so until the gateway works again: meanwhile she cannot pay a second time."""
    charge = paid(broken.code, world)
    broken.fail(DRIVER[broken.code].inquiry, mode)
    settle_open(charge.application, at=now())
    if mode != "slow":
        assert charge.attempts.get().state == Attempt.State.REDIRECTED
        with pytest.raises(OutcomeUnknown):
            world.begin(charge, "sadad", at=now() + timedelta(minutes=2))
    broken.mend()
    settle_overdue(at=now() + timedelta(hours=2))
    return charge, PAID


def refund_fails(world: World, broken: Broken, mode: str) -> tuple[Charge, End]:
    """Money goes back while it fails; finance then looks at the gateway's statement, and never sends twice."""
    charge = owed(broken.code, world)
    refund = Refund.objects.get(attempt__charge=charge)
    payout = propose_payout(refund, broken.code, actor=world.huda, at=now())
    broken.fail(DRIVER[broken.code].refund, mode)
    with nullcontext() if mode == "slow" else pytest.raises(GatewayError):
        approve_payout(payout, actor=world.mariam, at=now())
    payout.refresh_from_db()
    assert payout.state == {"away": "proposed", "refused": "refused", "slow": "done"}.get(mode, "sent"), mode
    broken.mend()
    channel = Payout.TRANSFER if mode == "refused" else broken.code
    send_back(channel, world, charge, broken.sandbox.address)
    return charge, BY_TRANSFER if mode == "refused" else GIVEN_BACK


type Fails = Callable[[World, Broken, str], tuple[Charge, End]]


@pytest.mark.slow
def test_however_a_gateway_fails_each_fils_has_its_home(
    world: World, sandbox: Running, settings: Any, whole: bool, count: Count
) -> None:
    wrong, ends = [], []
    for driver in DRIVERS:
        calls: list[Fails] = [start_fails, inquiry_fails, *([refund_fails] if driver.refund else [])]
        for fails in calls:
            for mode in MODES if whole else IN_SHORT:
                broken = Broken(sandbox, settings, driver.code)
                try:
                    charge, expected = fails(world, broken, mode)
                finally:
                    broken.mend()
                end = end_of(charge, sandbox.address)
                ends.append(end)
                if end != expected:
                    wrong.append((driver.code, fails.__name__, mode, end))
    report = fsck(sandbox.address)
    count(
        faults=len(ends),
        lost=sum(bool(end.lost) for end in ends),
        double=sum(end.double for end in ends),
        unexplained=len(wrong) + report.faults,
    )
    assert wrong == []
    assert told(report) == []
    assert not Attempt.objects.filter(Q(state__in=Attempt.OPEN)).exists()

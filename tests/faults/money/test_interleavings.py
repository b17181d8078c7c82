"""Notification, return, inquiry, sweep, cancel and second attempt, in whatever order: each fils ends in one home."""

import itertools
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as rules_of
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rukhsa.payments.errors import PaymentsError
from rukhsa.payments.gateway_notice import receive_notification, receive_return
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import Attempt
from rukhsa.payments.outcome import settle, settle_open, settle_overdue
from rukhsa_rehearsal.sandbox.serve import Running
from tests.faults.money.checked import fsck, told
from tests.faults.money.conftest import Count
from tests.faults.money.notices import true_notice
from tests.faults.money.world import DRIVER, End, World, end_of, now, pay
from tests.outside import break_down, everything_works

CODES = ("national", "sadad", "cards")


class Life:
    """One charge, and everything that can happen to it; its clock goes on by itself."""

    def __init__(self, world: World, sandbox: Running) -> None:
        self.world, self.sandbox = world, sandbox
        self.charge = world.owing()
        self.at = now()
        self.pages: list[tuple[str, str]] = []

    def later(self, **time: float) -> datetime:
        """Let time pass."""
        self.at += timedelta(**time)
        return self.at

    def begin(self, code: str) -> None:
        """A click, the first or another."""
        with suppress(PaymentsError):
            self.pages.append((code, self.world.begin(self.charge, code, at=self.later(minutes=2))))

    def pay(self) -> None:
        """Every page that is open is paid, an old one too."""
        for code, address in self.pages[-2:]:
            pay(address, DRIVER[code])

    def decline(self) -> None:
        """The last page is declined."""
        for code, address in self.pages[-1:]:
            DRIVER[code].choose(address, DRIVER[code].declines[0], fault="lost")

    def notify(self) -> None:
        """A notice that says paid, whether it was or not."""
        for attempt in self.charge.attempts.exclude(gateway="sadad"):
            receive_notification(gateway(attempt.gateway), *true_notice(attempt), self.at)

    def come_back(self) -> None:
        """The browser returns, and says whatever it likes."""
        for attempt in self.charge.attempts.all():
            params = {
                "paymentid": attempt.gateway_reference,
                "TransactionIdentifier": attempt.gateway_reference,
                "ResultMessage": "CAPTURED",
            }
            receive_return(gateway(attempt.gateway), params, self.at)

    def inquire(self) -> None:
        """A worker asks after what is open."""
        settle_open(self.charge.application, at=self.later(seconds=5))

    def ask_all(self) -> None:
        """The gateway is asked about every attempt, ended ones too."""
        for attempt in self.charge.attempts.all():
            with suppress(PaymentsError):
                settle(attempt, at=self.later(seconds=1))

    def sweep(self) -> None:
        """The sweep comes by."""
        settle_overdue(at=self.later(hours=2))

    def cancel(self) -> None:
        """Layla withdraws her application."""
        self.charge.application.stage = "withdrawn"
        self.charge.application.save()

    def end(self) -> End:
        """Once all gateways work and the sweep has been by."""
        everything_works(self.sandbox)
        self.ask_all()
        self.sweep()
        return end_of(self.charge, self.sandbox.address)


def wrong_with(end: End) -> list[str]:
    """What may never be, however it came."""
    found = []
    if end.lost:
        found.append(f"lost {end.lost}")
    if end.double:
        found.append("double")
    if end.taken and not end.receipts and end.owed != end.taken:
        found.append("a capture without a home")
    if not end.taken and (end.receipts or end.owed):
        found.append("a receipt of nothing")
    return found


EVENTS = ("notify", "come_back", "inquire", "sweep", "cancel", "second")


def play(life: Life, order: tuple[str, ...]) -> End:
    """Begin and pay at the national gateway, then every event once, in this order."""
    life.begin("national")
    life.pay()
    for event in order:
        life.begin("cards") if event == "second" else getattr(life, event)()
    life.pay()
    return life.end()


@pytest.mark.slow
def test_in_every_order_of_the_six_events_each_fils_has_its_home(
    world: World, sandbox: Running, whole: bool, count: Count
) -> None:
    orders = list(itertools.permutations(EVENTS))
    ends = [play(Life(world, sandbox), order) for order in (orders if whole else orders[3::97])]
    wrong = [problem for end in ends for problem in wrong_with(end)]
    report = fsck(sandbox.address)
    count(
        faults=len(ends),
        lost=sum(bool(end.lost) for end in ends),
        double=sum(end.double for end in ends),
        unexplained=len(wrong) + report.faults,
    )
    assert wrong == []
    assert all(end.taken for end in ends)
    assert told(report) == []


class Payments(RuleBasedStateMachine):
    """Whatever happens, in whatever order: what must hold is looked at after each step."""

    world: World
    outside: Running
    tried: list[End]

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(self.world, self.outside)

    @rule(code=st.sampled_from(CODES))
    def click(self, code: str) -> None:
        """Layla begins, or begins again, or elsewhere."""
        self.life.begin(code)

    @precondition(lambda self: self.life.pages)
    @rule(act=st.sampled_from(["pay", "decline", "notify", "come_back", "ask_all"]))
    def happen(self, act: str) -> None:
        """Something happens to what was begun."""
        getattr(self.life, act)()

    @rule(act=st.sampled_from(["inquire", "sweep", "cancel"]))
    def work(self, act: str) -> None:
        """Something of ours happens."""
        getattr(self.life, act)()

    @rule(
        code=st.sampled_from(CODES),
        call=st.sampled_from(["start", "inquiry"]),
        mode=st.sampled_from(["cut", "html"]),
    )
    def fail(self, code: str, call: str, mode: str) -> None:
        """A gateway begins to fail."""
        break_down(self.outside, f"{code}.{call}", mode)

    @rule()
    def mend(self) -> None:
        """All gateways work again."""
        everything_works(self.outside)

    @invariant()
    def at_most_one_receipt_and_one_open_attempt(self) -> None:
        """The two promises that hold at every moment."""
        attempts = list(self.life.charge.attempts.all())
        assert sum(one.is_open for one in attempts) <= 1
        assert sum(hasattr(one, "receipt") for one in attempts) <= 1
        for one in attempts:
            if one.state == Attempt.State.CAPTURED:
                assert hasattr(one, "receipt") or hasattr(one, "refund")

    def teardown(self) -> None:
        """In the end each capture has its home, and the books are those of the gateways."""
        end = self.life.end()
        self.tried.append(end)
        assert wrong_with(end) == []


@pytest.fixture
def machine(world: World, sandbox: Running) -> type[Payments]:
    """The machine, in this world."""
    Payments.world, Payments.outside, Payments.tried = world, sandbox, []
    return Payments


@pytest.mark.slow
def test_whatever_happens_in_whatever_order_each_fils_has_its_home(
    machine: type[Payments], sandbox: Running, whole: bool, count: Count
) -> None:
    rules = rules_of(
        max_examples=100 if whole else 6,
        stateful_step_count=20 if whole else 12,
        deadline=None,
        derandomize=not whole,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=rules)  # type: ignore[no-untyped-call]
    report = fsck(sandbox.address)
    count(
        faults=len(machine.tried),
        lost=sum(bool(end.lost) for end in machine.tried),
        double=sum(end.double for end in machine.tried),
        unexplained=report.faults,
    )
    assert told(report) == []

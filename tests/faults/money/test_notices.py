"""Notices doubled, at once, out of order, late, lost, about others and about no attempt: how each ends."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest

from rukhsa.payments.gateway_notice import receive_notification
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import Attempt, GatewayNotice, NoticeCount, Receipt
from rukhsa.payments.outcome import settle_open, settle_overdue
from rukhsa_rehearsal.sandbox.serve import Running
from tests.faults.money.checked import fsck, told
from tests.faults.money.conftest import Count
from tests.faults.money.door import Door, open_door
from tests.faults.money.notices import true_notice
from tests.faults.money.world import CHARGED, DRIVER, End, World, end_of, now, pay

NOTIFYING = ("national", "cards")
PAID = End(taken=CHARGED, returned=0, receipts=1, owed=0, paid_out=0, under_way=0)
OWED = End(taken=CHARGED, returned=0, receipts=0, owed=CHARGED, paid_out=0, under_way=0)
TAKEN_BACK = End(taken=0, returned=0, receipts=0, owed=0, paid_out=0, under_way=0)
UNTAKEN = End(taken=0, returned=0, receipts=0, owed=0, paid_out=0, under_way=1)
MISDIRECTED = ("other-merchant", "other-amount", "other-currency", "other-reference")


@pytest.fixture
def door() -> Iterator[Door]:
    """Where the gateways tell us."""
    with open_door() as opened:
        yield opened


class Case:
    """One attempt at one gateway, and what the gateway may do with its notices."""

    def __init__(self, world: World, door: Door, code: str) -> None:
        self.world, self.door, self.code = world, door, code
        self.charge = world.owing()
        self.address = world.begin(self.charge, code, to=door.addresses(code))
        door.queued.clear()
        door.heard = 0

    @property
    def attempt(self) -> Attempt:
        """Its attempt."""
        return self.charge.attempts.latest("started_at")

    def pay(self, **fault: object) -> None:
        """Pay, with the notice spoilt as given."""
        pay(self.address, DRIVER[self.code], **({"fault": ""} | fault))

    def hear(self, *, days: int = 0, **other: object) -> str:
        """A true notice, changed as given, some days later."""
        letter = true_notice(self.attempt, **other)
        return receive_notification(gateway(self.code), *letter, now() + timedelta(days=days))

    def close(self) -> None:
        """Layla withdraws."""
        self.charge.application.stage = "withdrawn"
        self.charge.application.save()

    @property
    def kept(self) -> int:
        """How many notices about it were kept, apart or not."""
        return GatewayNotice.objects.filter(attempt=self.attempt).count()

    def settle(self, **later: float) -> None:
        """What is due once a notice is in, or the sweep comes by."""
        settle_open(self.charge.application, at=now() + timedelta(**later))


def duplicates(case: Case, *, times: int) -> End:
    case.pay(fault="duplicate", copies=times)
    assert (case.door.heard, case.kept, len(case.door.queued.applications)) == (times, 1, 1)
    case.settle()
    return PAID


def eight_at_once(case: Case) -> End:
    case.pay(fault="parallel", copies=8)
    assert (case.door.heard, case.kept, len(case.door.queued.applications)) == (8, 1, 1)
    case.settle()
    return PAID


def out_of_order(case: Case) -> End:
    case.pay(fault="out-of-order")
    case.settle()
    return PAID


def lost(case: Case) -> End:
    case.pay(fault="lost")
    settle_overdue(at=now() + timedelta(minutes=16))
    return PAID


def seven_days_late(case: Case) -> End:
    """The page's end came first, as the gateway reported it, and the money after a week less an hour."""
    case.pay(fault="lost")
    Attempt.objects.filter(pk=case.attempt.pk).update(state="failed", ended_at=now(), result="HOST TIMEOUT")
    case.hear(days=6)
    settle_overdue(at=now() + timedelta(days=6, hours=23))
    return PAID


def before_our_commit(case: Case) -> End:
    """The notice outruns the answer to our own call."""
    Attempt.objects.filter(pk=case.attempt.pk).update(state="initiated", gateway_reference="", address="")
    case.pay()
    case.settle()
    return PAID


def after_giving_up(case: Case) -> End:
    """She left it for SADAD, and paid it nevertheless."""
    other = case.world.begin(case.charge, "sadad", at=now() + timedelta(minutes=1))
    assert other
    given_up = case.charge.attempts.get(gateway=case.code)
    case.pay()
    case.charge.attempts.filter(gateway="sadad").update(state="expired", ended_at=now())
    settle_overdue(at=now() + timedelta(hours=2))
    given_up.refresh_from_db()
    assert given_up.state == "captured"
    return OWED


def for_a_closed_application(case: Case) -> End:
    case.pay()
    case.close()
    case.settle()
    return OWED


def failed_after_success(case: Case) -> End:
    case.pay()
    case.settle()
    case.hear(**{"national": {"result": "NOT CAPTURED"}, "cards": {"status": "FAILED"}}[case.code])
    case.settle()
    return PAID


def refund_before_capture(case: Case) -> End:
    case.hear(**{"national": {"result": "VOIDED"}, "cards": {"status": "REFUNDED"}}[case.code])
    case.settle()
    case.pay()
    case.settle()
    return PAID


def misdirected(case: Case, *, lie: str) -> End:
    """It is kept apart; what was really paid is found by the sweep. A gateway that gets no answer takes it back."""
    case.pay(fault=lie)
    assert case.door.queued.applications == []
    assert GatewayNotice.objects.exclude(problem="").exists() or NoticeCount.objects.exists()
    settle_overdue(at=now() + timedelta(minutes=16))
    is_answered = case.code == "cards" or lie not in ("other-merchant", "other-reference")
    return PAID if is_answered else TAKEN_BACK


def claimed_and_not_paid(case: Case) -> End:
    """A forger who knows key and secret says that it was paid: the gateway, when asked, does not."""
    case.hear()
    assert len(case.door.queued.applications) == 1
    case.settle()
    return UNTAKEN


def of_nobody(case: Case) -> End:
    """About a reference that was never ours."""
    unknown = Attempt(
        gateway=case.code, reference="999999999999999", gateway_reference="1", amount=CHARGED, currency="BHD"
    )
    letter = true_notice(unknown)
    assert receive_notification(gateway(case.code), *letter, now()) == ""
    assert GatewayNotice.objects.filter(problem="unknown-reference").exists()
    return UNTAKEN


def another_card(case: Case) -> End:
    """The first card was refused, which was reported and recorded; the same page takes a second one."""
    DRIVER[case.code].choose(case.address, "DECLINED")
    case.settle()
    assert case.attempt.state == Attempt.State.FAILED
    case.pay()
    case.settle()
    return PAID


type Happens = Callable[[Case], End]
CASES: tuple[Happens, ...] = (
    eight_at_once, out_of_order, lost, seven_days_late, before_our_commit, after_giving_up, for_a_closed_application,
    failed_after_success, refund_before_capture, claimed_and_not_paid, of_nobody,
)  # fmt: skip


@pytest.mark.slow
def test_however_notices_come_each_payment_ends_once(
    world: World, sandbox: Running, door: Door, whole: bool, count: Count
) -> None:
    wrong, ends = [], []
    for code in NOTIFYING:
        cases: list[tuple[str, Happens]] = [(one.__name__, one) for one in CASES]
        cases += [("another card", another_card)] if code == "cards" else []
        cases += [(lie, partial(misdirected, lie=lie)) for lie in MISDIRECTED]
        cases.append(("duplicate", partial(duplicates, times=1000 if whole else 10)))
        for name, happens in cases if whole or code == "national" else cases[len(CASES) :]:
            case = Case(world, door, code)
            expected = happens(case)
            end = end_of(case.charge, sandbox.address)
            ends.append(end)
            if end != expected:
                wrong.append((code, name, end))
    report = fsck(sandbox.address)
    count(
        faults=len(ends),
        lost=sum(bool(end.lost) for end in ends),
        double=sum(end.double for end in ends),
        unexplained=len(wrong) + report.faults,
    )
    assert wrong == []
    assert told(report) == []
    assert Receipt.objects.count() == sum(end.receipts for end in ends)

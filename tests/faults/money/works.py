"""The pieces of work that are killed: how each begins, what it does, and how people and sweeps go on afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from rukhsa.catalogue.territory import territory
from rukhsa.payments import deposit
from rukhsa.payments.forfeiture import approve_forfeiture, propose_forfeiture
from rukhsa.payments.gateway_notice import receive_notification
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import Attempt, Charge, DepositMovement, Payout, Refund
from rukhsa.payments.outcome import settle_open, settle_overdue
from rukhsa.payments.payout import approve_payout, confirm_payout, propose_payout, record_not_sent
from rukhsa.reconciliation.statement_intake import take_in
from rukhsa.values.money import Money
from tests.faults.money.notices import true_notice
from tests.faults.money.world import DRIVER, IBAN, World, now, pay

State = Payout.State
NATIONAL = "TERMINAL,PAYMENTID,TRACKID,ACTION,AMOUNT,CURRENCY,POSTED"


@dataclass(frozen=True, kw_only=True)
class Work:
    """One piece of work on one charge; `go_on` is what happens to it in any case, also after a kill."""

    name: str
    begin: Callable[[World], Charge]
    act: Callable[[World, Charge], object]
    go_on: Callable[[World, Charge, str], object]


def works(gateways: tuple[str, ...]) -> list[Work]:
    """Pay, settle, refund and release, at each gateway that does it; a statement, and a part that is kept."""
    found = []
    for code in gateways:
        found += [
            Work(
                name=f"pay {code}",
                begin=World.owing,
                act=partial(_begin, code),
                go_on=partial(pay_again, code),
            ),
            Work(name=f"settle {code}", begin=partial(paid, code), act=_settle, go_on=_sweep),
        ]
        if DRIVER[code].notification:
            found.append(
                Work(name=f"notice {code}", begin=partial(paid, code), act=partial(_hear, code), go_on=_sweep)
            )
        if DRIVER[code].refund:
            found.append(
                Work(
                    name=f"refund {code}",
                    begin=partial(owed, code),
                    act=partial(_refund, code),
                    go_on=partial(send_back, code),
                )
            )
    transfer = partial(_refund, Payout.TRANSFER)
    return [
        *found,
        Work(
            name="refund transfer",
            begin=partial(owed, gateways[0]),
            act=transfer,
            go_on=partial(send_back, Payout.TRANSFER),
        ),
        Work(name="release", begin=partial(_held, gateways[0]), act=_release, go_on=_released),
        Work(name="statement", begin=partial(_held, "national"), act=_take_in, go_on=_taken_in),
        Work(name="forfeit", begin=partial(_held, gateways[0]), act=_forfeit, go_on=_forfeited),
    ]


def _begin(code: str, world: World, charge: Charge) -> object:
    return world.begin(charge, code)


def pay_again(code: str, world: World, charge: Charge, sandbox: str) -> None:
    # Layla comes back after two minutes, clicks again, and pays on the page that she is given.
    pay(world.begin(charge, code, at=now() + timedelta(minutes=2)), DRIVER[code])
    settle_open(charge.application, at=now() + timedelta(minutes=3))


def paid(code: str, world: World) -> Charge:
    charge = world.owing()
    pay(world.begin(charge, code), DRIVER[code])
    return charge


def _settle(world: World, charge: Charge) -> None:
    settle_open(charge.application, at=now())


def _sweep(world: World, charge: Charge, sandbox: str) -> None:
    settle_overdue(at=now() + timedelta(hours=2))


def _hear(code: str, world: World, charge: Charge) -> None:
    attempt = charge.attempts.get()
    raw, headers = true_notice(attempt)
    receive_notification(gateway(code), raw, headers, now())
    settle_open(charge.application, at=now())


def owed(code: str, world: World) -> Charge:
    charge = paid(code, world)
    charge.application.stage = "withdrawn"
    charge.application.save()
    settle_open(charge.application, at=now())
    return charge


def _refund(channel: str, world: World, charge: Charge) -> None:
    refund = Refund.objects.get(attempt__charge=charge)
    payout = propose_payout(refund, channel, iban=IBAN, actor=world.huda, at=now())
    payout = approve_payout(payout, actor=world.mariam, at=now())
    if payout.state == State.SENT:
        confirm_payout(payout, f"B-{payout.pk}"[:80], actor=world.huda, at=now())


def send_back(channel: str, world: World, charge: Charge, sandbox: str) -> None:
    """What Huda and Mariam do when they look at their lists, with the gateway's statement beside them."""
    refund = Refund.objects.get(attempt__charge=charge)
    last = Payout.objects.filter(refund=refund, state__in=Payout.LIVE).first()
    if last and last.state == State.SENT:
        last = _look_up(world, last, refund.attempt, sandbox)
    if last is None:
        last = propose_payout(refund, channel, iban=IBAN, actor=world.huda, at=now())
    if last.state == State.PROPOSED:
        last = approve_payout(last, actor=world.mariam, at=now())
    if last.state == State.SENT:
        confirm_payout(last, "B-1", actor=world.huda, at=now())


def _look_up(world: World, payout: Payout, attempt: Attempt, sandbox: str) -> Payout | None:
    if payout.channel == Payout.TRANSFER:
        return payout
    _, returned = DRIVER[attempt.gateway].moved(sandbox, attempt.reference)
    if returned:
        return confirm_payout(payout, "found in the statement", actor=world.huda, at=now())
    record_not_sent(payout, "It is not in the statement.", actor=world.huda, at=now())
    return None


def _held(code: str, world: World) -> Charge:
    charge = paid(code, world)
    settle_open(charge.application, at=now())
    return charge


def _release(world: World, charge: Charge) -> None:
    deposit.release_due(charge.application, passed=["reinstatement"], at=now())
    _send_deposit(world, charge)


def _released(world: World, charge: Charge, sandbox: str) -> None:
    deposit.release_due(charge.application, passed=["reinstatement"], at=now())
    _send_deposit(world, charge)


def _send_deposit(world: World, charge: Charge) -> None:
    release = DepositMovement.objects.get(line__charge=charge, kind="released")
    payout = Payout.objects.filter(release=release, state__in=Payout.LIVE).first() or propose_payout(
        release, Payout.TRANSFER, iban=release.iban, actor=world.huda, at=now()
    )
    if payout.state == State.PROPOSED:
        payout = approve_payout(payout, actor=world.mariam, at=now())
    if payout.state == State.SENT:
        confirm_payout(payout, "B-2", actor=world.huda, at=now())


def _forfeit(world: World, charge: Charge) -> None:
    line = charge.lines.get(kind="deposit")
    if line.movements.filter(kind="forfeited").exists():
        return
    asked = line.forfeitures.filter(state="proposed").first()
    if asked is None:
        part = Money(minor=12_345, currency="BHD")
        asked = propose_forfeiture(line, part, reason="The kerb is broken.", actor=world.salem, at=now())
    approve_forfeiture(asked, actor=world.mariam, at=now())


def _forfeited(world: World, charge: Charge, sandbox: str) -> None:
    _forfeit(world, charge)
    _released(world, charge, sandbox)


def _take_in(world: World, charge: Charge) -> None:
    """Huda takes in a statement of the day that has the payment of this charge."""
    attempt, account = charge.attempts.get(), gateway("national").merchant
    at = now().astimezone(territory().zone)
    row = [account, attempt.gateway_reference, attempt.reference, "PURCHASE", f"{attempt.money}", "048"]
    lines = [NATIONAL, ",".join([*row, f"{at:%Y%m%d %H:%M:%S}"]), f"TRAILER,1,{attempt.money}"]
    take_in("national", "\n".join(lines).encode(), day=at.date(), actor=world.huda, at=now())


def _taken_in(world: World, charge: Charge, sandbox: str) -> None:
    _take_in(world, charge)

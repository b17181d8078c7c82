"""Deposits are held, forfeited by two people and released, and the ledger has every fils."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from rukhsa.accounts.permissions import Role
from rukhsa.agreement import NotToBeDecided, ProposedByYourself, ReasonMissing, UnderWay
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.payments import deposit
from rukhsa.payments.deposit import NotHeld
from rukhsa.payments.deposit_account import BadIban, give_account
from rukhsa.payments.forfeiture import approve_forfeiture, propose_forfeiture, refuse_forfeiture
from rukhsa.payments.ledger import balances
from rukhsa.payments.models import Attempt, Charge, ChargeLine, DepositMovement, Forfeiture, HeldDeposit
from rukhsa.payments.outcome import settle_with
from rukhsa.payments.tariff import assess
from rukhsa.values.money import Money
from tests.rooms.payments.conftest import Apply, staff
from tests.rooms.payments.definition import deposit_rule
from tests.together import at_once, begun
from tests.waiting import LONGEST

IBAN = "BH67BMAG00001299123456"


def now() -> datetime:
    return datetime.now(UTC)


def dinars(text: str) -> Money:
    return Money.parse(text, "BHD")


@pytest.fixture
def line(charge_with_deposit: Charge) -> ChargeLine:
    """204.000 dinars, held, beside a fee of 5.000."""
    return captured(charge_with_deposit).lines.get(kind="deposit")


def standing() -> dict[str, int]:
    """What stands on each account, in fils."""
    return {one.account.value: one.money.minor for one in balances()}


@pytest.mark.django_db
def test_a_deposit_is_forfeited_in_part_by_two_and_the_rest_released(
    line: ChargeLine, salem: Actor, mariam: Actor
) -> None:
    kept(line, "4.000", by=salem, with_=mariam)
    deposit.release(line, iban=IBAN, actor=None, at=now())

    owed = {"deposits": 0, "fees": -5_000, "forfeitures": -4_000, "releases": -200_000}
    assert standing() == {"clearing": 209_000, **owed}
    assert deposit.held(line) == dinars("0.000")


@pytest.mark.django_db
def test_what_is_not_held_is_neither_kept_nor_released(line: ChargeLine, mariam: Actor) -> None:
    with pytest.raises(NotHeld):
        propose_forfeiture(line, dinars("204.001"), reason="All and more.", actor=mariam, at=now())
    deposit.release(line, iban=IBAN, actor=None, at=now())
    with pytest.raises(NotHeld):
        deposit.release(line, iban=IBAN, actor=None, at=now())


@pytest.mark.django_db
def test_a_forfeiture_has_a_reason_and_a_release_an_account(line: ChargeLine, mariam: Actor) -> None:
    with pytest.raises(ReasonMissing):
        propose_forfeiture(line, dinars("1.000"), reason=" ", actor=mariam, at=now())
    with pytest.raises(ValueError, match="account"):
        deposit.release(line, iban="", actor=None, at=now())
    for reason in ("", "Nobody agreed to it."):
        with pytest.raises(IntegrityError), transaction.atomic():
            DepositMovement.objects.create(line=line, kind="forfeited", reason=reason, at=now())


@pytest.mark.django_db
def test_a_passed_inspection_frees_the_deposit_to_the_account_given(apply_for: Apply, layla: Actor) -> None:
    application = apply_for([deposit_rule({"amount": "50.000"})], account=IBAN)
    pay_without_gateway(application)

    assert deposit.release_due(application, passed=["something-else"], at=now()) == []
    (movement,) = deposit.release_due(application, passed=["reinstatement"], at=now())
    assert movement.iban == IBAN
    assert deposit.release_due(application, passed=["reinstatement"], at=now()) == []


@pytest.mark.django_db
def test_a_deposit_without_an_account_stays_held(apply_for: Apply, layla: Actor) -> None:
    application = apply_for([deposit_rule({"amount": "50.000"})])
    line = pay_without_gateway(application)

    assert deposit.release_due(application, passed=["reinstatement"], at=now()) == []
    assert deposit.held(line) == dinars("50.000")
    (movement,) = deposit.release_rules(application, ["reinstatement"], iban=IBAN, at=now())
    assert movement.kind == "released"


def kept(line: ChargeLine, amount: str, *, by: Actor, with_: Actor) -> DepositMovement:
    """A part of a deposit that two people forfeited."""
    asked = propose_forfeiture(
        line, dinars(amount), reason="The kerb was not reinstated.", actor=by, at=now()
    )
    return approve_forfeiture(asked, actor=with_, at=now())


def pay_without_gateway(application: Application, reference: str = "1") -> ChargeLine:
    """The application's deposit, as it is after a captured payment."""
    charge = assess(application, Charge.Due.AFTER_DECISION, at=now())
    assert charge is not None
    return captured(charge, reference).lines.get(kind="deposit")


def captured(charge: Charge, reference: str = "1") -> Charge:
    """The charge after a payment that was captured."""
    attempt = Attempt.objects.create(
        charge=charge, gateway="national", reference=reference, amount=charge.amount, currency="BHD",
        state=Attempt.State.CAPTURED, started_at=now(),
    )  # fmt: skip
    settle_with(attempt, at=now())
    return charge


@pytest.mark.django_db(transaction=True)
def test_eight_releases_at_once_release_once(line: ChargeLine) -> None:
    def release() -> str:
        try:
            deposit.release(line, iban=IBAN, actor=None, at=now())
        except NotHeld:
            return "not held"
        return "released"

    assert sorted(at_once([release] * 8)) == ["not held"] * 7 + ["released"]
    assert standing()["releases"] == -204_000


@pytest.mark.django_db
def test_what_could_go_back_without_an_account_is_unclaimed_until_its_owner_gives_one(
    apply_for: Apply, layla: Actor, huda: Actor
) -> None:
    application = apply_for([deposit_rule({"amount": "50.000"})])
    pay_without_gateway(application)
    assert deposit.release_due(application, passed=["reinstatement"], at=now()) == []
    (row,) = deposit.unclaimed(huda)
    assert list(deposit.unclaimed(staff("huda.elsewhere", Role.FINANCE, "MUH"))) == []
    since = row.unclaimed_since
    deposit.release_due(application, passed=["reinstatement"], at=now())
    assert deposit.unclaimed(huda).get().unclaimed_since == since
    told: list[int] = []
    for days in (0, 0, 29, 30, 31, 90, 400):
        for each, number in deposit.reminders_due(at=now() + timedelta(days=days)):
            told.append(number)
            deposit.note_reminder(each, number)
    assert told == [0, 1, 2]
    with pytest.raises(BadIban):
        give_account(application, "BH67 1234 0000 1299 1234 56", actor=layla, at=now())
    give_account(application, IBAN, actor=layla, at=now())
    (release,) = deposit.release_due(application, passed=["reinstatement"], at=now())
    assert release.iban == IBAN
    assert not HeldDeposit.objects.exists()


@pytest.mark.django_db
def test_nobody_keeps_a_deposit_alone_and_the_rest_goes_back(
    apply_for: Apply, layla: Actor, salem: Actor, mariam: Actor
) -> None:
    application = apply_for([deposit_rule({"amount": "50.000"})], account=IBAN)
    line = pay_without_gateway(application)
    with pytest.raises(NotPermitted):
        propose_forfeiture(line, dinars("1.000"), reason="مني", actor=layla, at=now())
    asked = propose_forfeiture(
        line, dinars("20.000"), reason="رصيف مكسور", photos=["0" * 64], actor=mariam, at=now()
    )
    with pytest.raises(UnderWay):
        propose_forfeiture(line, dinars("1.000"), reason="أيضًا", actor=salem, at=now())
    with pytest.raises(NotPermitted):
        approve_forfeiture(asked, actor=salem, at=now())
    with pytest.raises(ProposedByYourself):
        approve_forfeiture(asked, actor=mariam, at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Forfeiture.objects.update(state="approved", decided_by=mariam.person, decided_at=now())
    assert standing()["deposits"] == -50_000
    movement = approve_forfeiture(asked, actor=staff("huda", Role.FINANCE), at=now())
    assert (movement.reason, movement.photos) == ("رصيف مكسور", ["0" * 64])
    with pytest.raises(NotToBeDecided):
        approve_forfeiture(asked, actor=staff("noor", Role.FINANCE), at=now())
    assert standing()["releases"] == -30_000
    assert deposit.release_rest(line, actor=mariam, at=now()) is None
    assert not HeldDeposit.objects.exists()


@pytest.mark.django_db
def test_what_is_freed_while_a_part_is_asked_for_waits_and_goes_back_once_that_is_refused(
    apply_for: Apply, salem: Actor, mariam: Actor
) -> None:
    application = apply_for([deposit_rule({"amount": "50.000"})], account=IBAN)
    line = pay_without_gateway(application)
    asked = propose_forfeiture(line, dinars("20.000"), reason="رصيف مكسور", actor=salem, at=now())
    assert deposit.release_due(application, passed=["reinstatement"], at=now()) == []
    assert deposit.held(line) == dinars("50.000")
    with pytest.raises(ReasonMissing):
        refuse_forfeiture(asked, " ", actor=mariam, at=now())
    release = refuse_forfeiture(asked, "أصلحه صاحبه.", actor=mariam, at=now())
    assert release
    assert release.iban == IBAN
    assert standing()["releases"] == -50_000
    second = pay_without_gateway(apply_for([deposit_rule({"amount": "50.000"})], account=IBAN), "2")
    again = propose_forfeiture(second, dinars("20.000"), reason="رصيف مكسور", actor=salem, at=now())
    assert refuse_forfeiture(again, "أخطأتُ في العنوان.", actor=salem, at=now()) is None, (
        "nothing had freed it"
    )


@pytest.mark.django_db(transaction=True)
def test_what_is_freed_while_the_forfeiture_is_being_refused_goes_back(
    apply_for: Apply, salem: Actor, mariam: Actor
) -> None:
    application = apply_for([deposit_rule({"amount": "50.000"})], account=IBAN)
    line = pay_without_gateway(application)
    asked = propose_forfeiture(line, dinars("20.000"), reason="رصيف مكسور", actor=salem, at=now())

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            assert deposit.release_due(application, passed=["reinstatement"], at=now()) == []
            refusal = begun(threads, lambda: refuse_forfeiture(asked, "أصلحه صاحبه.", actor=mariam, at=now()))
        release = refusal.result(LONGEST)
    assert release
    assert release.iban == IBAN


@pytest.mark.django_db
def test_the_deposit_of_an_application_that_came_to_nothing_goes_back(apply_for: Apply) -> None:
    application = apply_for([deposit_rule({"amount": "50.000"})], account=IBAN)
    pay_without_gateway(application)
    assert len(deposit.release_closed(application, at=now())) == 1
    assert deposit.release_closed(application, at=now()) == []

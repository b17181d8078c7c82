"""What an application owes, to the fils."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.charges import ChargeRule
from rukhsa.payments.models import Charge, Receipt
from rukhsa.payments.tariff import QUOTE_LASTS, TariffGap, assess, price
from rukhsa.values.money import Money
from tests.rooms.payments.conftest import Apply, Begin
from tests.rooms.payments.definition import deposit_rule, fee

DAY = date(2026, 6, 1)
AFTER_DECISION = Charge.Due.AFTER_DECISION
FREE_FOR_MINISTRIES = fee(
    {"when": {"question": "on-behalf", "is": "yes"}, "amount": "0.000"},
    {
        "when": {"question": "on-behalf", "is": "no"},
        "amount": "0.250",
        "per": {"metre-of": "route"},
        "at-least": "5.000",
    },
)


def now() -> datetime:
    return datetime.now(UTC)


def fils(rule: dict[str, Any], **answers: Any) -> int:
    return price(ChargeRule.model_validate(rule), answers, "BHD", on=DAY).money.minor


@pytest.mark.parametrize(
    ("measure", "owed"), [("20", 5_000), ("20.01", 5_250), ("101.2", 25_500), ("1", 5_000), ("0", 5_000)]
)
def test_a_started_metre_counts_whole_and_the_least_is_owed(measure: str, owed: int) -> None:
    assert fils(FREE_FOR_MINISTRIES, **{"on-behalf": "no", "route": {"measure": measure}}) == owed


def test_the_first_row_that_holds_counts() -> None:
    assert fils(FREE_FOR_MINISTRIES, **{"on-behalf": "yes", "route": {"measure": "500"}}) == 0


def test_a_gap_in_the_tariff_is_told_and_not_guessed() -> None:
    with pytest.raises(TariffGap):
        fils(FREE_FOR_MINISTRIES)
    with pytest.raises(TariffGap):
        fils(fee({"amount": "1.000", "per": {"day-of": "days"}}), days="many")


@given(
    each=st.integers(0, 10**6),
    units=st.decimals(0, 10**5, places=2),
    least=st.integers(0, 10**7),
    more=st.integers(0, 10**7),
)
def test_amounts_are_whole_fils_within_their_bounds(each: int, units: Decimal, least: int, more: int) -> None:
    def text(minor: int) -> str:
        return str(Money(minor=minor, currency="BHD"))

    row = {
        "amount": text(each),
        "per": {"square-metre-of": "plot"},
        "at-least": text(least),
        "at-most": text(least + more),
    }
    owed = fils(fee(row), plot=str(units))

    product = each * int(units.to_integral_value(ROUND_CEILING))
    assert owed == max(least, min(product, least + more))


@given(minor=st.integers(-(10**12), 10**12), currency=st.sampled_from(["BHD", "USD"]))
def test_an_amount_survives_being_written_and_read(minor: int, currency: str) -> None:
    money = Money(minor=minor, currency=currency)
    assert Money.parse(str(money), currency) == money


@pytest.mark.django_db
def test_a_charge_is_assessed_once_and_says_how(apply_for: Apply) -> None:
    application = apply_for([FREE_FOR_MINISTRIES, deposit_rule({"amount": "50.000"})])

    charge = assess(application, AFTER_DECISION, at=now())

    assert charge is not None
    assert charge == assess(application, AFTER_DECISION, at=now())
    assert str(charge.money) == "75.500"
    line = charge.lines.get(rule="works-fee")
    assert line.amount == 25_500
    told = line.explanation
    assert (told["row"], told["amount"], told["per"], told["measure"], told["units"]) == (
        2, "0.250", "metre", "101.2", 102,
    )  # fmt: skip
    assert charge.lines.get(kind="deposit").amount == 50_000


@pytest.mark.django_db
def test_nothing_is_due_at_another_moment_or_before_the_tariff(apply_for: Apply) -> None:
    application = apply_for([FREE_FOR_MINISTRIES])

    assert assess(application, Charge.Due.AT_SUBMISSION, at=now()) is None
    assert assess(application, AFTER_DECISION, at=datetime(2020, 9, 14, 20, 59, tzinfo=UTC)) is None
    assert assess(application, AFTER_DECISION, at=datetime(2020, 9, 14, 21, 1, tzinfo=UTC)) is not None


@pytest.mark.django_db
def test_a_charge_of_nothing_settles_itself(apply_for: Apply) -> None:
    charge = assess(apply_for([FREE_FOR_MINISTRIES], **{"on-behalf": "yes"}), AFTER_DECISION, at=now())

    assert charge is not None
    receipt = Receipt.objects.get(charge=charge)
    assert (receipt.amount, receipt.attempt) == (0, None)


@pytest.mark.django_db
def test_a_quote_is_honoured_until_it_expires_though_the_tariff_changed(apply_for: Apply) -> None:
    today = timezone.localdate()
    old = fee({"amount": "5.000"}, id="old") | {"until": today.isoformat()}
    new = fee({"amount": "9.000"}, id="new") | {"from": (today + timedelta(days=1)).isoformat()}
    quoted = assess(application := apply_for([old, new]), AFTER_DECISION, at=now())
    assert quoted
    later = now() + QUOTE_LASTS - timedelta(hours=1)
    assert assess(application, AFTER_DECISION, at=later) == quoted
    dearer = assess(application, AFTER_DECISION, at=now() + QUOTE_LASTS + timedelta(hours=1))
    assert dearer
    assert (quoted.money, dearer.money) == (_dinars(5), _dinars(9))
    ended = assess(other := apply_for([old]), AFTER_DECISION, at=now())
    assert assess(other, AFTER_DECISION, at=later) == ended  # though no rule would ask for anything now


def _dinars(number: int) -> Money:
    return Money(minor=1_000 * number, currency="BHD")


@pytest.mark.django_db
def test_a_quote_that_expired_is_followed_by_another(apply_for: Apply, begin: Begin, layla: Actor) -> None:
    from rukhsa.payments.charge import QuoteExpired

    application = apply_for([FREE_FOR_MINISTRIES])
    old = assess(application, AFTER_DECISION, at=now() - QUOTE_LASTS - timedelta(minutes=1))
    assert old is not None
    with pytest.raises(QuoteExpired):
        begin(old)

    new = assess(application, AFTER_DECISION, at=now())
    assert new is not None
    assert (new.number, new != old) == (2, True)
    assert begin(new).startswith("http")


BANDS: dict[str, Any] = {
    "of": "area",
    "steps": [{"to": "50", "amount": "10.000"}, {"to": "200", "amount": "0.500"}, {"amount": "0.100"}],
}


@pytest.mark.parametrize(
    ("area", "whole", "marginal"),
    [
        ("50", 10_000, 500_000),
        ("50.01", 500, 500_500),
        ("200", 500, 575_000),
        ("200.5", 100, 575_100),
        ("0", 10_000, 0),
    ],
)
def test_a_band_counts_whole_or_each_unit_within_it(area: str, whole: int, marginal: int) -> None:
    for counted, owed in (("whole", whole), ("marginal", marginal)):
        assert fils(fee({"bands": BANDS | {"counted": counted}}), area=area) == owed


def test_a_row_is_that_of_its_authority_and_a_fine_is_what_the_officer_set() -> None:
    by_authority = fee(
        {"authorities": ["CAP"], "amount": "1"}, {"authorities": ["MUH", "NOR"], "amount": "2"}
    )
    rule = ChargeRule.model_validate(by_authority)
    assert [price(rule, {}, "BHD", authority=code, on=DAY).money.minor for code in ("CAP", "NOR")] == [
        1_000,
        2_000,
    ]
    with pytest.raises(TariffGap):
        price(rule, {}, "BHD", authority="SOU", on=DAY)
    fine = fee({"amount-of": "fine", "at-most": "100.000"}) | {"kind": "fine"}
    assert (fils(fine, fine="25.500"), fils(fine, fine="900.000")) == (25_500, 100_000)
    with pytest.raises(TariffGap):
        fils(fine)


def test_what_is_waived_comes_to_nothing_and_keeps_what_it_would_have_been() -> None:
    ministry = {"question": "on-behalf", "is": "yes"}
    waiver = {
        "when": ministry,
        "reason": {"ar": "أشغال حكومية", "en": "Works of a ministry"},
        "source": "assumed",
    }
    rule = ChargeRule.model_validate(fee({"amount": "5.000"}) | {"waived": [waiver]})
    waived = price(rule, {"on-behalf": "yes"}, "BHD", on=DAY)
    assert (waived.money.minor, waived.explanation["waived"]) == (0, "5.000")
    assert price(rule, {"on-behalf": "no"}, "BHD", on=DAY).money.minor == 5_000

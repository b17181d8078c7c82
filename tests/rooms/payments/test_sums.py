"""Shares, least sums, rebates and delays: what a charge comes to beside the others, and what the compiler refuses."""

from datetime import date
from pathlib import Path

import pytest

from rukhsa.catalogue import spoken
from rukhsa.payments.tariff import Price, TariffGap, prices_of
from rukhsa.values.money import Money
from tests.rooms.catalogue.broken import problems_in_text, read

FOLDER = Path(__file__).parents[1] / "catalogue" / "broken_files"
SOUND = (FOLDER / "sound.yaml").read_text(encoding="utf-8")
DAY = date(2026, 6, 1)
ANSWERS = {"area": "50", "use": "goods", "start": "2026-03-31"}
MORE = (
    "  - {id: more, kind: fee, name: {ar: آخر, en: More}, due: after decision, from: 2020-09-15, "
    "law: [{of: kiosks}], "
)


def with_charge(row: str, due: str = "after decision") -> str:
    added = MORE.replace("after decision", due) + (
        f"source: {{rank: assumed, why: made up}}, rows: [{row}]}}\n"
    )
    return SOUND.replace("\nreview:\n", f"{added}\nreview:\n", 1)


def reckoned(text: str, on: date = DAY) -> dict[str, Price]:
    charges = read(text).value.charges
    return {each.rule.id: each for each in prices_of(charges, ANSWERS, "BHD", authority="CAP", on=on)}


def test_a_tax_is_a_share_of_other_charges() -> None:
    text = with_charge("{percent: {rate: 10, of: [fee, clearance-deposit]}}")
    assert problems_in_text(text) == ()
    more = reckoned(text)["more"]
    assert str(more.money) == "1.000"
    assert (more.explanation["rate"], more.explanation["sum"]) == ("10", "10.000")
    definition = read(text).value
    told = spoken.row(definition, definition.charges[2].rows[0], "BHD")
    assert told.en == "10 % of “Kiosk fee” and “Deposit for clearing the place”"


def test_a_share_is_rounded_to_the_nearest_minor_unit_and_a_half_up() -> None:
    def share(minor: int, percent: str) -> int:
        from decimal import Decimal

        return Money(minor=minor, currency="BHD").share(Decimal(percent)).minor

    assert [share(5, "10"), share(4, "10"), share(15, "10"), share(1_005, "50"), share(333, "33.3")] == [
        1, 0, 2, 503, 111,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "amount"),
    [
        (date(2026, 3, 31), "0.000"),  # not late
        (date(2026, 4, 1), "0.200"),  # the first month has begun
        (date(2026, 4, 30), "0.200"),
        (date(2026, 5, 1), "0.400"),
        (date(2027, 12, 1), "2.400"),  # the cap
    ],
)
def test_a_penalty_counts_started_months_up_to_its_cap(on: date, amount: str) -> None:
    text = with_charge("{percent: {rate: 2, of: [fee], at-most: 24}, per: {month-since: start}}")
    assert problems_in_text(text) == ()
    assert str(reckoned(text, on)["more"].money) == amount


def test_a_least_sum_is_filled_up_and_never_below_zero() -> None:
    assert str(reckoned(with_charge("{fill-up: {to: 12.500, of: [fee]}}"))["more"].money) == "2.500"
    assert str(reckoned(with_charge("{fill-up: {to: 9.000, of: [fee]}}"))["more"].money) == "0.000"
    assert problems_in_text(with_charge("{fill-up: {to: 12.500, of: [fee]}}")) == ()


def test_a_rebate_waives_a_part() -> None:
    rebate = (
        "    waived:\n      - {when: {question: use, is: goods}, percent: 25, reason: {ar: خصم, en: Rebate}, "
        "source: {rank: assumed, why: made up}}\n  - id: clearance-deposit\n"
    )
    text = SOUND.replace("  - id: clearance-deposit\n", rebate, 1)
    assert problems_in_text(text) == ()
    fee = reckoned(text)["fee"]
    assert (str(fee.money), fee.explanation["waived"]) == ("7.500", "2.500")


def test_a_delay_without_its_day_is_a_gap() -> None:
    charges = read(with_charge("{amount: 1.000, per: {month-since: start}}")).value.charges
    with pytest.raises(TariffGap):
        prices_of(charges, ANSWERS | {"start": None}, "BHD", authority="CAP", on=DAY)


@pytest.mark.parametrize(
    ("row", "due", "code"),
    [
        ("{percent: {rate: 10, of: [fees]}}", "after decision", "unknown-charge"),
        ("{percent: {rate: 10, of: [more]}}", "after decision", "charged-later"),
        ("{percent: {rate: 10, of: [fee]}}", "at submission", "charged-later"),
        ("{fill-up: {to: 12.500, of: [fees]}}", "after decision", "unknown-charge"),
        ("{percent: {rate: 10, of: [fee]}, per: {month-since: area}}", "after decision", "wrong-type"),
        ("{percent: {rate: 101, of: [fee]}}", "after decision", "wrong-form"),
        ("{percent: {rate: 10, of: [fee]}, amount: 1.000}", "after decision", "misread"),
        ("{percent: {rate: 2, of: [fee]}, per: {each-of: tables}}", "after decision", "unmeasured"),
        ("{percent: {rate: 2, of: [fee]}, per: {each-of: distance}}", "after decision", ""),
    ],
)
def test_what_is_reckoned_from_nothing_is_found(row: str, due: str, code: str) -> None:
    found = {each.code for each in problems_in_text(with_charge(row, due))}
    assert found == ({code} if code else set())


def test_two_charges_of_one_share_are_reckoned_in_their_order() -> None:
    text = with_charge("{percent: {rate: 10, of: [fee]}}")
    last = MORE.replace("id: more", "id: last").replace("More", "Last") + (
        "source: {rank: assumed, why: made up}, rows: [{percent: {rate: 10, of: [fee, more]}}]}\n"
    )
    text = text.replace("\nreview:\n", f"{last}\nreview:\n", 1)
    assert problems_in_text(text) == ()
    assert str(reckoned(text)["last"].money) == "1.100"

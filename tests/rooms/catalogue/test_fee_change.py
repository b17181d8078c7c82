"""Other amounts from a day on, written into the text of a service."""

from datetime import date

import pytest

from rukhsa.catalogue.compiler import problems_of
from rukhsa.catalogue.definition import read_definition_text
from rukhsa.catalogue.fee_change import (
    FeeNamedElsewhere,
    FeesUnchanged,
    FeeUnreadable,
    FeeWrittenOtherwise,
    amounts_in,
    with_amounts,
)
from rukhsa.catalogue.source import Source, loads
from rukhsa.catalogue.territory import read_territory
from tests.rooms.catalogue.broken import BAHRAIN

NEW_YEAR = date(2199, 1, 1)
IN_ROWS, IN_BRACES = "road-works-licence", "advertisement-licence"


def source(service: str) -> Source:
    return loads((BAHRAIN / f"services/{service}.yaml").read_text("utf-8"), file=f"{service}.yaml")


def test_the_old_amount_holds_until_the_day_before_and_other_charges_stay() -> None:
    text = with_amounts(source(IN_ROWS), {"charges.0.rows.1.amount": "0.300"}, since=NEW_YEAR)
    reading = read_definition_text(text, file="new.yaml")
    assert not problems_of(reading, read_territory(BAHRAIN), on=date(2026, 12, 1))
    old, new, deposit = reading.value.charges
    assert (old.id, old.until, old.rows[1].amount) == ("works-fee", date(2198, 12, 31), "0.250")
    assert (new.id, new.from_, new.until, new.rows[1].amount) == (
        "works-fee-21990101",
        NEW_YEAR,
        None,
        "0.300",
    )
    assert new.rows[1].at_least == old.rows[1].at_least == "5.000"
    assert (deposit.id, deposit.until) == ("reinstatement-deposit", None)


def test_a_change_before_it_holds_is_changed_and_not_ended() -> None:
    text = with_amounts(source(IN_ROWS), {"charges.0.rows.1.amount": "0.300"}, since=NEW_YEAR)
    again = with_amounts(loads(text, file="new.yaml"), {"charges.1.rows.1.amount": "0.350"}, since=NEW_YEAR)
    assert len(read_definition_text(again, file="new.yaml").value.charges) == 3
    assert "amount: 0.350" in again
    assert "0.300" not in again


@pytest.mark.parametrize("service", [IN_ROWS, IN_BRACES, "excavation-permit", "violation-settlement"])
def test_each_amount_of_a_text_is_changed_where_it_stands(service: str) -> None:
    before = source(service)
    charges = range(len(before.data["charges"]))
    amounts = [each for charge in charges for each in amounts_in(before, charge)]
    assert amounts
    typed = {each.key: f"{number}.125" for number, each in enumerate(amounts, 700)}
    after = loads(with_amounts(before, typed, since=NEW_YEAR), file="new.yaml")
    found = [each.written for charge in range(2 * len(charges)) for each in amounts_in(after, charge)]
    assert set(found) == {each.written for each in amounts} | set(typed.values())


def test_what_is_no_change_or_no_number_or_written_in_one_line_is_refused() -> None:
    road = source(IN_ROWS)
    with pytest.raises(FeesUnchanged):
        with_amounts(road, {"charges.0.rows.1.amount": "٠٫٢٥٠"}, since=NEW_YEAR)
    for typed in ("", "much", "-1", "1e3", "5\n  evil: yes"):
        with pytest.raises(FeeUnreadable):
            with_amounts(road, {"charges.0.rows.1.amount": typed}, since=NEW_YEAR)
    taxed = road.text.replace("      - {amount: 2.000,", "      - {percent: {rate: 10, of: [works-fee]},")
    with pytest.raises(FeeNamedElsewhere):
        with_amounts(loads(taxed, file="tax.yaml"), {"charges.0.rows.1.amount": "0.300"}, since=NEW_YEAR)
    line = loads("charges:\n  - {id: fee, from: 2020-01-01, rows: [{amount: 1.000}]}\n", file="one.yaml")
    with pytest.raises(FeeWrittenOtherwise):
        with_amounts(line, {"charges.0.rows.0.amount": "2.000"}, since=NEW_YEAR)

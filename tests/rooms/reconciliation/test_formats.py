"""A statement is read whole or not at all, and an error names its row."""

import pytest

from rukhsa.reconciliation.formats import PARSERS
from rukhsa.reconciliation.formats.read import BadStatement

NATIONAL = """TERMINAL,PAYMENTID,TRACKID,ACTION,AMOUNT,CURRENCY,POSTED
T1,100,11,PURCHASE,25.500,048,20261126 09:15:00
T1,101,11,REFUND,-5.500,048,20261126 10:00:00
TRAILER,2,20.000
"""
SADAD = "D;V1;900;22;5.000;26/11/2026 23:59\r\nT;1;5.000\r\n"
CARDS = """Date,Merchant ID,Order ID,Transaction ID,Type,Amount,Currency
2026-11-26T09:15:00+03:00,M1,33,1,PAYMENT,7.000,BHD
Total,1,,,,7.000,BHD
"""
WHOLE = {"national": NATIONAL, "sadad": SADAD, "cards": CARDS}


@pytest.mark.parametrize(
    ("code", "count", "net", "first"),
    [("national", 2, "20.000", "11"), ("sadad", 1, "5.000", "22"), ("cards", 1, "7.000", "33")],
)
def test_each_gateway_s_form_is_read(code: str, count: int, net: str, first: str) -> None:
    parsed = PARSERS[code](WHOLE[code])
    assert (len(parsed.movements), str(parsed.net), parsed.movements[0].reference) == (count, net, first)
    assert f"{parsed.movements[0].at:%Y-%m-%d %z}" == "2026-11-26 +0300"


@pytest.mark.parametrize("code", WHOLE)
def test_a_statement_without_any_line_is_read(code: str) -> None:
    lines = WHOLE[code].splitlines()
    empty = {"national": "TRAILER,0,0.000", "sadad": "T;0;0.000", "cards": "Total,0,,,,0.000,BHD"}[code]
    heading = [] if code == "sadad" else lines[:1]
    assert PARSERS[code]("\n".join([*heading, empty])).movements == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("TRAILER,2,20.000", ""), "Row 3.*was cut"),
        (("TRAILER,2", "TRAILER,3"), "Row 4.*says 3 lines.*has 2"),
        (("25.500", "25.501"), "Row 4.*20.001"),
        (("25.500", "25,500"), "Row 2.*columns"),
        (("25.500", "٢٥"), 'Row 2.*"٢٥" is not an amount'),
        (("20261126 09", "2026-11-26 09"), "Row 2.*not a date"),
        (("PURCHASE", "GIFT"), 'Row 2.*"GIFT"'),
        (("TERMINAL", "Terminal"), "Row 1.*heading"),
        ((NATIONAL, ""), "empty"),
        ((NATIONAL, 'a,"b'), "not a CSV"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(change: tuple[str, str], said: str) -> None:
    with pytest.raises(BadStatement, match=f"(?s){said}") as refused:
        PARSERS["national"](NATIONAL.replace(*change))
    assert refused.value.text.ar


@pytest.mark.parametrize("code", WHOLE)
def test_no_cut_file_is_taken_for_a_whole_one(code: str) -> None:
    whole = WHOLE[code].rstrip()
    for length in range(len(whole)):
        with pytest.raises(BadStatement):
            PARSERS[code](whole[:length])

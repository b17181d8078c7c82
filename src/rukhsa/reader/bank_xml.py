"""What a bank says of transfers: a status report (pain.002) or a statement (camt.053) of ISO 20022, as rows."""

import re
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from rukhsa.reader.errors import Refused

MOST_ROWS: Final = 20_000
LONGEST: Final = 140  # characters of a text
_MESSAGE: Final = re.compile(
    r"\{urn:iso:std:iso:20022:tech:xsd:(pain\.002|camt\.053)\.001\.[0-9]{2}\}Document"
)


def rows(content: bytes) -> dict[str, Any]:
    """The kind of message, its number, the account or the file that it is about, and a row for each transfer.

    Any version of the two messages is read, by the names of its elements. Raises Refused: not-a-bank-answer,
    bank-answer-too-long. A document type, an entity or a reference to elsewhere is refused before it is worked out.
    """
    try:
        tree = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Refused("not-a-bank-answer") from error
    message = _MESSAGE.fullmatch(tree.tag)
    if message is None:
        raise Refused("not-a-bank-answer")
    for each in tree.iter():
        each.tag = each.tag.rpartition("}")[2]
    found = _status(tree) if message[1] == "pain.002" else _statement(tree)
    if len(found["rows"]) > MOST_ROWS:
        raise Refused("bank-answer-too-long")
    return {"kind": message[1], "message": _text(tree, ".//GrpHdr/MsgId"), **found}


def _status(tree: Element) -> dict[str, Any]:
    """A row of `*` is about every transfer that no other row names."""
    report = tree.find("CstmrPmtStsRpt")
    if report is None:
        raise Refused("not-a-bank-answer")
    group = report.find("OrgnlGrpInfAndSts")
    told = [_told(each, "TxSts", "OrgnlEndToEndId") for each in report.iterfind(".//TxInfAndSts")]
    for whole, name in ((group, "GrpSts"), (report.find("OrgnlPmtInfAndSts"), "PmtInfSts")):
        if whole is not None and _text(whole, name):
            told.append(_told(whole, name, ""))
    return {"about": _text(report, "OrgnlGrpInfAndSts/OrgnlMsgId"), "rows": told}


def _told(of: Element, status: str, reference: str) -> dict[str, str]:
    reason = of.find("StsRsnInf")
    code = _text(reason, "Rsn/Cd") or _text(reason, "Rsn/Prtry")
    return {
        "reference": _text(of, reference) if reference else "*",
        "status": _text(of, status),
        "code": code,
        "words": _text(reason, "AddtlInf"),
        "bank": _text(of, "AcctSvcrRef"),
        "amount": _text(of, "OrgnlTxRef/Amt/InstdAmt"),
        "currency": _currency(of.find("OrgnlTxRef/Amt/InstdAmt")),
    }


def _statement(tree: Element) -> dict[str, Any]:
    statements = tree.findall("BkToCstmrStmt/Stmt")
    accounts = {_text(each, "Acct/Id/IBAN") for each in statements}
    if len(accounts) != 1:
        raise Refused("not-a-bank-answer")
    booked = [row for each in statements for entry in each.iterfind("Ntry") for row in _booked(entry)]
    return {"about": accounts.pop(), "rows": booked}


def _booked(entry: Element) -> Iterator[dict[str, str]]:
    """A row for each transfer of an entry; an entry that says nothing more of itself is one."""
    details = entry.findall("NtryDtls/TxDtls")
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    is_back = _text(entry, "CdtDbtInd") == "CRDT" or _text(entry, "RvslInd") in ("true", "1")
    for each in details or [entry]:
        amount = each.find("Amt")
        if amount is None:
            amount = each.find("AmtDtls/TxAmt/Amt")
        # The amount of an entry is that of all its transfers together.
        if amount is None and len(details) == 1:
            amount = entry.find("Amt")
        yield {
            "reference": _text(each, "Refs/EndToEndId"),
            "status": f"{status}-BACK" if is_back else status,
            "code": _text(each, "RtrInf/Rsn/Cd"),
            # No other text: banks write there who was paid.
            "words": _text(each, "RtrInf/AddtlInf"),
            "bank": _text(each, "Refs/AcctSvcrRef") or _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef"),
            "amount": " ".join((amount.text or "").split()) if amount is not None else "",
            "currency": _currency(amount),
        }


def _currency(amount: Element | None) -> str:
    return amount.get("Ccy", "") if amount is not None else ""


def _text(of: Element | None, path: str) -> str:
    found = of.findtext(path) if of is not None else None
    return " ".join((found or "").replace("\x00", "").split())[:LONGEST]

"""The rules of pain.001.001.09 (ISO 20022) that our bank files can break, as we know them.

Each element: its children in their order, with how often each may stand; or the form of its text. An element that
stands in no rule is none that a bank file of ours may have.
"""

import re
from typing import Final

from lxml import etree

from rukhsa.payments.credit_transfer import NAMESPACE

_MAX35, _MAX140 = (rf"[\s\S]{{1,{most}}}" for most in (35, 140))
_AMOUNT = r"[0-9]{1,13}(\.[0-9]{1,5})?"  # 18 digits, 5 of them a fraction
_SUM = r"[0-9]{1,15}(\.[0-9]{1,3})?"
_IBAN = r"[A-Z]{2}[0-9]{2}[A-Za-z0-9]{1,30}"
type Children = tuple[tuple[str, int, int], ...]
ONCE: Final = (1, 1)
CHILDREN: Final[dict[str, Children]] = {
    "Document": (("CstmrCdtTrfInitn", *ONCE),),
    "CstmrCdtTrfInitn": (("GrpHdr", *ONCE), ("PmtInf", 1, 10**6)),
    "GrpHdr": (
        ("MsgId", *ONCE), ("CreDtTm", *ONCE), ("NbOfTxs", *ONCE), ("CtrlSum", 0, 1), ("InitgPty", *ONCE),
    ),
    "InitgPty": (("Nm", 0, 1),),
    "PmtInf": (
        ("PmtInfId", *ONCE), ("PmtMtd", *ONCE), ("BtchBookg", 0, 1), ("NbOfTxs", 0, 1), ("CtrlSum", 0, 1),
        ("ReqdExctnDt", *ONCE), ("Dbtr", *ONCE), ("DbtrAcct", *ONCE), ("DbtrAgt", *ONCE),
        ("CdtTrfTxInf", 1, 10**6),
    ),
    "ReqdExctnDt": (("Dt", *ONCE),),
    "Dbtr": (("Nm", 0, 1),),
    "DbtrAcct": (("Id", *ONCE), ("Ccy", 0, 1)),
    "DbtrAgt": (("FinInstnId", *ONCE),),
    "FinInstnId": (("Othr", 0, 1),),
    "Othr": (("Id", *ONCE),),
    "CdtTrfTxInf": (
        ("PmtId", *ONCE), ("Amt", *ONCE), ("Cdtr", 0, 1), ("CdtrAcct", 0, 1), ("RmtInf", 0, 1),
    ),
    "PmtId": (("EndToEndId", *ONCE),),
    "Amt": (("InstdAmt", *ONCE),),
    "Cdtr": (("Nm", 0, 1),),
    "CdtrAcct": (("Id", *ONCE),),
    "Id": (("IBAN", *ONCE),),  # of an account
    "RmtInf": (("Ustrd", 0, 10**6),),
}  # fmt: skip
TEXTS: Final = {
    "MsgId": _MAX35, "PmtInfId": _MAX35, "EndToEndId": _MAX35, "Nm": _MAX140, "Ustrd": _MAX140, "Othr/Id": _MAX35,
    "CreDtTm": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)?", "Dt": r"\d{4}-\d\d-\d\d",
    "NbOfTxs": r"[0-9]{1,15}", "CtrlSum": _SUM, "PmtMtd": "CHK|TRF|TRA", "BtchBookg": "true|false",
    "IBAN": _IBAN, "Ccy": "[A-Z]{3}", "InstdAmt": _AMOUNT,
}  # fmt: skip


class NotByTheStandard(AssertionError):
    """A file that breaks a rule of the message."""


def require_valid(content: bytes) -> etree._Element:
    """The tree of a file that keeps every rule. Raises NotByTheStandard."""
    tree = etree.fromstring(content)
    _require(tree, "")
    count, sums = (
        len(tree.findall(f".//{{{NAMESPACE}}}CdtTrfTxInf")),
        tree.findall(f".//{{{NAMESPACE}}}NbOfTxs"),
    )
    if {each.text for each in sums} != {str(count)}:
        raise NotByTheStandard(f"{count} transfers, and the file says otherwise")
    return tree


def _require(element: etree._Element, above: str) -> None:
    space, name = element.tag[1:].split("}")
    if space != NAMESPACE:
        raise NotByTheStandard(f"{name} of {space}")
    attributes = {"Ccy"} if name == "InstdAmt" else set()
    if set(element.attrib) != attributes or not all(
        re.fullmatch("[A-Z]{3}", each) for each in element.attrib.values()
    ):
        raise NotByTheStandard(f"{name} has {dict(element.attrib)}")
    pattern = TEXTS.get(f"{above}/{name}", TEXTS.get(name))
    if pattern:
        if len(element) or not re.fullmatch(pattern, element.text or ""):
            raise NotByTheStandard(f"{name}: {element.text!r}")
        return
    if name not in CHILDREN:
        raise NotByTheStandard(f"{name} is not expected in {above}")
    found, place = [etree.QName(each).localname for each in element], 0
    for child, least, most in CHILDREN[name]:
        count = 0
        while place < len(found) and found[place] == child:
            place, count = place + 1, count + 1
        if not least <= count <= most:
            raise NotByTheStandard(f"{name}: {count} of {child}")
    if place != len(found):
        raise NotByTheStandard(f"{name}: {found[place]} is not expected there")
    for each in element:
        _require(each, name)

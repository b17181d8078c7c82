"""A bank file that waits to be approved, and what its bank says of it, for the matrix and for the tests of both."""

from collections.abc import Sequence
from uuid import UUID

from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.payments.bank_answer import take_in_answer
from rukhsa.payments.bank_file import propose_file, rows_to_send
from rukhsa.payments.models import BankFile
from tests.rooms.review.works import SUNDAY
from tests.web.desk.conftest import released


def bank_pages(application: Application, number: int, finance: Actor) -> dict[str, tuple[UUID]]:
    """The ids in the addresses of a bank file and of an answer to it."""
    file = bank_file_of(application, number, finance)
    pages = dict.fromkeys(("bank-file", "take-bank-file", "act-on-bank-file"), (file,))
    return {"bank-answer": (bank_answer_of(file, finance),), **pages}


def bank_file_of(application: Application, number: int, finance: Actor) -> UUID:
    """The id of a bank file with one deposit of an application, which waits to be approved."""
    release = released(application, number)
    rows = rows_to_send(application.authority, actor=finance, at=SUNDAY)  # type: ignore[arg-type]
    wanted = [row for row in rows if row.owed == release]
    return propose_file(application.authority, wanted, actor=finance, at=SUNDAY)[0].pk  # type: ignore[arg-type]


def bank_answer_of(file: UUID, finance: Actor) -> UUID:
    """The id of an answer that says nothing new of a bank file."""
    number = BankFile.objects.get(pk=file).number
    return take_in_answer(status_report(number, []), actor=finance, at=SUNDAY).pk


def status_report(number: str, told: Sequence[tuple[str, str]], whole: str = "PDNG") -> bytes:
    """A bank's pain.002 about a bank file: a status for each end-to-end reference, and one for all others."""
    rows = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Closed account</AddtlInf></StsRsnInf></TxInfAndSts>"
        for reference, status in told
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>STS-{number}</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{number}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>{whole}</GrpSts></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{number}</OrgnlPmtInfId>{rows}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()

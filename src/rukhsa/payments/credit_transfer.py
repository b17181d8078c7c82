"""The file by which a bank is asked for transfers: pain.001.001.09 of ISO 20022, from plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from rukhsa.values.money import Money

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """One transfer: `reference` is what the bank's answers name it by, `about` what the receiver reads."""

    reference: str  # at most 35 characters
    money: Money
    name: str
    iban: str
    about: str


@dataclass(frozen=True, kw_only=True)
class TransferFile:
    """Transfers from one account. A bank that was sent a number takes no second file of that number."""

    number: str  # at most 35 characters
    made_at: datetime
    name: str
    iban: str
    transfers: Sequence[Transfer]


def as_pain_001(file: TransferFile) -> bytes:
    """The file in UTF-8; the same values give the same bytes. All transfers are of one currency."""
    count, currency = len(file.transfers), file.transfers[0].money.currency
    total = Money(minor=sum(each.money.minor for each in file.transfers), currency=currency)
    sums = f"<NbOfTxs>{count}</NbOfTxs><CtrlSum>{total}</CtrlSum>"
    name = escape(file.name[:140], quote=False)
    parts = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<Document xmlns="{NAMESPACE}"><CstmrCdtTrfInitn>',
        f"<GrpHdr><MsgId>{file.number}</MsgId>",
        f"<CreDtTm>{file.made_at.isoformat(timespec='seconds')}</CreDtTm>",
        f"{sums}<InitgPty><Nm>{name}</Nm></InitgPty></GrpHdr>",
        f"<PmtInf><PmtInfId>{file.number}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>",
        f"{sums}<ReqdExctnDt><Dt>{file.made_at.date()}</Dt></ReqdExctnDt><Dbtr><Nm>{name}</Nm></Dbtr>",
        f"<DbtrAcct><Id><IBAN>{file.iban}</IBAN></Id><Ccy>{currency}</Ccy></DbtrAcct>",
        "<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt>",
        *(_told(each) for each in file.transfers),
        "</PmtInf></CstmrCdtTrfInitn></Document>",
    )
    return ("\n".join(parts) + "\n").encode()


def _told(transfer: Transfer) -> str:
    name, about = escape(transfer.name[:140], quote=False), escape(transfer.about[:140], quote=False)
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{transfer.reference}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="{transfer.money.currency}">{transfer.money}</InstdAmt></Amt>'
        f"<Cdtr><Nm>{name}</Nm></Cdtr><CdtrAcct><Id><IBAN>{transfer.iban}</IBAN></Id></CdtrAcct>"
        f"<RmtInf><Ustrd>{about}</Ustrd></RmtInf></CdtTrfTxInf>"
    )

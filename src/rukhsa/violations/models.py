"""The tables of `violations`."""

from rukhsa.violations.paper_notice import PaperNotice
from rukhsa.violations.party_notice import PartyNotice
from rukhsa.violations.violation import Evidence, Mending, Violation
from rukhsa.violations.withdrawal import Withdrawal, WithdrawalProposal

__all__ = [
    "Evidence",
    "Mending",
    "PaperNotice",
    "PartyNotice",
    "Violation",
    "Withdrawal",
    "WithdrawalProposal",
]

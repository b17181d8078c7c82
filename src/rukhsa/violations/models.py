"""The tables of `violations`."""

from rukhsa.violations.paper_notice import PaperNotice
from rukhsa.violations.party_notice import PartyNotice
from rukhsa.violations.violation import Evidence, Mending, Violation, Withdrawal

__all__ = ["Evidence", "Mending", "PaperNotice", "PartyNotice", "Violation", "Withdrawal"]

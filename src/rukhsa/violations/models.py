"""The tables of `violations`."""

from rukhsa.violations.party_notice import PartyNotice
from rukhsa.violations.violation import Evidence, Mending, Violation, Withdrawal

__all__ = ["Evidence", "Mending", "PartyNotice", "Violation", "Withdrawal"]

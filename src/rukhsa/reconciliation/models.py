"""The models of this room, for Django; each is defined with its noun."""

from rukhsa.reconciliation.explanation import Explanation
from rukhsa.reconciliation.settlement import SettledLine, Settlement
from rukhsa.reconciliation.statement import Statement, StatementLine
from rukhsa.reconciliation.statement_difference import Difference, Ownership

__all__ = [
    "Difference",
    "Explanation",
    "Ownership",
    "SettledLine",
    "Settlement",
    "Statement",
    "StatementLine",
]

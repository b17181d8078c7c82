"""The models of this room, for Django; each is defined with its noun."""

from rukhsa.reconciliation.comparison import Difference, Ownership
from rukhsa.reconciliation.explanation import Explanation
from rukhsa.reconciliation.settlement import SettledLine, Settlement
from rukhsa.reconciliation.statement import Statement, StatementLine

__all__ = [
    "Difference",
    "Explanation",
    "Ownership",
    "SettledLine",
    "Settlement",
    "Statement",
    "StatementLine",
]

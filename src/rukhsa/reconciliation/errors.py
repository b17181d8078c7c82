"""The family of errors about statements; each error stands with its noun."""

from rukhsa.errors import RukhsaError


class ReconciliationError(RukhsaError):
    """The family of this room."""

    code = "reconciliation"

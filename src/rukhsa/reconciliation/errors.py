"""What can go wrong with statements, each with a lasting code."""

from rukhsa.errors import RukhsaError
from rukhsa.values.names import Text


class ReconciliationError(RukhsaError):
    """The family of this room."""

    code = "reconciliation"


class BadStatement(ReconciliationError):
    """The file is not the statement that it should be: nothing of it is kept. `text` says where and why."""

    code = "bad-statement"

    def __init__(self, *, en: str, ar: str, row: int | None = None) -> None:
        at_en, at_ar = (f"Row {row}: ", f"السطر {row}: ") if row else ("", "")
        self.text = Text(en=at_en + en, ar=at_ar + ar)
        super().__init__(self.text.en)


class ExplanationMissing(ReconciliationError):
    """A difference is closed with an explanation only."""

    code = "explanation-missing"


class AlreadyExplained(ReconciliationError):
    """The difference was closed already."""

    code = "already-explained"


class NotAnOwner(ReconciliationError):
    """Who is to own a difference must be one of finance, and of its authority."""

    code = "not-an-owner"

"""Why the reader gives no answer: codes for which the pages have sentences."""

from rukhsa.trust import errors
from rukhsa.trust.errors import TrustError

TOOK_TOO_LONG = "took-too-long"
TOO_MUCH_MEMORY = "too-much-memory"
CANNOT_BE_READ = "cannot-be-read"
BUSY = "reader-busy"


class Refused(TrustError):
    """A file that a file task refuses; `code` says why."""


class Unread(Refused, errors.Unread):
    """A file that could not be read within its limits: `code` is one of the three above."""


class Busy(Unread):
    """All children are at work, or the reader cannot be started: the same file may be read in a minute."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(BUSY, detail)

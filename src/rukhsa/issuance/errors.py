"""What can go wrong while issuing, each with its lasting code."""

from rukhsa.errors import RukhsaError


class IssuanceError(RukhsaError):
    """The family of this room's errors."""

    code = "issuance-error"


class NotGranted(IssuanceError):
    """There is no decision that grants it."""

    code = "not-granted"


class NotPaid(IssuanceError):
    """A charge of the application has no receipt."""

    code = "not-paid"


class NoSuchInstrument(IssuanceError):
    """The earlier instrument that was named does not exist, or is no longer in force."""

    code = "no-such-instrument"


class ParentEnded(IssuanceError):
    """The earlier document was revoked, or another one closed it, while this application was under way."""

    code = "parent-ended"


class VersionUnderWay(IssuanceError):
    """Another new version of the same instrument is being issued; this one follows when that one is released."""

    code = "version-under-way"


class SignerRefused(IssuanceError):
    """The signer will not sign: no such intent, signed already, or no key in its period."""

    code = "signer-refused"


class KeyFault(IssuanceError):
    """A key is missing, readable by others, or not what the index says."""

    code = "key-fault"


class NoSuchKey(IssuanceError):
    """No key of the index has this name."""

    code = "no-such-key"


class SignerUnavailable(IssuanceError):
    """Whoever holds the key does not answer just now; what waits goes on when it does."""

    code = "signer-unavailable"


class PinRefused(IssuanceError):
    """The token refused the PIN; it is not tried again before somebody corrects it, lest the token lock itself."""

    code = "pin-refused"


class CapReached(IssuanceError):
    """The authority had as many signatures within the hour as it may have; what waits goes on as the hour passes."""

    code = "cap-reached"


class IssuingStopped(IssuanceError):
    """Issuing was stopped by command; what was granted and paid waits."""

    code = "issuing-stopped"


class NotStopped(IssuanceError):
    """Issuing is not stopped."""

    code = "not-stopped"


class TrustListBehind(IssuanceError):
    """The published trust list does not know the key or the profile yet, or is over: readers would refuse it."""

    code = "trust-list-behind"


class TrustListRefused(IssuanceError):
    """A signed list that is not the next one."""

    code = "trust-list-refused"


class CannotMark(IssuanceError):
    """The mark of compromise cannot be as it was asked for."""

    code = "cannot-mark"


class ClockWentBack(IssuanceError):
    """The clock stands before the last checkpoint of the log."""

    code = "clock-went-back"


class LogRolledBack(IssuanceError):
    """The published log is longer than the database knows: an older database was put beside it."""

    code = "log-rolled-back"


class AlreadySuspended(IssuanceError):
    code = "already-suspended"


class NotSuspended(IssuanceError):
    code = "not-suspended"


class AlreadyRevoked(IssuanceError):
    code = "already-revoked"


class ReasonMissing(IssuanceError):
    """An act against an instrument says why."""

    code = "reason-missing"


class NotStamped(IssuanceError):
    """No time stamp this time; the code says why, and the file waits on."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class ReleaseRefused(RukhsaError, RuntimeError):
    """The file does not say what was sealed; `code` says in what, and the file is not handed out."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code

"""What can go wrong while issuing, each with its lasting code."""

from rukhsa.errors import RukhsaError


class IssuanceError(RukhsaError):
    """The family of this room's errors."""

    code = "issuance-error"


class SignerRefused(IssuanceError):
    """The signer will not sign: no such intent, signed already, or no key in its period."""

    code = "signer-refused"


class SignerUnavailable(IssuanceError):
    """Whoever holds the key does not answer just now; what waits goes on when it does."""

    code = "signer-unavailable"


class PinRefused(IssuanceError):
    """The token refused the PIN; it is not tried again before somebody corrects it, lest the token lock itself."""

    code = "pin-refused"


class TrustListBehind(IssuanceError):
    """The published trust list does not know the key or the profile yet, or is over: readers would refuse it."""

    code = "trust-list-behind"


class ReasonMissing(IssuanceError):
    """An act against an instrument says why."""

    code = "reason-missing"


class ReleaseRefused(RukhsaError, RuntimeError):
    """The file does not say what was sealed; `code` says in what, and the file is not handed out."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


def require_reason(text: str) -> str:
    """The reason as given, trimmed. Raises ReasonMissing."""
    if not text.strip():
        raise ReasonMissing
    return text.strip()

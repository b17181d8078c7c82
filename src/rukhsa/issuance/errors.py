"""The errors of this room that stand in no module of a noun, each with its lasting code."""

from rukhsa.errors import RukhsaError


class IssuanceError(RukhsaError):
    """What the errors of this room inherit from."""

    code = "issuance-error"


class SignerRefused(IssuanceError):
    """The signer will not sign: no such intent, signed already, or no key in its period."""

    code = "signer-refused"


class SignerUnavailable(IssuanceError):
    """The holder of the key does not answer now. Issuing goes on when it does."""

    code = "signer-unavailable"


class PinRefused(IssuanceError):
    """The token refused the PIN. It is not tried again until the PIN is corrected, so that the token does not lock."""

    code = "pin-refused"


class TrustListBehind(IssuanceError):
    """The published trust list has expired or does not name the key or the profile yet: readers would refuse it."""

    code = "trust-list-behind"


class ReleaseRefused(RukhsaError, RuntimeError):
    """The file does not say what was sealed and is not released; `code` names the difference."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code

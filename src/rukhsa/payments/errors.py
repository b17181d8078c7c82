"""The family of errors about money; each error stands with its noun, and those that several share stand here."""

from rukhsa.errors import RukhsaError


class PaymentsError(RukhsaError):
    """The family of this room."""

    code = "payments"


class ReferenceMissing(PaymentsError):
    """What a bank or a gateway did is recorded under its reference."""

    code = "reference-missing"

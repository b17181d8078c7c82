"""The model of this room, for Django to find."""

from rukhsa.verification.rate import AskedCount

__all__ = ["AskedCount"]

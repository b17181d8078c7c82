"""The models of this room, for Django to find."""

from rukhsa.verification.check_count import CheckCount
from rukhsa.verification.rate import AskedCount
from rukhsa.verification.share import Share, ShareCheck, ShareEnd

__all__ = ["AskedCount", "CheckCount", "Share", "ShareCheck", "ShareEnd"]

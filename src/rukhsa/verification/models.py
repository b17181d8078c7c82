"""The models of this room, for Django to find."""

from rukhsa.verification.change_feed import Watched
from rukhsa.verification.check_count import CheckCount
from rukhsa.verification.rate import AskedCount
from rukhsa.verification.relying_key import RelyingKey
from rukhsa.verification.share import Share, ShareCheck, ShareEnd
from rukhsa.verification.webhook import Webhook

__all__ = ["AskedCount", "CheckCount", "RelyingKey", "Share", "ShareCheck", "ShareEnd", "Watched", "Webhook"]

"""Reading what a gateway claims about an attempt, from the notices that were kept."""

from rukhsa.payments.gateways.port import Told
from rukhsa.payments.gateways.registry import gateway
from rukhsa.payments.models import Attempt


def last_claim(attempt: Attempt) -> Told | None:
    """The newest claim about an attempt among the notices without a problem."""
    notice = attempt.notices.filter(problem="").order_by("-pk").first()
    return gateway(attempt.gateway).read_notification(bytes(notice.raw), {}) if notice else None

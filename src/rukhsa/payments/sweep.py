"""The sweep: asks again after attempts whose end nobody told us, so that a lost word heals."""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet, Value

from rukhsa.payments.errors import GatewayError
from rukhsa.payments.models import Attempt
from rukhsa.payments.settle import settle

logger = logging.getLogger(__name__)

# First after ten seconds, then each time after twice as long, up to hourly: a bill paid at a kiosk is found
# within as long again as it took to be paid.
FIRST = timedelta(seconds=10)
AGAIN = timedelta(hours=1)
# An attempt left or ended unpaid may still be paid: it is asked after for so long.
LATE = timedelta(days=7)


def sweep(*, at: datetime, only: int = 200) -> int:
    """Settle what is overdue, at most `only` attempts, longest unasked first; how many changed.

    Safe at any time and any number of times."""
    changed = 0
    for attempt in overdue(at=at)[:only]:
        before = attempt.state
        try:
            settled = settle(attempt, at=at)
        except GatewayError as error:
            logger.warning("attempt %s: no answer from %s: %s", attempt.pk, attempt.gateway, error.code)
            continue
        changed += settled.state != before
    return changed


def overdue(*, at: datetime) -> QuerySet[Attempt]:
    """Attempts without an end, asked after at doubling intervals; and ended ones that late money may reach, hourly."""
    unpaid = (Attempt.State.CANCELLED, Attempt.State.EXPIRED, Attempt.State.FAILED)
    asked_long_ago = Q(asked_at__lte=at - AGAIN)
    asked_half_ago = Q(asked_at__lte=F("started_at") + (Value(at) - F("started_at")) / 2)
    without_end = Q(state__in=Attempt.OPEN, started_at__lte=at - FIRST)
    without_end &= Q(asked_at=None) | asked_half_ago | asked_long_ago
    may_be_late = Q(state__in=unpaid, ended_at__gt=at - LATE, ended_at__lte=at - FIRST)
    may_be_late &= Q(asked_at=None) | asked_long_ago
    found = Attempt.objects.filter(without_end | may_be_late)
    return found.select_related("charge__application").order_by("asked_at", "started_at")

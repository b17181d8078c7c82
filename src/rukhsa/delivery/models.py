"""The tables of `delivery`."""

from rukhsa.delivery.delivery import Delivery
from rukhsa.delivery.notice import Notice
from rukhsa.delivery.preference import Preference
from rukhsa.delivery.push_subscription import PushSubscription

__all__ = ["Delivery", "Notice", "Preference", "PushSubscription"]

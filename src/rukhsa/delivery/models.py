"""The tables of `delivery`."""

from rukhsa.delivery.delivery import Delivery
from rukhsa.delivery.notice import Notice
from rukhsa.delivery.preference import Preference

__all__ = ["Delivery", "Notice", "Preference"]

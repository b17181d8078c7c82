"""The tables of `delivery`."""

from rukhsa.delivery.delivery import Delivery
from rukhsa.delivery.notice import Notice

__all__ = ["Delivery", "Notice"]

"""The tables of `correspondence`."""

from rukhsa.correspondence.conversation import Message, Reading
from rukhsa.correspondence.enclosure import Enclosure

__all__ = ["Enclosure", "Message", "Reading"]

"""The tables of the room, each in the module of its noun."""

from rukhsa.staff.limit import Limit as Limit
from rukhsa.staff.used_code import UsedCode as UsedCode

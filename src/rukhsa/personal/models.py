"""The tables of the room, in the modules of their nouns."""

from rukhsa.personal.data_export import DataExport as DataExport
from rukhsa.personal.dispute_hold import DisputeHold as DisputeHold
from rukhsa.personal.erasure import ErasedValue as ErasedValue
from rukhsa.personal.erasure import Erasure as Erasure
from rukhsa.personal.order import ErasureOrder as ErasureOrder
from rukhsa.personal.purpose import Purpose as Purpose

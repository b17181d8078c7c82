"""The tables of the room, each in the module of its noun."""

from rukhsa.mandates.absence import Absence as Absence
from rukhsa.mandates.absence import AbsenceEnd as AbsenceEnd
from rukhsa.mandates.deputy import Deputy as Deputy
from rukhsa.mandates.mandate import Mandate as Mandate
from rukhsa.mandates.mandate import MandateEnd as MandateEnd

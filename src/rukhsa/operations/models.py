"""The models of the room `operations`."""

from rukhsa.operations.gauge_reading import Reading
from rukhsa.operations.job import JobFailure
from rukhsa.operations.periodic_work import PeriodicRun
from rukhsa.operations.planned_work import PlannedWork

__all__ = ["JobFailure", "PeriodicRun", "PlannedWork", "Reading"]

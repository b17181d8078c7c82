"""The models of the room `operations`."""

from rukhsa.operations.job import JobFailure
from rukhsa.operations.periodic_work import PeriodicRun
from rukhsa.operations.reading import Reading

__all__ = ["JobFailure", "PeriodicRun", "Reading"]

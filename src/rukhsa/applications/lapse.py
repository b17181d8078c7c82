"""Ends an application of which too much time was left to its applicant."""

from datetime import datetime

from rukhsa.applications import limits
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Act
from rukhsa.applications.submit import take


def lapse(application: Application, *, at: datetime) -> None:
    """End a locked application by itself, and free what it holds. Raises `NotPossible`."""
    take(application, Act.LAPSE, actor=None, at=at)
    limits.give_back(application)

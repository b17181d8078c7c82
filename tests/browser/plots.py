"""The answers of the story, by service."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rukhsa_rehearsal.story.plots import plots

TURN = 500  # places of their own


def answers_of(service: str) -> Mapping[str, Any]:
    """What Layla answers when she applies for a service today."""
    today = date.today()  # noqa: DTZ011 - as the applicant reckons
    return next(plot.answers for plot in plots(today, turn=TURN) if plot.service == service)

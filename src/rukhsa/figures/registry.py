"""Every figure there is, in the order in which its page tells of it."""

from typing import Final

from rukhsa.figures.backlog import BACKLOG
from rukhsa.figures.counter_visit import MINUTES, VISITS
from rukhsa.figures.decision_time import DECISION_TIME
from rukhsa.figures.figure import Figure
from rukhsa.figures.flow import APPLICATIONS, DOCUMENTS
from rukhsa.figures.parties import DAYS_BY_PARTY, PARTY_DAYS
from rukhsa.figures.public_opinion import CHECKS, SATISFACTION
from rukhsa.figures.returns import REFUSALS, RETURN_REASONS, RETURNS
from rukhsa.figures.second_looks import SECOND_LOOKS
from rukhsa.figures.takings import CHANNELS, MONEY

FIGURES: Final[tuple[Figure, ...]] = (
    APPLICATIONS,
    DOCUMENTS,
    DECISION_TIME,
    DAYS_BY_PARTY,
    PARTY_DAYS,
    BACKLOG,
    RETURNS,
    RETURN_REASONS,
    REFUSALS,
    SECOND_LOOKS,
    VISITS,
    MINUTES,
    MONEY,
    CHANNELS,
    CHECKS,
    SATISFACTION,
)
STANDING: Final = frozenset(figure.id for figure in FIGURES if figure.is_standing)

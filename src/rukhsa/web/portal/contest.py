"""What somebody can do against a refusal: the services that have it examined again, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.instrument import Reconsidering
from rukhsa.catalogue.questions import DecisionQuestion
from rukhsa.review.decision import Decision
from rukhsa.review.reconsideration import contestable_until
from rukhsa.web.portal.first_page import offered
from rukhsa.web.portal.offer import may_apply


@dataclass(frozen=True, kw_only=True)
class Contest:
    """A service by which a refusal is contested, and the moment from which it is too late."""

    definition: Definition
    until: datetime | None


def contests_of(decision: Decision | None, *, actor: Actor, at: datetime) -> list[Contest]:
    """The ways that are open to the actor; one statement, and none where nothing was refused."""
    if decision is None or decision.outcome != Decision.Outcome.REFUSED:
        return []
    return [
        Contest(definition=definition, until=until)
        for definition in offered()
        if may_apply(actor, definition)
        for question in _questions(definition)
        if (until := contestable_until(question, decision)) is None or at < until
    ]


def _questions(definition: Definition) -> Iterator[DecisionQuestion]:
    for effect in definition.instrument.effects:
        if isinstance(effect, Reconsidering):
            question = definition.question(effect.reconsiders)
            if isinstance(question, DecisionQuestion):
                yield question

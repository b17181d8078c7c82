"""Decides an application on a walk: by an officer, by two of them, or by a sitting committee."""

from datetime import datetime

from django.utils import timezone

from rukhsa import journey
from rukhsa.review import decision
from rukhsa.review.decision import Decision
from rukhsa.review.proposal import confirm, propose
from rukhsa.review.sitting import Vote, WrittenMinutes, conclude, convene, vote
from rukhsa_rehearsal.walks.people import People
from rukhsa_rehearsal.walks.walk import Script, Walk

REASONS = {"granted": "استوفى الطلب الشروط.", "refused": "لا يستوفي الطلب الشروط."}
MINUTES = WrittenMinutes(text="نظرت اللجنة في الطلب وصوّت أعضاؤها عليه.")


def decide(walk: Walk, people: People, *, at: datetime) -> None:
    """Decide in the definition's way, with the outcome of the script."""
    outcome = Decision.Outcome.REFUSED if walk.script is Script.REFUSED else Decision.Outcome.GRANTED
    match walk.begun.definition.decision.decide:
        case "committee":
            _by_committee(walk, people, outcome, at)
        case "two officers":
            proposal = propose(walk.begun, outcome, REASONS[outcome], "", actor=people.officer, at=at)
            confirm(proposal, actor=people.supervisor, at=at)
        case _:
            reasons = REASONS[outcome] if outcome == Decision.Outcome.REFUSED else ""
            decision.decide(walk.begun, outcome, reasons, "", actor=people.supervisor, at=at)
    if outcome == Decision.Outcome.REFUSED:
        journey.advance(walk.begun.pk, at=at)


def _by_committee(walk: Walk, people: People, outcome: str, at: datetime) -> None:
    committee = walk.begun.definition.decision.committee or ""
    authority, day = walk.begun.authority, timezone.localdate(at)
    assert authority is not None
    present = [member.person for member in people.members]
    sitting = convene(authority, committee, day, present, actor=people.supervisor, at=at)
    choice = Vote.Choice.GRANT if outcome == Decision.Outcome.GRANTED else Vote.Choice.REFUSE
    for member in people.members:
        vote(sitting, walk.begun, choice, "", actor=member, at=at)
    conclude(sitting, walk.begun, MINUTES, REASONS[outcome], "", actor=people.supervisor, at=at)

"""Explanations: what was found out about a difference, until one of them closes it."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.locks import one_at_a_time
from rukhsa.reconciliation.errors import ReconciliationError
from rukhsa.reconciliation.settlement import settle_reference
from rukhsa.reconciliation.statement import STATEMENTS
from rukhsa.reconciliation.statement_difference import Difference, require_open


class ExplanationMissing(ReconciliationError):
    """A difference is closed with an explanation only."""

    code = "explanation-missing"


class Explanation(models.Model):
    """What a person found out about a difference; the explanation that closes it is the last."""

    difference = models.ForeignKey(Difference, models.PROTECT, related_name="explanations")
    text = models.CharField(max_length=1000)
    closes = models.BooleanField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["difference"], condition=Q(closes=True), name="difference_closed_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="explained_in_words"),
        ]


@transaction.atomic
def explain(difference: Difference, text: str, *, closes: bool, actor: Actor, at: datetime) -> Explanation:
    """Record what was found out; with `closes` the difference is closed. Raises NotPermitted, ExplanationMissing,
    AlreadyExplained.

    What the statement and the books agree on then moves to the bank. Another amount that was explained moves as the
    statement has it, and the rest stays on the account of differences."""
    actor.require(Permission.RECONCILE, at=difference.scope)
    if not text.strip():
        raise ExplanationMissing
    one_at_a_time(STATEMENTS)
    require_open(difference)
    journal.record("explain-difference", difference, actor=actor, at=at, closes=closes)
    made = Explanation.objects.create(
        difference=difference, text=text.strip()[:1000], closes=closes, person=actor.person, at=at
    )
    if closes:
        settle_reference(difference.gateway, difference.reference, actor=actor, at=at)
    return made

"""Conditions that an agency sets with its opinion: they become conditions of the licence, unless one is left out with a
reason."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency
from rukhsa.authorities.scope import Scoped
from rukhsa.review import participant, plan
from rukhsa.review.errors import Closed, ReviewError
from rukhsa.values.names import Text

MOST_CONDITIONS: Final = 10  # of one opinion
LONGEST: Final = 300  # characters in one language


class ConditionsMissing(ReviewError):
    """An opinion with conditions that has none, or one without that has some."""

    code = "conditions-missing"
    text = _("Write at least one condition, or choose another answer.")


class ConditionUnfit(ReviewError):
    """A condition in one language only, too long, or one of too many."""

    code = "condition-unfit"
    text = _("Write each condition in Arabic and in English, in 300 letters or fewer each, and at most 10.")


class RulingUnexplained(ReviewError):
    """A condition is left out without a reason."""

    code = "condition-left-out-without-reason"
    text = _("Enter why you leave this condition out. The agency can read it.")


class Condition(Scoped):
    """A condition that an agency set with its opinion, in both languages."""

    opinion = models.ForeignKey("review.Opinion", models.PROTECT, related_name="conditions")
    text_ar = models.TextField()
    text_en = models.TextField()

    authority_path = "opinion__referral__application__authority"

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                # It is in both, or was erased in both.
                condition=(~Q(text_ar="") & ~Q(text_en="")) | Q(text_ar="", text_en=""),
                name="a_condition_is_in_both_languages",
            )
        ]

    @property
    def text(self) -> Text:
        """What it asks for."""
        return Text(ar=self.text_ar, en=self.text_en)

    @property
    def ruling(self) -> "Ruling | None":
        """What an officer ruled last on it; None where it simply applies. Rulings that were fetched are read once."""
        rulings = list(self.rulings.all())
        return rulings[-1] if rulings else None

    @property
    def applies(self) -> bool:
        """Whether the licence will have it."""
        return self.ruling is None or self.ruling.applies


class Ruling(models.Model):
    """An officer left a condition out, with the reason that the agency is told, or put it back. The newest counts."""

    condition = models.ForeignKey(Condition, models.PROTECT, related_name="rulings")
    applies = models.BooleanField()
    reason = models.TextField(blank=True)
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applies=True) | ~Q(reason=""), name="a_condition_left_out_has_a_reason"
            )
        ]


def require_fit(conditions: Sequence[Text], *, wanted: bool) -> None:
    """Raise ConditionsMissing, ConditionUnfit unless these can be the conditions of an opinion."""
    if bool(conditions) != wanted:
        raise ConditionsMissing
    fits = all(0 < len(said) <= LONGEST for each in conditions for said in (each.ar.strip(), each.en.strip()))
    if len(conditions) > MOST_CONDITIONS or not fits:
        raise ConditionUnfit


def keep(opinion: int, conditions: Iterable[Text]) -> None:
    """Keep the conditions of the opinion with this key."""
    rows = [
        Condition(opinion_id=opinion, text_ar=each.ar.strip(), text_en=each.en.strip()) for each in conditions
    ]
    if rows:
        Condition.objects.bulk_create(rows)


@transaction.atomic
def rule(condition: Condition, *, applies: bool, reason: str, actor: Actor, at: datetime) -> Ruling:
    """Leave a condition out with a reason, or put it back, as an officer who may decide; the agency is told.

    The same again changes nothing. Raises RulingUnexplained, Closed, and as `participant.lock_for` does.
    """
    found = Condition.objects.select_related("opinion__referral").get(pk=condition.pk)
    referral = found.opinion.referral
    application = participant.lock_for(referral.application, actor, Permission.DECIDE, at=at)
    if application.stage not in OPEN_STAGES:
        raise Closed
    if not applies and not reason.strip():
        raise RulingUnexplained
    if found.applies == applies and found.ruling:
        return found.ruling
    ruling = Ruling.objects.create(
        condition=found, applies=applies, reason=reason.strip(), officer=actor.person, at=at
    )
    record("rule-on-condition", application, actor=actor, at=at, condition=found.pk, applies=applies)
    participant.tell_agency(referral.agency_id, "condition-ruled", about=str(application), at=at)
    return ruling


def of_application(application: Application) -> list[Condition]:
    """The conditions of the opinions that count, with what was ruled on each."""
    return list(_counting([application]))


def applied_to(applications: Iterable[Application]) -> dict[UUID, tuple[Text, ...]]:
    """The conditions that the licence of each application has, by its key."""
    found: dict[UUID, tuple[Text, ...]] = {}
    for each in _counting([each for each in applications if plan.may_have_referrals(each)]):
        if each.applies:
            key = each.opinion.referral.application_id
            found[key] = (*found.get(key, ()), each.text)
    return found


def _counting(applications: Iterable[Application]) -> QuerySet[Condition]:
    asked = Q(opinion__referral__application__in=applications)
    counts = Q(opinion__referral__dropped=None, opinion__referral__asked_again=None)
    rows = Condition.objects.filter(asked, counts).order_by("opinion__at", "id")
    return rows.select_related("opinion__referral__agency").prefetch_related("rulings__officer")


class StandardCondition(models.Model):
    """A condition that an agency sets often, kept by its coordinator for its people to choose."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="standard_conditions")
    text_ar = models.TextField()
    text_en = models.TextField()
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    @property
    def text(self) -> Text:
        """What it asks for."""
        return Text(ar=self.text_ar, en=self.text_en)


@transaction.atomic
def add_standard(agency: Agency, text: Text, *, actor: Actor, at: datetime) -> StandardCondition:
    """Add a condition from which the agency's people can choose. Raises NotPermitted, ConditionUnfit."""
    actor.require(Permission.COORDINATE_AGENCY, at=agency.scope)
    require_fit([text], wanted=True)
    row = StandardCondition.objects.create(
        agency=agency, text_ar=text.ar.strip(), text_en=text.en.strip(), added_by=actor.person, added_at=at
    )
    record("add-standard-condition", row, actor=actor, at=at)
    return row


@transaction.atomic
def end_standard(row: StandardCondition, *, actor: Actor, at: datetime) -> None:
    """Offer it no more; opinions that have it keep it. Again changes nothing. Raises NotPermitted."""
    actor.require(Permission.COORDINATE_AGENCY, at=row.agency.scope)
    if StandardCondition.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at):
        record("end-standard-condition", row, actor=actor, at=at)

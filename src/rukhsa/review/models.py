"""The facts of a review: who has it, what was found, asked, answered, seen, and decided."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application, Step
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency, Authority
from rukhsa.authorities.scope import Holder, Scoped, ScopedQuerySet
from rukhsa.review.dropped import Dropped as Dropped
from rukhsa.review.sittings import Sitting
from rukhsa.values.names import Text

# An agency answers while the applicant mends something else.
OPEN_STAGES = (Stage.SUBMITTED, Stage.RETURNED)


class Assignment(models.Model):
    """An officer takes an application in hand; the newest row holds."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="assignments")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Check(models.Model):
    """An officer found one step of the examination in order, as it was submitted that time."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="checks")
    step = models.CharField(max_length=60)
    submission = models.ForeignKey(Step, models.PROTECT, related_name="+")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "step", "submission"], name="step_checked_once_a_submission"
            )
        ]


class FindingQuerySet(models.QuerySet["Finding"]):
    """Which findings still wait for the applicant."""

    def open(self) -> "FindingQuerySet":
        """Those of the return that the applicant has not answered yet."""
        newer = Step.objects.filter(application=OuterRef("application"), id__gt=OuterRef("returned_by"))
        return self.filter(application__stage=Stage.RETURNED).exclude(Exists(newer))


class Finding(models.Model):
    """One fault noted, about a question or a document, and sent to the applicant with a return."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="findings")
    about = models.CharField(max_length=60, blank=True)  # the id of a question or of a document; empty: all
    text = models.TextField()
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    returned_by = models.ForeignKey(Step, models.PROTECT, related_name="+")

    objects = FindingQuerySet.as_manager()


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Which referrals an actor may reach."""

    def on_which(self, actor: Actor, permission: Permission, *also: Permission) -> "ReferralQuerySet":
        """What the agencies were asked in which the actor holds all of these permissions."""
        return self.filter(agency__in=actor.agencies_where(permission, *also))

    def open(self) -> "ReferralQuerySet":
        """Those without an opinion whose application still wants one."""
        return self.filter(opinion=None, dropped=None, application__stage__in=OPEN_STAGES)


class Referral(Scoped):
    """A question put to an agency, about what belongs to an authority: the agency's people answer it, as `on_which`
    has it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="referrals")
    step = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField(default=1)  # a step that was dropped may come back
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    question_ar = models.TextField(blank=True)
    question_en = models.TextField(blank=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()

    authority_path = "application__authority"
    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "step", "number"], name="step_referred_once")
        ]

    @property
    def question(self) -> Text:
        """What the agency was asked."""
        return Text(ar=self.question_ar, en=self.question_en)


class Opinion(models.Model):
    """An agency's answer."""

    class Answer(models.TextChoices):
        NO_OBJECTION = "no-objection"
        OBJECTION = "objection"

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="opinion")
    answer = models.CharField(max_length=20, choices=Answer)
    text = models.TextField(blank=True)
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="opinions_newest_first")]


def still_wanted(inspection: str = "") -> Q:
    """Whether anybody wants the report of a visit; `inspection` is the path to it, such as "inspection__"."""
    return Q(**{f"{inspection}after_issue": True}) | Q(**{f"{inspection}application__stage": Stage.SUBMITTED})


class InspectionQuerySet(ScopedQuerySet["Inspection"]):
    """Which inspections still wait."""

    def open(self) -> "InspectionQuerySet":
        """Those that wait for a report that passes, as long as somebody wants one."""
        passed = InspectionReport.objects.filter(inspection=OuterRef("pk"), passed=True)
        return self.filter(still_wanted(), dropped=None).exclude(Exists(passed))


class Inspection(Scoped):
    """A visit that the definition asks for, before the decision or after the issue."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="inspections")
    step = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField(default=1)  # a step that was dropped may come back
    after_issue = models.BooleanField(default=False)
    checklist = models.JSONField(default=list)  # of {"id", "ar", "en"}, as the definition orders them
    ordered_at = models.DateTimeField()
    due_at = models.DateTimeField()

    authority_path = "application__authority"
    objects = InspectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "step", "number"], name="step_inspected_once")
        ]


class InspectionReport(Scoped):
    """What the inspector saw: each point of the checklist, and whether the whole passed."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="reports")
    passed = models.BooleanField()
    points = models.JSONField(default=dict)  # the id of each point and whether it is in order
    text = models.TextField(blank=True)
    photos = models.JSONField(default=list)  # digests of stored pictures
    inspector = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    authority_path = "inspection__application__authority"


class Recording(models.Model):
    """An answer that the review found out, with the step that found it; the newest of a question counts."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="recordings")
    step = models.CharField(max_length=60)
    question = models.CharField(max_length=60)
    value = models.JSONField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Beginning(models.Model):
    """That what was submitted has been paid for, where a charge is due at submission: the clock runs from here."""

    submission = models.OneToOneField(Step, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Decision(models.Model):
    """Granted or refused, with reasons and the legal basis: by an officer, by a rule, or by a committee's sitting.

    Once a round: a refusal that is reconsidered begins the next round, and the newest decision stands.
    """

    class Outcome(models.TextChoices):
        GRANTED = "granted"
        REFUSED = "refused"

    application = models.ForeignKey(Application, models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=10, choices=Outcome)
    reasons = models.TextField(blank=True)
    legal_basis = models.TextField(blank=True)
    officer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # where two decide
    rule = models.CharField(max_length=60, blank=True)
    sitting = models.ForeignKey(Sitting, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(fields=["application", "round"], name="decided_once_a_round"),
            models.CheckConstraint(
                condition=Q(officer__isnull=False, rule="", sitting=None)
                | (Q(officer=None, sitting=None) & ~Q(rule=""))
                | Q(officer=None, rule="", sitting__isnull=False),
                name="decided_by_an_officer_a_rule_or_a_sitting",
            ),
            models.CheckConstraint(
                condition=Q(outcome="granted") | ~Q(reasons=""), name="a_refusal_has_reasons"
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None) | ~Q(officer=F("proposed_by")),
                name="decision_confirmed_by_another",
            ),
        ]


class Proposal(models.Model):
    """What the first of two officers proposes, upon one submission; the newest one without an objection stands."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="proposals")
    submission = models.ForeignKey(Step, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Decision.Outcome)
    reasons = models.TextField()
    legal_basis = models.TextField(blank=True)
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Disagreement(models.Model):
    """The second officer does not confirm, and says why: the first may propose anew."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="disagreement")
    reasons = models.TextField()
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class QueueEntryQuerySet(ScopedQuerySet["QueueEntry"]):
    """Which part of the queue somebody wants to see."""

    def on_which(self, actor: Holder, permission: Permission, *also: Permission) -> Self:
        """What is open where the actor holds all of these permissions; what closed a moment ago is left out."""
        return super().on_which(actor, permission, *also).filter(application__stage__in=OPEN_STAGES)

    def in_hand_of(self, officer: Person) -> "QueueEntryQuerySet":
        """What the officer took in hand."""
        return self.filter(officer=officer)

    def unassigned(self) -> "QueueEntryQuerySet":
        """What nobody took in hand yet."""
        return self.filter(officer=None)

    def late(self, at: datetime) -> "QueueEntryQuerySet":
        """What had to be done before `at`, by whomever."""
        return self.filter(due_at__lte=at)

    def with_applicant(self) -> "QueueEntryQuerySet":
        """What was returned and not answered yet."""
        return self.filter(turn=QueueEntry.Turn.APPLICANT)

    def oldest_first(self) -> "QueueEntryQuerySet":
        """In the order of submission."""
        return self.order_by("submitted_at", "application")

    def after(self, submitted_at: datetime, application: uuid.UUID) -> "QueueEntryQuerySet":
        """What follows one entry in the order of submission: the next page, found without counting."""
        later = Q(submitted_at__gt=submitted_at) | Q(application__gt=application)
        return self.filter(later, submitted_at__gte=submitted_at)


class QueueEntry(Scoped):
    """Where an open application stands in its authority's queue.

    Drawn from the facts by `queue.place`, and drawn anew whenever something happens: nothing rests on it.
    """

    class Turn(models.TextChoices):
        AUTHORITY = "authority"
        AGENCY = "agency"
        INSPECTOR = "inspector"
        APPLICANT = "applicant"

    application = models.OneToOneField(
        Application, models.PROTECT, primary_key=True, related_name="queue_entry"
    )
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    officer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    turn = models.CharField(max_length=10, choices=Turn)
    step = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField()

    objects = QueueEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["authority", "submitted_at", "application"], name="queue_all"),
            models.Index(fields=["authority", "officer", "submitted_at", "application"], name="queue_mine"),
            models.Index(fields=["authority", "due_at"], name="queue_late"),
            models.Index(fields=["authority", "turn", "submitted_at", "application"], name="queue_turn"),
            # For those who serve several authorities: one walk in the order of submission, and no sorting.
            models.Index(fields=["submitted_at", "application"], name="queue_all_of_several"),
            models.Index(fields=["officer", "submitted_at", "application"], name="queue_mine_of_several"),
            models.Index(fields=["turn", "submitted_at", "application"], name="queue_turn_of_several"),
        ]


class WaitingReferral(models.Model):
    """A referral whose agency's answer is wanted: the open rows of `Referral`, without its history.

    Drawn from the facts by `queue.place`, as the queue is: an agency's page costs what waits, not what was.
    """

    referral = models.OneToOneField(Referral, models.PROTECT, primary_key=True, related_name="waiting")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["agency", "due_at", "referral"], name="referrals_most_urgent_first"),
            models.Index(fields=["due_at", "referral"], name="referrals_of_several"),
        ]


class WaitingInspection(models.Model):
    """A visit whose report is wanted: the open rows of `Inspection`, drawn as `WaitingReferral` is."""

    inspection = models.OneToOneField(Inspection, models.PROTECT, primary_key=True, related_name="waiting")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["authority", "due_at", "inspection"], name="visits_most_urgent_first"),
            models.Index(fields=["due_at", "inspection"], name="visits_of_several"),
        ]

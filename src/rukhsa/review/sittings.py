"""Sittings of a committee: who was present, how each member voted on each application, and the minutes."""

import uuid

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Scope, Scoped, ScopedQuerySet, committee


class SittingQuerySet(ScopedQuerySet["Sitting"]):
    """The sittings of committees."""

    def attended(self, member: Person, *, authority: str, committee: str) -> "Sitting | None":
        """The committee's newest sitting at which the member was present, at which the member may vote."""
        held = self.filter(authority=authority, committee=committee, attendances__member=member)
        return held.order_by("-at").first()


class Sitting(Scoped):
    """That a committee of an authority met on a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    committee = models.SlugField(max_length=60)
    held_on = models.DateField()
    convened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = SittingQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["authority", "committee", "-at"], name="sittings_newest_first")]

    @property
    def committee_scope(self) -> Scope:
        """The committee as the scope in which its members vote; those who keep its sittings act for the authority."""
        return committee(self.authority_id, self.committee)


class Attendance(models.Model):
    """That a member was present at a sitting."""

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="attendances")
    member = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sitting", "member"], name="present_once_a_sitting")]


class Vote(models.Model):
    """How a member voted on an application at a sitting, once; whoever has an interest steps out and says why."""

    class Choice(models.TextChoices):
        GRANT = "grant"
        REFUSE = "refuse"
        ABSTAIN = "abstain"
        STEP_OUT = "step-out"

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="votes")
    application = models.ForeignKey(Application, models.PROTECT, related_name="votes")
    member = models.ForeignKey(Person, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "application", "member"], name="one_vote_a_member_a_sitting"
            ),
            models.CheckConstraint(
                condition=~Q(choice="step-out") | ~Q(reason=""), name="who_steps_out_says_why"
            ),
        ]


class Minutes(models.Model):
    """What was said and resolved about an application at a sitting: a text, a file, or both."""

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="minutes")
    application = models.ForeignKey(Application, models.PROTECT, related_name="minutes")
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)  # of the stored file
    media_type = models.CharField(max_length=40, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "application"], name="minutes_once_a_sitting"),
            models.CheckConstraint(condition=~Q(text="", digest=""), name="minutes_say_something"),
        ]


class WaitingMatter(Scoped):
    """An application that waits for its committee, drawn from the facts by `queue.place` as the queue is."""

    application = models.OneToOneField(
        Application, models.PROTECT, primary_key=True, related_name="waiting_matter"
    )
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    committee = models.SlugField(max_length=60)
    due_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["WaitingMatter"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["authority", "committee", "due_at"], name="matters_most_urgent_first")
        ]

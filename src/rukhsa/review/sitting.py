"""Sittings of a committee: a quorum is present, each member votes once, and the majority decides, with minutes."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.application import lock
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority, Post
from rukhsa.authorities.scope import Scope, Scoped, ScopedQuerySet, committee
from rukhsa.catalogue.territory import territory
from rukhsa.jobs import advance_soon
from rukhsa.review import participant
from rukhsa.review.decision import Decision, require_ready, standing_decision, write
from rukhsa.review.errors import AlreadyDecided, ReviewError, StepNotOpen
from rukhsa.review.queue import WaitingMatter


class SittingUnfit(ReviewError):
    """A sitting of an unknown committee, or on a future day."""

    code = "sitting-unfit"
    text = _("Choose a committee, and today or an earlier day.")


class NotOfCommittee(ReviewError):
    """A person who is no member of the committee on that day."""

    code = "not-of-the-committee"
    text = _("Choose members of this committee.")


class NoQuorum(ReviewError):
    """Fewer members than the quorum are present, or left when those with an interest stepped out."""

    code = "no-quorum"

    def __init__(self, quorum: int) -> None:
        super().__init__(str(quorum))
        self.text = format_lazy(
            _("The quorum is {quorum}. Too few members can vote. Hold another sitting."),
            quorum=quorum,
        )


class NotPresent(ReviewError):
    """A vote by a person who was not present at the sitting."""

    code = "not-present"
    text = _("Only members present at the sitting can vote.")


class ChoiceUnknown(ReviewError):
    """A vote that is none of the choices."""

    code = "choice-unknown"
    text = _("Choose your vote.")


class InterestWithoutReason(ReviewError):
    """A member steps out and does not say why."""

    code = "interest-without-reason"
    text = _("Enter your interest in this application.")


class AlreadyVoted(ReviewError):
    """A second, different vote."""

    code = "already-voted"
    text = _("You already voted on this application at this sitting.")


class VotesMissing(ReviewError):
    """Not every member who is present has voted."""

    code = "votes-missing"
    text = _("Some members present have not voted yet.")


class NoMajority(ReviewError):
    """As many members voted for as against."""

    code = "no-majority"
    text = _("The vote was tied, so there is no decision. Hold another sitting.")


class MinutesMissing(ReviewError):
    """A decision of a committee without minutes."""

    code = "minutes-missing"
    text = _("Enter the minutes, or attach them as a file.")


class SittingQuerySet(ScopedQuerySet["Sitting"]):
    """The sittings of committees."""

    def attended(self, member: Person, *, authority: str, committee: str) -> "Sitting | None":
        """The committee's newest sitting at which the member was present, at which the member may vote."""
        held = self.filter(authority=authority, committee=committee, attendances__member=member)
        return held.order_by("-at").first()


class Sitting(Scoped):
    """A committee of an authority met on a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    committee = models.SlugField(max_length=60)
    held_on = models.DateField()
    # The agenda by which it was called; None: it was recorded without one.
    agenda = models.ForeignKey("review.Agenda", models.PROTECT, null=True, related_name="sittings")
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
    """A member was present at a sitting."""

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="attendances")
    member = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sitting", "member"], name="present_once_a_sitting")]


class Vote(models.Model):
    """How a member voted on an application at a sitting, once; a member with an interest steps out and says why."""

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


@dataclass(frozen=True, kw_only=True)
class WrittenMinutes:
    """The minutes as they are handed in: a text, a stored file, or both."""

    text: str = ""
    digest: str = ""
    media_type: str = ""
    file_name: str = ""


def members(authority: str, committee: str, *, on: date) -> QuerySet[Person]:
    """The members of a committee of an authority on a day."""
    posts = Post.objects.in_force(on=on).filter(authority=authority, committee=committee)
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True).order_by("name_en", "pk")


@transaction.atomic
def convene(
    authority: Authority,
    committee: str,
    held_on: date,
    present: Iterable[Person],
    *,
    agenda: uuid.UUID | None = None,
    actor: Actor,
    at: datetime,
) -> Sitting:
    """Record that the committee met, with those members present; a quorum of them is needed.

    `agenda` is the one by which it was called, of the same committee.

    Raises SittingUnfit for an unknown committee, another authority or a day to come, NotOfCommittee, NoQuorum.
    """
    actor.require_somewhere(Permission.CONVENE)
    known = territory().committees.get(committee)
    is_here = actor.holds(Permission.CONVENE, at=authority.scope)
    if known is None or not is_here or held_on > timezone.localdate(at):
        raise SittingUnfit
    there = {person.pk: person for person in present}
    if not set(there) <= set(members(authority.pk, committee, on=held_on).values_list("pk", flat=True)):
        raise NotOfCommittee
    if len(there) < known.quorum:
        raise NoQuorum(known.quorum)
    sitting = Sitting.objects.create(
        authority=authority,
        committee=committee,
        held_on=held_on,
        agenda_id=agenda,
        convened_by=actor.person,
        at=at,
    )
    Attendance.objects.bulk_create(Attendance(sitting=sitting, member=person) for person in there.values())
    record("convene-sitting", sitting, actor=actor, at=at, committee=committee, present=len(there))
    return sitting


@transaction.atomic
def vote(
    sitting: Sitting, application: Application, choice: str, reason: str, *, actor: Actor, at: datetime
) -> Vote:
    """Vote on one application as one member, once; the same again changes nothing.

    Raises NotPresent, StepNotOpen when the application does not wait for this committee, ChoiceUnknown,
    InterestWithoutReason, OwnInterest, AlreadyVoted.
    """
    actor.require_somewhere(Permission.VOTE)
    application = lock(application)
    reason = reason.strip()
    if not actor.holds(Permission.VOTE, at=sitting.committee_scope):
        raise NotPresent
    if not sitting.attendances.filter(member=actor.person).exists():
        raise NotPresent
    if choice not in Vote.Choice.values:
        raise ChoiceUnknown
    if choice != Vote.Choice.STEP_OUT:
        require_no_interest(application, actor.person)
    elif not reason:
        raise InterestWithoutReason
    if present := Vote.objects.filter(sitting=sitting, application=application, member=actor.person).first():
        if (present.choice, present.reason) == (choice, reason):
            return present
        raise AlreadyVoted
    require_waiting(sitting, application)
    given = Vote.objects.create(
        sitting=sitting, application=application, member=actor.person, choice=choice, reason=reason, at=at
    )
    record("vote", application, actor=actor, at=at, sitting=str(sitting.pk))
    return given


@transaction.atomic
def conclude(
    sitting: Sitting,
    application: Application,
    minutes: WrittenMinutes,
    reasons: str,
    legal_basis: str,
    *,
    actor: Actor,
    at: datetime,
) -> Decision:
    """Write the minutes and the decision of the majority; again gives it back.

    1. The application waits for this committee. 2. There are minutes. 3. Every member present voted or stepped
    out. 4. Those who did not step out are a quorum. 5. More voted one way than the other. 6. A refusal has
    reasons, and a grant comes after its steps. Raises StepNotOpen, MinutesMissing, VotesMissing, NoQuorum, NoMajority,
    ReasonsMissing, StepsNotDone; Sitting.DoesNotExist out of reach.
    """
    actor.require_somewhere(Permission.CONVENE)
    sitting = Sitting.objects.on_which(actor, Permission.CONVENE).get(pk=sitting.pk)
    application = participant.lock_for(application, actor, Permission.CONVENE)
    if present := standing_decision(application):
        if present.sitting_id != sitting.pk:
            raise AlreadyDecided
        return present
    require_waiting(sitting, application)  # 1
    if not (minutes.text.strip() or minutes.digest):  # 2
        raise MinutesMissing
    outcome = majority(sitting, application)  # 3, 4, 5
    require_ready(application, outcome, reasons)  # 6
    _write_minutes(sitting, application, minutes, actor, at)
    decision = write(application, outcome, reasons, legal_basis, actor=actor, sitting=sitting.pk, at=at)
    advance_soon(application.pk)
    return decision


def majority(sitting: Sitting, application: Application) -> Decision.Outcome:
    """The outcome for which more members voted. Raises VotesMissing, NoQuorum, NoMajority."""
    votes = list(Vote.objects.filter(sitting=sitting, application=application))
    if len(votes) < sitting.attendances.count():
        raise VotesMissing
    quorum = territory().committees[sitting.committee].quorum
    if sum(vote.choice != Vote.Choice.STEP_OUT for vote in votes) < quorum:
        raise NoQuorum(quorum)
    granting = sum(vote.choice == Vote.Choice.GRANT for vote in votes)
    refusing = sum(vote.choice == Vote.Choice.REFUSE for vote in votes)
    if granting == refusing:
        raise NoMajority
    return Decision.Outcome.GRANTED if granting > refusing else Decision.Outcome.REFUSED


def require_waiting(sitting: Sitting, application: Application) -> None:
    """Raise StepNotOpen unless the application waits for the committee of this sitting."""
    waiting = WaitingMatter.objects.filter(application=application, application__stage="submitted")
    if not waiting.filter(authority=sitting.authority_id, committee=sitting.committee).exists():
        raise StepNotOpen("decide")


def _write_minutes(
    sitting: Sitting, application: Application, written: WrittenMinutes, actor: Actor, at: datetime
) -> None:
    Minutes.objects.create(
        sitting=sitting,
        application=application,
        text=written.text.strip(),
        digest=written.digest,
        media_type=written.media_type,
        file_name=written.file_name,
        written_by=actor.person,
        at=at,
    )
    record("write-minutes", application, actor=actor, at=at, sitting=str(sitting.pk))

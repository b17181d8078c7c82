"""Lets a committee decide: a sitting with a quorum, one vote a member, and the majority with its minutes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority, Post
from rukhsa.catalogue.territory import territory
from rukhsa.jobs import advance_soon
from rukhsa.review import facts, reach
from rukhsa.review.errors import (
    AlreadyDecided,
    AlreadyVoted,
    ChoiceUnknown,
    InterestWithoutReason,
    MinutesMissing,
    NoMajority,
    NoQuorum,
    NotOfCommittee,
    NotPresent,
    SittingUnfit,
    StepNotOpen,
    VotesMissing,
)
from rukhsa.review.models import Decision
from rukhsa.review.resolve import require_ready, resolve
from rukhsa.review.sittings import Attendance, Minutes, Sitting, Vote, WaitingMatter


@dataclass(frozen=True, kw_only=True)
class Written:
    """The minutes as they are handed in: a text, a stored file, or both."""

    text: str = ""
    digest: str = ""
    media_type: str = ""
    file_name: str = ""


def members(authority: str, committee: str, *, on: date) -> QuerySet[Person]:
    """Who sits in a committee of an authority on a day."""
    posts = Post.objects.in_force(on=on).filter(authority=authority, committee=committee)
    return Person.objects.filter(pk__in=posts.values("person"), is_active=True).order_by("name_en", "pk")


@transaction.atomic
def convene(
    authority: Authority,
    committee: str,
    held_on: date,
    present: Iterable[Person],
    *,
    actor: Actor,
    at: datetime,
) -> Sitting:
    """Record that the committee met, with those members present; a quorum of them is needed.

    Raise `SittingUnfit` for an unknown committee, another authority or a day to come, `NotOfCommittee`, `NoQuorum`.
    """
    actor.require_somewhere(Permission.CONVENE)
    known, is_here = (
        territory().committees.get(committee),
        actor.holds(Permission.CONVENE, at=authority.scope),
    )
    if known is None or not is_here or held_on > timezone.localdate(at):
        raise SittingUnfit
    there = {person.pk: person for person in present}
    if not set(there) <= set(members(authority.pk, committee, on=held_on).values_list("pk", flat=True)):
        raise NotOfCommittee
    if len(there) < known.quorum:
        raise NoQuorum(known.quorum)
    sitting = Sitting.objects.create(
        authority=authority, committee=committee, held_on=held_on, convened_by=actor.person, at=at
    )
    Attendance.objects.bulk_create(Attendance(sitting=sitting, member=person) for person in there.values())
    record("convene-sitting", sitting, actor=actor, at=at, committee=committee, present=len(there))
    return sitting


@transaction.atomic
def vote(
    sitting: Sitting, application: Application, choice: str, reason: str, *, actor: Actor, at: datetime
) -> Vote:
    """One member's vote on one application, given once; the same again changes nothing.

    Raise `NotPresent`, `StepNotOpen` when the application does not wait for this committee, `ChoiceUnknown`,
    `InterestWithoutReason` or `AlreadyVoted`.
    """
    actor.require_somewhere(Permission.VOTE)
    application = reach.lock_for_system(application)
    reason = reason.strip()
    if not actor.holds(Permission.VOTE, at=sitting.committee_scope):
        raise NotPresent
    if not sitting.attendances.filter(member=actor.person).exists():
        raise NotPresent
    _require_sense(choice, reason)
    if present := Vote.objects.filter(sitting=sitting, application=application, member=actor.person).first():
        if (present.choice, present.reason) == (choice, reason):
            return present
        raise AlreadyVoted
    require_before(sitting, application)
    given = Vote.objects.create(
        sitting=sitting, application=application, member=actor.person, choice=choice, reason=reason, at=at
    )
    record("vote", application, actor=actor, at=at, sitting=str(sitting.pk))
    return given


@transaction.atomic
def conclude(
    sitting: Sitting,
    application: Application,
    minutes: Written,
    reasons: str,
    legal_basis: str,
    *,
    actor: Actor,
    at: datetime,
) -> Decision:
    """Write the minutes and the decision of the majority; again gives it back.

    1. The application waits for this committee. 2. There are minutes. 3. Every member present voted or stepped
    out. 4. Those who did not step out are a quorum. 5. More voted one way than the other. 6. A refusal has
    reasons, and a grant comes after its steps. Raise `StepNotOpen`, `MinutesMissing`, `VotesMissing`, `NoQuorum`,
    `NoMajority`, `ReasonsMissing` or `StepsNotDone`; `Sitting.DoesNotExist` out of reach.
    """
    actor.require_somewhere(Permission.CONVENE)
    sitting = Sitting.objects.on_which(actor, Permission.CONVENE).get(pk=sitting.pk)
    application = reach.lock(application, actor, Permission.CONVENE)
    if present := _concluded(sitting, application):
        return present
    require_before(sitting, application)  # 1
    if not (minutes.text.strip() or minutes.digest):  # 2
        raise MinutesMissing
    outcome = majority(sitting, application)  # 3, 4, 5
    require_ready(application, outcome, reasons)  # 6
    _write_minutes(sitting, application, minutes, actor, at)
    decision = resolve(application, outcome, reasons, legal_basis, actor=actor, sitting=sitting, at=at)
    advance_soon(application.pk)
    return decision


def majority(sitting: Sitting, application: Application) -> Decision.Outcome:
    """What more members voted for than against. Raise `VotesMissing`, `NoQuorum` or `NoMajority`."""
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


def require_before(sitting: Sitting, application: Application) -> None:
    """Raise `StepNotOpen` unless the application waits for the committee of this sitting."""
    waiting = WaitingMatter.objects.filter(application=application, application__stage="submitted")
    if not waiting.filter(authority=sitting.authority_id, committee=sitting.committee).exists():
        raise StepNotOpen("decide")


def _concluded(sitting: Sitting, application: Application) -> Decision | None:
    present = facts.standing_decision(application)
    if present and present.sitting_id != sitting.pk:
        raise AlreadyDecided
    return present


def _require_sense(choice: str, reason: str) -> None:
    if choice not in Vote.Choice.values:
        raise ChoiceUnknown
    if choice == Vote.Choice.STEP_OUT and not reason:
        raise InterestWithoutReason


def _write_minutes(
    sitting: Sitting, application: Application, written: Written, actor: Actor, at: datetime
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

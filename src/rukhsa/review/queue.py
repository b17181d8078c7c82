"""What waits for an authority, its committees, the agencies and the inspectors: lists that are drawn from the facts."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import State
from rukhsa.applications.models import Application, Term
from rukhsa.applications.stages import OPEN_STAGES, Stage, Turn
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency, Authority
from rukhsa.authorities.scope import Holder, Scoped, ScopedQuerySet
from rukhsa.mandates.absence import represented_by
from rukhsa.review import deadline, plan
from rukhsa.review.examination import pauses_in
from rukhsa.review.plan import Kind, StepRow

# Sorts after every day that is set, for what has none.
NO_DAY = datetime(3000, 1, 1, tzinfo=UTC)


class Order(models.TextChoices):
    """In which order a queue is shown."""

    URGENT = "urgent"
    OLDEST = "oldest"
    NEWEST = "newest"


_NOT_REMINDED = Q(officer__isnull=False) & (Q(reminded_for=None) | ~Q(reminded_for=models.F("due_at")))


class QueueEntryQuerySet(ScopedQuerySet["QueueEntry"]):
    """Parts of the queue."""

    def on_which(self, actor: Holder, permission: Permission, *also: Permission) -> Self:
        """What is open where the actor holds all of these permissions; what closed a moment ago is left out."""
        here = super().on_which(actor, permission, *also).filter(application__stage__in=OPEN_STAGES)
        return here.filter(_in_offices(actor)) if isinstance(actor, Actor) and actor.offices else here

    def in_hand_of(self, officer: Person, *, at: datetime) -> "QueueEntryQuerySet":
        """What the officer took in hand, and what is in hand of those whose deputy the officer is today."""
        # As one list of officers, by which an index is asked: two conditions with "or" go through all that is open.
        alone = Person.objects.filter(pk=officer.pk).values_list("pk", flat=True)
        return self.filter(officer__in=alone.union(represented_by(officer, at=at)))

    def unassigned(self) -> "QueueEntryQuerySet":
        """What no officer took in hand yet."""
        return self.filter(officer=None)

    def late(self, at: datetime) -> "QueueEntryQuerySet":
        """What had to be done before `at`."""
        return self.filter(due_at__lte=at)

    def to_decide_by(self, officer: Person) -> "QueueEntryQuerySet":
        """What waits for a decision, without what the officer found in order: another person decides that."""
        checked = Application.objects.filter(checks__officer=officer, pk=models.OuterRef("application"))
        waiting = self.filter(turn=Turn.AUTHORITY, step=plan.DECIDE)
        return waiting.exclude(models.Exists(checked))

    def with_applicant(self) -> "QueueEntryQuerySet":
        """What was returned and not answered yet, or is not paid where that comes first."""
        return self.filter(turn=Turn.APPLICANT)

    def due_soon(self, at: datetime) -> "QueueEntryQuerySet":
        """What is with the authority and due by the end of its next working day, and not late yet."""
        return self.filter(deadline.due_soon(at), turn=Turn.AUTHORITY, due_at__gt=at)

    def not_reminded(self) -> "QueueEntryQuerySet":
        """What an officer has in hand who was not reminded of its term."""
        return self.filter(_NOT_REMINDED)

    def for_second_officer(self, officer: Person) -> "QueueEntryQuerySet":
        """What another officer proposed a decision on, which this one may confirm."""
        return self.exclude(proposed_by=None).exclude(proposed_by=officer)

    def in_order(self, order: "Order") -> "QueueEntryQuerySet":
        """Sorted by when it is due, or by when it was submitted."""
        ways = {Order.URGENT: "urgent_at", Order.OLDEST: "submitted_at", Order.NEWEST: "-submitted_at"}
        return self.order_by(ways[order], "-application" if order == Order.NEWEST else "application")

    def after(
        self, order: "Order", moment: datetime, application: uuid.UUID, *, itself: bool = False
    ) -> "QueueEntryQuerySet":
        """What follows an entry in an order, found without counting; `moment` is when it is due or was submitted."""
        field = "urgent_at" if order == Order.URGENT else "submitted_at"
        which = "lt" if order == Order.NEWEST else "gt"
        later = Q(**{f"{field}__{which}": moment}) | Q(**{f"application__{which}{'e' * itself}": application})
        return self.filter(later, **{f"{field}__{which}e": moment})


class QueueEntry(Scoped):
    """Where an open application stands in its authority's queue.

    `refresh` draws it from the facts whenever something happens: it is no fact, and can be drawn again at any time.
    """

    application = models.OneToOneField(
        Application, models.PROTECT, primary_key=True, related_name="queue_entry"
    )
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    officer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    turn = models.CharField(max_length=10, choices=Turn)
    step = models.CharField(max_length=60, blank=True)
    office = models.SlugField(max_length=60, blank=True)  # to which it goes; empty: to any
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField()
    service = models.SlugField(max_length=60, default="")
    urgent_at = models.DateTimeField(default=NO_DAY)  # when it is due, or after everything that is due
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    # Whether its officer and the supervisors were told that it is late; another term begins untold.
    is_told = models.BooleanField(default=False)
    reminded_for = models.DateTimeField(null=True)  # its officer was reminded of this term
    # Who was given it as the next in line, until when: drawn from no fact, and kept when the rest is drawn again.
    held_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    held_until = models.DateTimeField(null=True)

    objects = QueueEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["authority", "submitted_at", "application"], name="queue_all"),
            models.Index(fields=["authority", "officer", "submitted_at", "application"], name="queue_mine"),
            models.Index(fields=["authority", "due_at"], name="queue_late"),
            models.Index(fields=["due_at"], name="queue_late_to_tell", condition=Q(is_told=False)),
            models.Index(fields=["due_at"], name="queue_to_remind_of", condition=_NOT_REMINDED),
            models.Index(fields=["authority", "office", "submitted_at", "application"], name="queue_office"),
            models.Index(fields=["authority", "turn", "submitted_at", "application"], name="queue_turn"),
            models.Index(fields=["authority", "urgent_at", "application"], name="queue_urgent"),
            models.Index(
                fields=["authority", "officer", "urgent_at", "application"], name="queue_mine_urgent"
            ),
            models.Index(
                fields=["authority", "service", "urgent_at", "application"], name="queue_of_service"
            ),
            models.Index(
                fields=["authority", "urgent_at", "application"],
                name="queue_proposed",
                condition=Q(proposed_by__isnull=False),
            ),
            # For officers of several authorities: one walk in the order of submission, and no sorting.
            models.Index(fields=["submitted_at", "application"], name="queue_all_of_several"),
            models.Index(fields=["urgent_at", "application"], name="queue_urgent_of_several"),
            models.Index(fields=["officer", "submitted_at", "application"], name="queue_mine_of_several"),
            models.Index(fields=["turn", "submitted_at", "application"], name="queue_turn_of_several"),
        ]


class WaitingReferral(models.Model):
    """A referral that waits for its agency: the open rows of `Referral`, without its history.

    The page of an agency reads what waits, and not all that it ever answered.
    """

    referral = models.OneToOneField(
        "review.Referral", models.PROTECT, primary_key=True, related_name="waiting"
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    told = models.PositiveSmallIntegerField(default=0)  # 1: that it came; 2: before the term; 3: at it
    # Which of the agency's people took it: drawn from no fact, and kept when the rest is drawn again.
    taken_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["agency", "due_at", "referral"], name="referrals_most_urgent_first"),
            models.Index(fields=["due_at", "referral"], name="referrals_of_several"),
            models.Index(fields=["due_at"], condition=Q(told__lt=3), name="referrals_to_tell_of"),
            models.Index(fields=["agency"], condition=Q(told=0), name="referrals_not_announced"),
        ]


class WaitingInspection(models.Model):
    """A visit that waits for a report: the open rows of `Inspection`, without its history."""

    inspection = models.OneToOneField(
        "review.Inspection", models.PROTECT, primary_key=True, related_name="waiting"
    )
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    is_told = models.BooleanField(default=False)  # that it is late

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="visits_late_to_tell", condition=Q(is_told=False)),
            models.Index(fields=["authority", "due_at", "inspection"], name="visits_most_urgent_first"),
            models.Index(fields=["due_at", "inspection"], name="visits_of_several"),
        ]


class WaitingMatter(Scoped):
    """An application that waits for its committee."""

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


_DRAWN = (
    "authority",
    "submitted_at",
    "officer",
    "turn",
    "step",
    "office",
    "since",
    "due_at",
    "service",
    "urgent_at",
    "proposed_by",
)


def _in_offices(actor: Actor) -> Q:
    """What comes to the offices of the actor's posts, and what the actor has in hand, or an absent officer whose deputy
    the actor is."""
    seen = ~Q(authority__in={authority for authority, _office in actor.offices}) | Q(officer=actor.person)
    seen |= Q(officer__in=represented_by(actor.person, at=timezone.now()))
    for authority, office in actor.offices:
        seen |= Q(authority=authority, office__in=("", office))
    return seen


def refresh(application: Application, at: datetime, known: plan.Facts | None = None) -> None:
    """Draw from the facts where the application stands in the queue of its authority, until it is closed, and in the
    lists of those who are asked about it. Again changes nothing.

    `known` are its facts, where the caller has read them and nothing has happened since.
    """
    if known is None and application.stage == Stage.SUBMITTED:
        known = plan.read(application)
    if plan.may_have_referrals(application):
        _refresh_referrals(application, known)
    if plan.may_have_visits(application):
        _refresh_inspections(application, known)
    planned = plan.steps(application, known) if application.stage == Stage.SUBMITTED else []
    _refresh_matter(application, planned)
    if application.stage not in OPEN_STAGES:
        QueueEntry.objects.filter(application=application).delete()
        return
    # What was submitted has both; the database keeps that promise.
    assert application.authority_id
    assert application.submitted_at
    assignment = application.assignments.order_by("-id").first()
    standing = _standing(application, planned, known, at)
    entry = QueueEntry(
        application=application,
        authority_id=application.authority_id,
        submitted_at=application.submitted_at,
        officer_id=_in_hand(application, assignment.officer_id if assignment else None, known, planned),
        service=application.service_version.service,
        urgent_at=standing["due_at"] or NO_DAY,
        proposed_by_id=_proposer(application, known),
        **standing,
    )
    is_late = entry.due_at is not None and entry.due_at <= at
    drawn = _DRAWN if is_late else (*_DRAWN, "is_told")  # a term to come is told of once it is over
    QueueEntry.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["application"], update_fields=drawn
    )


def _refresh_referrals(application: Application, known: plan.Facts | None) -> None:
    waiting: Iterable[StepRow]
    if known is None:
        waiting = application.referrals.open() if application.stage in OPEN_STAGES else ()
    elif known.rows[Kind.REFER]:
        waiting = (row for row in known.rows[Kind.REFER].values() if row.done_at is None)
    else:
        return  # what was dropped was taken off its list with it
    _refresh_list(
        WaitingReferral.objects.filter(referral__application=application), waiting, application, known
    )


def _refresh_inspections(application: Application, known: plan.Facts | None) -> None:
    waiting: Iterable[StepRow]
    if known is None:
        waiting = application.inspections.open()
    elif known.rows[Kind.INSPECT]:
        waiting = (row for row in known.rows[Kind.INSPECT].values() if row.done_at is None)
    else:
        return
    _refresh_list(
        WaitingInspection.objects.filter(inspection__application=application), waiting, application, known
    )


def _refresh_list(
    listed: models.QuerySet[Any],
    waiting: Iterable[StepRow],
    application: Application,
    known: plan.Facts | None,
) -> None:
    """Delete what is listed and no longer waits, and add what waits and is not listed."""
    before, now = set(listed.values_list("pk", flat=True)), {row.pk: row for row in waiting}
    if gone := before - set(now):
        listed.filter(pk__in=gone).delete()
    if new := [row for pk, row in now.items() if pk not in before]:
        pauses = known.pauses if known else pauses_in(application.steps.order_by("id"))
        listed.model._default_manager.bulk_create([row.queued(pauses) for row in new], ignore_conflicts=True)


def _refresh_matter(application: Application, planned: list[plan.PlannedStep]) -> None:
    turn = plan.find(planned, Kind.DECIDE, plan.DECIDE)
    committee = application.definition.decision.committee
    if not committee and not application.process_version_id:
        return  # it never had one
    listed = WaitingMatter.objects.filter(application=application)
    if not committee or turn is None or not turn.is_open:
        listed.delete()
        return
    defaults = {"authority_id": application.authority_id, "committee": committee, "due_at": turn.due_at}
    WaitingMatter.objects.update_or_create(application=application, defaults=defaults)


def _proposer(application: Application, known: plan.Facts | None) -> uuid.UUID | None:
    """The first of two officers, while a proposal waits for the second."""
    if known is None or known.submission is None or application.definition.decision.decide != "two officers":
        return None
    waiting = application.proposals.filter(state=State.PROPOSED, submission=known.submission)
    return waiting.values_list("proposed_by", flat=True).first()


def _in_hand(
    application: Application,
    officer: uuid.UUID | None,
    known: plan.Facts | None,
    planned: list[plan.PlannedStep],
) -> uuid.UUID | None:
    """Who has it in hand: no longer the officer who checked it once another must decide, so that others see it."""
    opened = [step for step in planned if step.is_open]
    if known is None or not opened or any(step.kind is not Kind.DECIDE for step in opened):
        return officer
    step = application.definition.decision
    if step.decide != "officer" or step.one_hand_because:
        return officer
    checkers = {getattr(row, "officer_id", None) for row in known.rows[Kind.CHECK].values()}
    return None if officer in checkers else officer


def _standing(
    application: Application, planned: list[plan.PlannedStep], known: plan.Facts | None, at: datetime
) -> dict[str, Any]:
    first_office = plan.office_of(application.definition, application.definition.steps[0])
    if application.stage == Stage.RETURNED:
        returned = application.steps.order_by("-id").first()
        since = returned.at if returned else at
        return {"turn": Turn.APPLICANT, "step": "", "office": first_office, "since": since, "due_at": None}
    if known and known.submission and known.begun_at is None:  # what is paid first is not paid yet
        since = known.submission.at
        return {"turn": Turn.APPLICANT, "step": "", "office": first_office, "since": since, "due_at": None}
    opened = [step for step in planned if step.is_open]
    if not opened:
        return {"turn": Turn.AUTHORITY, "step": "", "office": first_office, "since": at, "due_at": None}
    if all(step.kind is Kind.DECIDE for step in opened) and (paying := _paying_since(application)):
        office = plan.office_of(application.definition, opened[0].defined)
        return {"turn": Turn.APPLICANT, "step": "", "office": office, "since": paying, "due_at": None}
    # Of steps side by side the authority's own comes first: that one an officer can do something about.
    first = min(opened, key=lambda step: _in_queue(step.turn) != Turn.AUTHORITY)
    return {
        "turn": _in_queue(first.turn),
        "step": first.id,
        "office": plan.office_of(application.definition, first.defined),
        "since": first.opened_at or at,
        "due_at": min((step.due_at for step in opened if step.due_at), default=None),
    }


def _paying_since(application: Application) -> datetime | None:
    """Since when the applicant is to pay what fell due by a visit; None where nothing is owed."""
    if not any(charge.due == "after inspection" for charge in application.definition.charges):
        return None
    paying = Term.objects.filter(application=application, kind=Term.Kind.PAY)
    return paying.values_list("since", flat=True).first()


def _in_queue(turn: Turn) -> Turn:
    """In the queue, what a rule decides counts as the authority's turn."""
    return Turn.AUTHORITY if turn is Turn.SYSTEM else turn

"""Referrals: questions put to agencies, and their opinions."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.application import lock
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application
from rukhsa.applications.stages import OPEN_STAGES
from rukhsa.applications.taken import Taken
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency
from rukhsa.authorities.scope import Scoped
from rukhsa.catalogue.shape import Span
from rukhsa.catalogue.steps import ReferStep
from rukhsa.jobs import advance_soon
from rukhsa.review import condition, opinion_file, participant, plan, queue, recording
from rukhsa.review.deadline import Pause, deadline
from rukhsa.review.errors import Closed, ReviewError, StepNotOpen
from rukhsa.review.plan import Kind
from rukhsa.review.queue import WaitingReferral
from rukhsa.values.names import Text


class AnswerUnknown(ReviewError):
    """An opinion that is none of the answers."""

    code = "answer-unknown"
    text = _("Choose whether your agency objects.")


class ObjectionWithoutReason(ReviewError):
    """An objection that does not say why."""

    code = "objection-without-reason"
    text = _("Enter why your agency objects, so that the officer and applicant can act on it.")


class TakenByAnother(ReviewError):
    """Another of the agency's people took the question, so that two do not answer it."""

    code = "taken-by-another"
    text = _("One of your colleagues has taken this question. Take it over first.")


class AlreadyAnswered(ReviewError):
    """The referral was answered otherwise before."""

    code = "already-answered"
    text = _("This question was already answered.")


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Which referrals an actor may answer, and which are open."""

    def on_which(self, actor: Actor, permission: Permission, *also: Permission) -> "ReferralQuerySet":
        """What the agencies were asked in which the actor holds all of these permissions."""
        return self.filter(agency__in=actor.agencies_where(permission, *also))

    def open(self) -> "ReferralQuerySet":
        """Those without an opinion whose application still wants one."""
        wanted = self.filter(opinion=None, dropped=None, silence=None, application__stage__in=OPEN_STAGES)
        return wanted.select_related("more_time")

    def standing(self) -> "ReferralQuerySet":
        """Those that were not dropped and that no newer question replaced, with what ended them."""
        kept = self.filter(Q(silence=None) | Q(silence__act="go-on"), dropped=None, asked_again=None)
        return kept.select_related("opinion", "silence", "more_time")

    def with_documents(self) -> "ReferralQuerySet":
        """With the documents that the agency is shown, in `seen` and `shown_documents`."""
        newest = (
            DocumentChoice.objects.filter(referral=OuterRef("pk")).order_by("-id").values("documents")[:1]
        )
        return self.annotate(seen=Coalesce(Subquery(newest), F("documents")))


class Referral(Scoped):
    """A question put to an agency, about what belongs to an authority: the people of the agency answer it, as
    `on_which` has it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="referrals", db_index=False)
    step = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField(default=1)  # a step that was dropped may come back
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    question_ar = models.TextField(blank=True)
    question_en = models.TextField(blank=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    documents = ArrayField(
        models.CharField(max_length=60), null=True
    )  # shown to the agency; None is all of them
    # Where an officer added the question: why, and how many working days the agency has.
    added_because = models.TextField(blank=True, default="", db_default="")
    days = models.PositiveSmallIntegerField(null=True)

    authority_path = "application__authority"
    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "step", "number"], name="step_referred_once"),
            models.CheckConstraint(
                condition=Q(added_because="", days=None) | (~Q(added_because="") & Q(days__gte=1)),
                name="an_added_question_says_why",
            ),
        ]

    @property
    def question(self) -> Text:
        """What the agency was asked."""
        return Text(ar=self.question_ar, en=self.question_en)

    @property
    def begun_at(self) -> datetime:
        """When the agency was asked."""
        return self.asked_at

    @property
    def added(self) -> ReferStep | None:
        """The step, where an officer added the question to those of the definition."""
        if self.days is None:
            return None
        return ReferStep(refer=self.step, ask=self.question, within=Span(count=self.days, unit="working day"))

    @property
    def shown_documents(self) -> list[str] | None:
        """The ids of the documents that the agency is shown, read by `with_documents`; None is all of them."""
        seen: list[str] | None = self.__dict__["seen"]
        return seen

    @property
    def done_at(self) -> datetime | None:
        """When the agency answered, or a supervisor went on without its answer."""
        if opinion := given(self):
            return opinion.at
        silence = getattr(self, "silence", None)
        return silence.at if silence and silence.act == "go-on" else None

    @property
    def is_replaced(self) -> bool:
        """Whether it was dropped, or a newer question took its place."""
        silence = getattr(self, "silence", None)
        is_asked_again = hasattr(self, "asked_again") or (silence is not None and silence.act != "go-on")
        return is_asked_again or hasattr(self, "dropped")

    @property
    def term(self) -> datetime:
        """When its answer is due: the day that the agency was given, or the later one for which it asked."""
        more_time = getattr(self, "more_time", None)
        return more_time.due_at if more_time else self.due_at

    def due_by(self, pauses: Sequence[Pause]) -> datetime:
        """Its deadline: an agency answers while the applicant mends something else."""
        return self.term

    def queued(self, pauses: Sequence[Pause]) -> WaitingReferral:
        """Its row in the list of the agency."""
        return WaitingReferral(referral=self, agency_id=self.agency_id, due_at=self.term)


class DocumentChoice(models.Model):
    """Which documents of the application an officer lets the agency see. The newest choice counts."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="document_choices")
    documents = ArrayField(models.CharField(max_length=60))
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Opinion(models.Model):
    """An agency's answer."""

    class Answer(models.TextChoices):
        NO_OBJECTION = "no-objection"
        CONDITIONS = "conditions"  # no objection if the licence has these conditions
        OBJECTION = "objection"

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="opinion")
    answer = models.CharField(max_length=20, choices=Answer)
    text = models.TextField(blank=True)
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="opinions_newest_last")]


def ask_due(application: Application, planned: list[plan.PlannedStep], at: datetime) -> list[Referral]:
    """Ask every agency whose turn has come and that was not asked yet; again changes nothing.

    For a locked application, by its plan as it is now; the caller refreshes the queue.
    """
    due = [step for step in planned if step.is_open and step.kind is Kind.REFER]
    return [_ask(application, step, actor=None, at=at) for step in due if step.row is None]


@transaction.atomic
def refer(application: Application, step: str, *, actor: Actor | None, at: datetime) -> Referral:
    """Ask the agency of one step; asking again changes nothing. Raises StepNotOpen before its turn."""
    application = (
        participant.lock_for(application, actor, Permission.REFER, at=at) if actor else lock(application)
    )
    known = plan.read(application)
    planned = plan.find(plan.steps(application, known), Kind.REFER, step)
    if planned and isinstance(planned.row, Referral):
        return planned.row
    if planned is None or not planned.is_open:
        raise StepNotOpen(step)
    asked = _ask(application, planned, actor=actor, at=at)
    queue.refresh(application, at, known.with_row(Kind.REFER, asked))
    advance_soon(application.pk)
    return asked


@transaction.atomic
def answer(
    referral: Referral,
    answer: str,
    text: str,
    records: Mapping[str, Any] | None = None,
    *,
    conditions: Sequence[Text] = (),
    files: Sequence[Taken] = (),
    key: str = "",
    actor: Actor,
    at: datetime,
) -> Opinion:
    """Give the opinion of an agency, once, as one of its own people; the same again changes nothing.

    `records` answer what the step records; an objection needs none. `key` is of the system that sent it. Raises as the
    checks that it calls, DoesNotExist, AlreadyAnswered, RecordsIncomplete and TooManyFiles.
    """
    actor.require_somewhere(Permission.ANSWER_REFERRAL)
    referral = Referral.objects.on_which(actor, Permission.ANSWER_REFERRAL).get(pk=referral.pk)
    application = lock(referral.application)
    require_no_interest(application, actor.person)
    _require_complete(answer, text := text.strip(), conditions)
    if present := given(referral):
        if (present.answer, present.text) == (answer, text):
            return present
        raise AlreadyAnswered
    has_draft = require_open(referral, actor)
    opinion = Opinion.objects.create(referral=referral, answer=answer, text=text, officer=actor.person, at=at)
    condition.keep(opinion.pk, conditions)
    opinion_file.keep(opinion.pk, files)
    if has_draft:
        referral.draft.delete()
    if answer != Opinion.Answer.OBJECTION or any((records or {}).values()):
        step = step_of(application, referral)
        assert step is not None  # what is open is a step
        recording.keep(application, step, referral.step, records or {}, actor=actor, at=at)
    _record_answer(referral, answer, key, actor, at)
    queue.refresh(application, at)
    advance_soon(application.pk)
    return opinion


def _record_answer(referral: Referral, answer: str, key: str, actor: Actor, at: datetime) -> None:
    by_system = {"key": key} if key else {}
    act = "answer-by-system" if key else "answer-referral"
    record(act, referral, actor=actor, at=at, answer=answer, **by_system)


def require_open(referral: Referral, actor: Actor) -> bool:
    """Whether a draft of the answer was kept. Raises Closed, TakenByAnother."""
    waiting = Referral.objects.open().filter(pk=referral.pk).values("waiting__taken_by", "draft").first()
    if waiting is None:
        raise Closed
    if waiting["waiting__taken_by"] not in {None, actor.person.pk}:
        raise TakenByAnother
    return waiting["draft"] is not None


def _require_complete(answer: str, text: str, conditions: Sequence[Text]) -> None:
    """Raise AnswerUnknown, ObjectionWithoutReason, ConditionsMissing, ConditionUnfit."""
    if answer not in Opinion.Answer.values:
        raise AnswerUnknown
    if answer == Opinion.Answer.OBJECTION and not text:
        raise ObjectionWithoutReason
    condition.require_fit(conditions, wanted=answer == Opinion.Answer.CONDITIONS)


def step_of(application: Application, referral: Referral) -> ReferStep | None:
    """The step by which the agency was asked: of the definition, or one that an officer added; None where the process
    no longer has it."""
    if referral.added:
        return referral.added
    steps = (step for step in application.definition.steps if isinstance(step, ReferStep))
    return next((step for step in steps if step.refer == referral.step), None)


def given(referral: Referral) -> Opinion | None:
    """The opinion, once there is one."""
    try:
        return referral.opinion
    except ObjectDoesNotExist:
        return None


def renew(
    application: Application, asked: Referral, whom: Agency, due_at: datetime, *, actor: Actor, at: datetime
) -> Referral:
    """The same question with the same documents again, of a locked application, to the same agency or to another."""
    again = Referral.objects.create(
        application=application,
        step=asked.step,
        number=1 + Referral.objects.filter(application=application, step=asked.step).count(),
        agency=whom,
        question_ar=asked.question_ar,
        question_en=asked.question_en,
        asked_by=actor.person,
        asked_at=at,
        due_at=due_at,
        documents=Referral.objects.with_documents().get(pk=asked.pk).shown_documents,
        added_because=asked.added_because,
        days=asked.days,
    )
    record("refer", again, actor=actor, at=at, agency=whom.pk)
    return again


@transaction.atomic
def take(referral: Referral, *, instead_of: str = "", actor: Actor, at: datetime) -> WaitingReferral:
    """Take a question, so that no colleague answers it too; from a colleague whose id is `instead_of`.

    Raises WaitingReferral.DoesNotExist out of reach or when it is closed, TakenByAnother, OwnInterest.
    """
    row = _locked(referral, actor)
    if row.taken_by_id not in {None, actor.person.pk} and str(row.taken_by_id) != instead_of:
        raise TakenByAnother
    require_no_interest(row.referral.application, actor.person)
    return _give(row, actor.person, actor=actor, at=at)


@transaction.atomic
def give_back(referral: Referral, *, actor: Actor, at: datetime) -> WaitingReferral:
    """Give back a question that the actor took. Raises WaitingReferral.DoesNotExist, TakenByAnother."""
    row = _locked(referral, actor)
    if row.taken_by_id not in {None, actor.person.pk}:
        raise TakenByAnother
    return _give(row, None, actor=actor, at=at)


def _locked(referral: Referral, actor: Actor) -> WaitingReferral:
    """The row of an open question to one of the actor's agencies, locked."""
    agencies = actor.agencies_where(Permission.ANSWER_REFERRAL)
    rows = WaitingReferral.objects.select_for_update(of=("self",)).filter(agency__in=agencies)
    return rows.get(referral=referral.pk, referral__application__stage__in=OPEN_STAGES)


def _give(row: WaitingReferral, person: Person | None, *, actor: Actor, at: datetime) -> WaitingReferral:
    row.taken_by = person
    row.save(update_fields=["taken_by"])
    record("take-referral" if person else "give-back-referral", row.referral, actor=actor, at=at)
    return row


def _ask(application: Application, step: plan.PlannedStep, *, actor: Actor | None, at: datetime) -> Referral:
    defined = step.defined
    assert isinstance(defined, ReferStep)
    referral = Referral.objects.create(
        application=application,
        step=step.id,
        number=1 + Referral.objects.filter(application=application, step=step.id).count(),
        agency_id=defined.refer,
        question_ar=defined.ask.ar,
        question_en=defined.ask.en,
        asked_by=actor.person if actor else None,
        asked_at=at,
        due_at=deadline(defined.within, after=at, authority=application.authority_id),
        documents=list(defined.documents) or None,
    )
    record("refer", referral, actor=actor, at=at, agency=defined.refer)
    return referral

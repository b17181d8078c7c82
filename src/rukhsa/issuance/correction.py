"""Corrections: a clerical error on an issued document is put right by two people, in a new version of it.

The answers are corrected for the document alone: the application stays as it was submitted.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from rukhsa import agreement
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import State
from rukhsa.applications import competence
from rukhsa.applications.answers import Problem, read_some
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import ScopedQuerySet
from rukhsa.catalogue.definition import asked
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.reason import Reason
from rukhsa.issuance.amendment import Amended, amended, issue
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.instrument import Instrument, Status, application_of, lock_to_change, matter_of
from rukhsa.issuance.instrument_proposal import InstrumentProposal, propose
from rukhsa.issuance.intent import Intent
from rukhsa.jobs import advance_soon
from rukhsa.mandates.mandate import Act, Mandate
from rukhsa.payments import tariff
from rukhsa.payments.models import Charge


class NotCorrectable(IssuanceError):
    """Only the newest version of an original that stands is corrected."""

    code = "not-correctable"


class NothingCorrected(IssuanceError):
    """The document would say the same as before."""

    code = "nothing-corrected"


class MoreThanClerical(IssuanceError):
    """Another fee would be due, or another place be taken: that is a new application."""

    code = "more-than-clerical"


class WrongAnswers(IssuanceError):
    """An answer cannot be as it was typed; `problems` says which, and why."""

    code = "wrong-answers"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(each.about for each in self.problems))


class CorrectionProposal(InstrumentProposal):
    """What one person asks to put right in a document: the answers that change, with reasons for the holder."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="corrections")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")  # of who approved

    authority_path = "application__authority"
    objects = ScopedQuerySet["CorrectionProposal"].as_manager()

    class Meta(InstrumentProposal.Meta):
        constraints = [
            *InstrumentProposal.Meta.constraints,
            models.UniqueConstraint(
                fields=["instrument"],
                condition=Q(state__in=["proposed", "approved"]),
                name="one_correction_a_version",
            ),
        ]
        indexes = [
            models.Index(fields=["application"], name="corrections_of_application"),
            models.Index(fields=["proposed_at"], condition=Q(state="proposed"), name="corrections_to_decide"),
        ]

    @property
    def origin(self) -> str:
        """What the new version is issued for."""
        return f"correction:{self.pk}"


def correctable(instrument: Instrument) -> list[Question]:
    """The questions whose answers can be corrected, in the order in which they were asked."""
    application = application_of(instrument)
    definition, answers = application.definition, answers_of(instrument)
    questions = [*asked(definition, answers), *definition.recorded]
    return [each for each in questions if each.is_correctable and each.id in answers]


def answers_of(instrument: Instrument) -> dict[str, Any]:
    """The answers from which a version was issued: those of its application, as corrected before it."""
    application = application_of(instrument)
    before = CorrectionProposal.objects.filter(
        application=application, state=State.APPROVED, instrument__intent__version__lt=instrument.version
    )
    answers: dict[str, Any] = dict(application.answers)
    for each in before.order_by("instrument__intent__version"):
        answers |= each.answers
    return answers


def compared(instrument: Instrument, typed: Mapping[str, Any], *, at: datetime) -> Amended:
    """What the new version would say; nothing is stored.

    1. It is the newest version of an original, and stands. 2. Each answer can be read. 3. The fee and the place stay
    the same. 4. Something changes. Raises NotCorrectable, WrongAnswers, MoreThanClerical, NothingCorrected.
    """
    _require_correctable(instrument)  # 1
    application, before = application_of(instrument), answers_of(instrument)
    changed = _changed(instrument, typed, before)  # 2
    if _bound(application, before, at) != _bound(application, before | changed, at):  # 3
        raise MoreThanClerical
    found = amended(instrument, application, before | changed, changed, at=at)
    if application.definition.instrument.clashes and found.moves_days:  # 3
        raise MoreThanClerical
    if not found.says_otherwise:  # 4
        raise NothingCorrected
    return found


@transaction.atomic
def propose_correction(
    instrument: Instrument,
    typed: Mapping[str, Any],
    note: str,
    *,
    coded: Sequence[Reason] = (),
    actor: Actor,
    at: datetime,
) -> CorrectionProposal:
    """Propose to put answers right. The document stays as it is until a second person approves.

    Raises NotPermitted, NoSuchInstrument, AlreadyRevoked, OwnInterest, ReasonMissing, UnderWay, and as `compared`.
    """
    instrument = lock_to_change(instrument, actor, Permission.SUSPEND)
    answers = compared(instrument, typed, at=at).changed
    proposal = CorrectionProposal(
        instrument=instrument, application=application_of(instrument), answers=answers
    )
    return propose(proposal, note, coded=coded, actor=actor, at=at)


@transaction.atomic
def approve_correction(proposal: CorrectionProposal, *, actor: Actor, at: datetime) -> CorrectionProposal:
    """Approve it as a second person whose mandate allows corrections; the worker issues the new version.

    Raises NotPermitted, ProposedByYourself, NotToBeDecided, OutsideMandate, NotCorrectable, OwnInterest.
    """
    proposed = agreement.lock_as_second(proposal, permission=Permission.REVOKE, actor=actor)
    _require_correctable(lock_to_change(proposed.instrument, actor, Permission.REVOKE))
    proposed.mandate = competence.require(actor, Act.CORRECT, matter_of(proposed.instrument), at=at)
    agreement.close(proposed, State.APPROVED, actor=actor, at=at)
    advance_soon(proposed.application_id)
    return proposed


def refuse_correction(
    proposal: CorrectionProposal, reason: str, *, actor: Actor, at: datetime
) -> CorrectionProposal:
    """Refuse it with a reason, or withdraw it as its proposer. Raises NotPermitted, ReasonMissing, NotToBeDecided."""
    return agreement.refuse(proposal, reason, permission=Permission.REVOKE, actor=actor, at=at)


def carry_out(application: Application, *, at: datetime) -> list[tuple[CorrectionProposal, Instrument]]:
    """Issue the new version of each approved correction of an application, once, in their order."""
    approved = CorrectionProposal.objects.filter(application=application, state=State.APPROVED)
    issued = []
    for each in approved.select_related("instrument__intent").order_by("decided_at"):
        answers = answers_of(each.instrument) | each.answers
        issued.append((each, issue(each.instrument, application, answers, origin=each.origin, at=at)))
    return issued


def waiting_correction(instrument: Instrument) -> CorrectionProposal | None:
    """The proposal that waits for a second person, or for the worker to issue it."""
    waiting = instrument.corrections.filter(state__in=[State.PROPOSED, State.APPROVED])
    return waiting.select_related("proposed_by", "decided_by").first()


def correction_behind(instrument: Instrument) -> CorrectionProposal | None:
    """The correction by which a version was issued, where it was."""
    kind, _, key = instrument.intent.origin.partition(":")
    if kind != "correction":
        return None
    return CorrectionProposal.objects.select_related("proposed_by", "decided_by").get(pk=key)


def _require_correctable(instrument: Instrument) -> None:
    newer = Intent.objects.filter(number=instrument.number, version__gt=instrument.version)
    is_copy = instrument.intent.copies_id is not None
    if is_copy or instrument.standing is not Status.VALID or newer.exists():
        raise NotCorrectable(instrument.number)


def _changed(instrument: Instrument, typed: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that differ from those before, read as on the day of the submission."""
    application = application_of(instrument)
    questions = [each for each in correctable(instrument) if each.id in typed]
    on = application.submitted_at or timezone.now()
    reading = read_some(questions, typed, before, at=on)
    if reading.problems:
        raise WrongAnswers(reading.problems)
    return {
        each.id: reading.values[each.id]
        for each in questions
        if each.id in reading.values and reading.values[each.id] != before.get(each.id)
    }


def _bound(application: Application, answers: dict[str, Any], at: datetime) -> tuple[object, ...]:
    """What a correction may not touch: what the application costs at each moment."""
    meant = copy(application)
    meant.answers = answers
    prices = [tariff.foreseen(meant, due, at=at) for due in Charge.Due.values]
    return tuple((each.rule.id, each.money) for moment in prices for each in moment)

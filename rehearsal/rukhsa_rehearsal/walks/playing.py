"""Plays many walks through the real rooms: apply, review, decide, pay, issue, visit, release."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from rukhsa import applying, journey
from rukhsa.applications import attachment, draft
from rukhsa.applications.application import DRAFT_LASTS, DraftExpired
from rukhsa.applications.models import Application, Term
from rukhsa.applications.renewal import renewed_by
from rukhsa.applications.stages import Stage, Turn
from rukhsa.applications.submission import NotComplete
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.definition import asked, effective_answers, wanted
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.questions.decision import DecisionQuestion
from rukhsa.catalogue.questions.instrument import InstrumentQuestion
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.steps import Step, recorded_by
from rukhsa.difference.answering import answers_along, typed_to
from rukhsa.difference.paths import Path, Paths
from rukhsa.issuance.cycle import issue_together
from rukhsa.issuance.grant import grants_of
from rukhsa.issuance.models import Instrument
from rukhsa.payments import tariff
from rukhsa.payments.collection import Addresses, collect
from rukhsa.payments.models import Charge
from rukhsa.payments.outcome import settle
from rukhsa.places.models import Block
from rukhsa.review import check, finding, inspection, referral
from rukhsa.review.inspection import Inspection
from rukhsa.review.plan import Kind, PlannedStep
from rukhsa.review.plan import steps as plan_steps
from rukhsa.review.referral import Referral
from rukhsa_rehearsal.walks import counter, deciding
from rukhsa_rehearsal.walks.people import People, agree, applicant, represent_as_answered
from rukhsa_rehearsal.walks.supplies import file_for, survey
from rukhsa_rehearsal.walks.walk import (
    ENDS_WITHOUT_INSTRUMENT,
    NEVER_SUBMITTED,
    End,
    Script,
    Walk,
    WalkFailed,
)

BEFORE_DECISION = (Charge.Due.AT_SUBMISSION, Charge.Due.AFTER_INSPECTION)
ROUNDS = 40  # more turns than any review has
HOUR = timedelta(hours=1)
NOWHERE = Addresses(notification="https://walk.invalid/told", browser="https://walk.invalid/back")
FINDING = "يُرجى مراجعة هذا الجواب."
REPLY = "هذا هو الجواب الصحيح."


Tell = Callable[[str, int, int], None]
"""Reports progress: what is being done, how many are done, and how many there are."""


def silent(what: str, done: int, of: int) -> None:
    """Report no progress."""


class Playing:
    """Plays walks, at a time that only moves forward.

    Needs a loaded territory, published services, keys and a trust list: see `tour.open_world`.
    """

    def __init__(self, people: People, *, at: datetime, tell: Tell) -> None:
        self.people = people
        self.at = at
        self.tell = tell
        self._next = 0
        first = Block.objects.order_by("authority", "number").distinct("authority")
        # Where people apply: a block of each authority, or the only authority if there are no blocks.
        self.places = list(first.values_list("number", "authority")) or [
            (0, Authority.objects.order_by("ordinal")[0].code)
        ]
        self._spare: dict[tuple[str, int, UUID], Walk] = {}

    def plan(
        self, version: ServiceVersion, path: Path, script: Script = Script.STRAIGHT, *, turn: int = 0
    ) -> Walk:
        """Plan a walk; `turn` chooses the applicant and the place."""
        kinds = version.definition.applicants
        block, _ = self.places[turn % len(self.places)]
        number = self._number()
        # A quota counts a person's applications: with a quota, each applicant applies once.
        comes_again = script in ENDS_WITHOUT_INSTRUMENT and version.definition.quota is None
        whose = 0 if comes_again else number + 1
        return Walk(
            version=version,
            path=path,
            script=script,
            applicant=applicant(kinds[turn % len(kinds)], whose, at=self.at),
            setting=Setting(number=number, on=timezone.localdate(self.at), block=block),
        )

    def play(self, walks: Sequence[Walk]) -> None:
        """Play walks to their ends, after those of the earlier instruments that they name.

        Raises WalkFailed.
        """
        self._bring_parents(walks)
        for walk in self._counted("applied", walks):
            self._apply(walk)
        self._review([walk for walk in walks if walk.end is None])
        self._issue([walk for walk in walks if walk.end is None])

    def _counted(self, what: str, walks: Sequence[Walk]) -> Iterator[Walk]:
        for done, walk in enumerate(walks, 1):
            yield walk
            self.tell(what, done, len(walks))

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _bring_parents(self, walks: Sequence[Walk]) -> None:
        """Play what the walks name: earlier instruments of the applicant's own, and decisions."""
        needed = [
            (walk, question.id, self._parent(walk, question)) for walk in walks for question in _earlier(walk)
        ]
        if waiting := {id(parent): parent for _, _, parent in needed if parent.end is None}:
            self.play(list(waiting.values()))
        for walk, question, parent in needed:
            walk.setting = replace(
                walk.setting, parents={**walk.setting.parents, question: _number_of(parent)}
            )

    def _parent(self, walk: Walk, question: InstrumentQuestion | DecisionQuestion) -> Walk:
        """The walk of the earlier instrument, shared by all walks that leave it unchanged."""
        version = self._earlier_service(walk, question)
        whose = (version.service, walk.setting.block, walk.applicant.person.pk)
        is_shared = walk.script in _sharing(walk, question)
        if is_shared and whose in self._spare:
            return self._spare[whose]
        script = Script.REFUSED if isinstance(question, DecisionQuestion) else Script.STRAIGHT
        parent = self.plan(version, Paths(version.definition).straight, script)
        parent.applicant = walk.applicant
        parent.setting = replace(parent.setting, block=walk.setting.block)
        if is_shared:
            self._spare[whose] = parent
        return parent

    def _earlier_service(self, walk: Walk, question: InstrumentQuestion | DecisionQuestion) -> ServiceVersion:
        current = ServiceVersion.objects.current()
        if isinstance(question, DecisionQuestion):
            return next(
                each for each in current if question.takes(each.service) and _is_refused_by_officer(each)
            )
        chosen = walk.path.answers.get(question.id)
        service = chosen or question.services[walk.setting.number % len(question.services)]
        return current.get(service=service)

    def _apply(self, walk: Walk) -> None:
        definition = walk.version.definition
        # Days passed while the earlier instruments were issued.
        walk.setting = replace(walk.setting, on=timezone.localdate(self.at))
        survey(definition, walk.path.answers, walk.setting, at=self.at)
        typed = answers_along(definition, walk.path.answers, walk.setting)
        application = draft.start(walk.version, actor=walk.applicant, language="ar", at=self.at)
        walk.application = draft.save(application, typed, actor=walk.applicant, at=self.at)
        represent_as_answered(walk.application)
        match walk.script:
            case Script.WITHDRAWN_AS_DRAFT:
                self._withdraw(walk, self.at)
            case Script.FORGOTTEN:
                self._forget(walk)
            case _:
                self._attach(walk)
                self._submit(walk, self.at)

    def _attach(self, walk: Walk) -> None:
        application, actor = walk.begun, walk.applicant
        for document in wanted(walk.version.definition, application.answers):
            if not document.optional or walk.setting.number % 2:
                attachment.attach(application, document.id, file_for(document), actor=actor, at=self.at)

    def _submit(self, walk: Walk, at: datetime) -> None:
        noted = finding.Finding.objects.open().filter(application=walk.begun)
        agree(walk.begun, walk.applicant, at=at)
        try:
            replies = {each.pk: REPLY for each in noted}
            applying.submit(walk.begun, actor=walk.applicant, at=at, replies=replies)
        except NotComplete as refused:
            if not Paths(walk.version.definition).is_eligible(walk.path):
                walk.end = End.BARRED
                return
            told = "; ".join(f"{each.about}: {each.code}" for each in refused.problems)
            raise WalkFailed(walk, f"it cannot be submitted: {told}") from refused

    def _withdraw(self, walk: Walk, at: datetime) -> None:
        applying.withdraw(walk.begun, actor=walk.applicant, at=at)
        journey.advance(walk.begun.pk, at=at)
        walk.end = End.WITHDRAWN

    def _forget(self, walk: Walk) -> None:
        try:
            applying.submit(walk.begun, actor=walk.applicant, at=self.at + DRAFT_LASTS + HOUR)
        except DraftExpired:
            walk.end = End.EXPIRED
        else:
            raise WalkFailed(walk, "a draft that was forgotten could be submitted")

    def _review(self, walks: Sequence[Walk]) -> None:
        """Play from the submission to the decision, and pay what is due before it.

        All walks take a turn in the same hour, so that what is issued on the way is logged in the order of time.
        """
        at, left, done = self.at, list(walks), 0
        for number in range(ROUNDS):
            at += HOUR
            turning, left = left, []
            for walk in turning:
                if self._is_through(walk, number, at):
                    done += 1
                    self.tell("reviewed", done, len(walks))
                else:
                    left.append(walk)
        for walk in left:
            self._look(walk, at)

    def _is_through(self, walk: Walk, number: int, at: datetime) -> bool:
        """Do what is due and open; return whether nothing is left to do before the issue."""
        journey.advance(walk.begun.pk, at=at)
        walk.application = _fresh(walk)
        if walk.application.stage == Stage.SUBMITTED:
            if self._pay_standing(walk, at):
                return False
            if number == 0 and self._turn_back(walk, at):
                return walk.end is not None
            if not self._act(walk, at):
                return False
        self._look(walk, at)
        return True

    def _look(self, walk: Walk, at: datetime) -> None:
        walk.application = _fresh(walk)
        if walk.application.stage == Stage.REFUSED:
            walk.end = End.REFUSED
        elif walk.application.stage != Stage.GRANTED:
            raise WalkFailed(walk, f"it stays {walk.application.stage}")
        elif walk.script is Script.UNPAID:
            self._leave(walk, at)

    def _leave(self, walk: Walk, at: datetime) -> None:
        """Do nothing until the deadline has passed."""
        journey.advance(walk.begun.pk, at=at)
        term = Term.objects.filter(application=walk.begun).first()
        if term is None:
            raise WalkFailed(walk, "nothing is waited for")
        journey.advance(walk.begun.pk, at=term.ends_at)
        if _fresh(walk).stage != Stage.LAPSED:
            raise WalkFailed(walk, "its time is over, and it did not end")
        walk.end = End.EXPIRED

    def _turn_back(self, walk: Walk, at: datetime) -> bool:
        """Do what the script does before the examination; return whether it did something."""
        if walk.script is Script.WITHDRAWN_UNDER_REVIEW:
            self._withdraw(walk, at)
        elif walk.script in (Script.RETURNED, Script.WITHDRAWN_WHEN_RETURNED, Script.UNANSWERED):
            about = walk.version.definition.questions[0].id
            finding.return_to_applicant(walk.begun, [(about, FINDING)], actor=self.people.officer, at=at)
            journey.advance(walk.begun.pk, at=at)
            if walk.script is Script.RETURNED:
                self._submit(walk, at)
            elif walk.script is Script.UNANSWERED:
                self._leave(walk, at)
            else:
                self._withdraw(walk, at)
        else:
            return False
        return True

    def _act(self, walk: Walk, at: datetime) -> bool:
        """Do every open step; return whether the application is decided."""
        opened = [step for step in plan_steps(walk.begun) if step.is_open]
        if not opened:
            raise WalkFailed(walk, "nothing is open, and nobody has decided")
        for step in opened:
            self._do(walk, step, at)
            if recorded_by(step.defined):
                walk.application = _fresh(walk)
        return any(step.kind is Kind.DECIDE for step in opened)

    def _do(self, walk: Walk, step: PlannedStep, at: datetime) -> None:
        records = self._recorded(walk, step.defined)
        match step.kind, step.row:
            case Kind.CHECK, _:
                check.check(walk.begun, step.id, records, actor=self.people.officer, at=at)
            case Kind.REFER, Referral() as asked_of:
                referral.answer(asked_of, "no-objection", "", records, actor=self.people.agency, at=at)
            case Kind.INSPECT, Inspection() as visit:
                self._visit(visit, at, records)
            case Kind.DECIDE, _ if step.turn is not Turn.SYSTEM:
                deciding.decide(walk, self.people, at=at)
            case _:
                raise WalkFailed(walk, f"nobody does the step {step.kind}:{step.id}")

    def _recorded(self, walk: Walk, step: Step) -> dict[str, Any]:
        """What the step's actor records with it, along the path."""
        questions = recorded_by(step)
        given = effective_answers(walk.begun.definition, walk.begun.answers) if questions else {}
        return typed_to(questions, given, walk.path.answers, walk.setting)

    def _visit(self, visit: Inspection, at: datetime, records: Mapping[str, Any] | None = None) -> None:
        points = {point["id"]: True for point in visit.checklist}
        inspection.report(visit, True, points, "", [], records, actor=self.people.inspector, at=at)

    def _pay_standing(self, walk: Walk, at: datetime) -> bool:
        """Pay what is due before the decision; return whether something was."""
        standing = walk.begun.charges.unpaid().filter(due__in=BEFORE_DECISION)
        return any(self._pay(walk, each.due, at) for each in standing)

    def _pay(self, walk: Walk, due: str, at: datetime) -> bool:
        charge = tariff.assess(walk.begun, due, at=at)
        if charge is None or charge.is_settled:
            return False
        collect(charge, counter.CODE, actor=walk.applicant, addresses=NOWHERE, at=at)
        for attempt in charge.attempts.open():
            settle(attempt, at=at)
        if not charge.is_settled:
            raise WalkFailed(walk, "what was paid has no receipt")
        return True

    def _issue(self, walks: Sequence[Walk]) -> None:
        """Issue all that is granted together, and later what is paid late."""
        late = [walk for walk in walks if walk.script is Script.LATE]
        self.at += timedelta(days=2)
        self._issue_now([walk for walk in walks if walk not in late])
        for walk in late:
            tariff.assess(walk.begun, Charge.Due.AFTER_DECISION, at=self.at)
        if late:
            self.at += tariff.QUOTE_LASTS + timedelta(days=1)
            self._issue_now(late)

    def _issue_now(self, walks: Sequence[Walk]) -> None:
        if not walks:
            return
        for walk in walks:
            self._pay(walk, Charge.Due.AFTER_DECISION, self.at)
        issued = issue_together(grants_of([walk.begun for walk in walks], at=self.at), at=self.at)
        for walk in self._counted("issued", walks):
            outcome = issued[f"application:{walk.begun.pk}"]
            if not isinstance(outcome, Instrument):
                raise WalkFailed(walk, f"it is not issued: {outcome}") from outcome
            walk.instrument, walk.end = outcome, End.ISSUED
            self._follow(walk)

    def _follow(self, walk: Walk) -> None:
        """Play what follows the issue: effects, and the visits that free a deposit."""
        journey.advance(walk.begun.pk, at=self.at)
        visits = Inspection.objects.filter(application=walk.begun, after_issue=True)
        for visit in visits:
            self._visit(visit, visit.due_at)
        if visits:
            journey.advance(walk.begun.pk, at=max(visit.due_at for visit in visits) + HOUR)


def _fresh(walk: Walk) -> Application:
    """The application as it is now."""
    return Application.objects.select_related("service_version", "process_version").get(pk=walk.begun.pk)


def _earlier(walk: Walk) -> Iterable[InstrumentQuestion | DecisionQuestion]:
    """The questions on the path that ask for earlier instruments and decisions."""
    questions = asked(walk.version.definition, walk.path.answers)
    return (each for each in questions if isinstance(each, InstrumentQuestion | DecisionQuestion))


def _sharing(walk: Walk, question: InstrumentQuestion | DecisionQuestion) -> Collection[Script]:
    """The scripts whose walks may share an earlier one: it can be contested or renewed only once at a time."""
    if isinstance(question, DecisionQuestion):
        return ()
    return NEVER_SUBMITTED if renewed_by(walk.version.definition) else ENDS_WITHOUT_INSTRUMENT


def _number_of(parent: Walk) -> str:
    return parent.instrument.number if parent.instrument else parent.begun.reference or ""


def _is_refused_by_officer(version: ServiceVersion) -> bool:
    """Whether one officer decides the service, and it names nothing earlier."""
    asks_for_earlier = any(
        isinstance(each, InstrumentQuestion | DecisionQuestion) for each in version.definition.questions
    )
    return version.definition.decision.decide == "officer" and not asks_for_earlier

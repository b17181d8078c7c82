"""One application on one page: questions and answers, files, the course of its review, and what can be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.process_change import newer_process
from rukhsa.applications.stages import OPEN_STAGES, Stage, Turn
from rukhsa.applications.submitted import submitted
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.steps import InspectionAfterIssue, InspectStep, Step, recorded_by
from rukhsa.catalogue.territory import territory
from rukhsa.correspondence.conversation import Side, unread_counts
from rukhsa.issuance.models import Instrument
from rukhsa.payments.models import Charge
from rukhsa.personal.purpose import require_purpose
from rukhsa.review import decision, participant, plan
from rukhsa.review.case_file import CaseFile
from rukhsa.review.check import Check
from rukhsa.review.finding import NOTHING_NOTED, Finding, replies_to
from rukhsa.review.hand import decides_alone
from rukhsa.review.inspection import ADDED_VISIT, Inspection
from rukhsa.review.note import Note
from rukhsa.review.proposal import newest_disagreement, standing_proposal
from rukhsa.review.recording import RecordsIncomplete, known_of
from rukhsa.review.referral import Referral
from rukhsa.standing import standing
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk import case_facts, queue
from rukhsa.web.desk.history import course_of, history
from rukhsa.web.desk.place_cases import place_cases
from rukhsa.web.desk.queue import entry_of
from rukhsa.web.desk.stalled import stall_of
from rukhsa.web.desk.system_check import system_checks
from rukhsa.web.enclosing import ACCEPT
from rukhsa.web.fields import Field, field_of, typed_in
from rukhsa.web.shown import AnswerShown, answer_shown

# In these stages the applicant may be waited for, to answer or to pay.
_WAITING = {Stage.RETURNED, Stage.GRANTED}
MOST_OTHERS = 6
_NEEDED = (
    *("service_version", "applicant", "company", "authority"),
    *("queue_entry__officer", "queue_entry__held_by"),
)


@requires(Permission.READ_QUEUE)
@require_GET
@transaction.atomic
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The page of an application; viewing it is recorded in the journal."""
    at = timezone.now()
    application = reached(request.actor, pk)
    record("see-application", application, actor=request.actor, at=at)
    return page(request, application, at=at)


def reached(actor: Actor, pk: UUID, *also: Permission) -> Application:
    """The application with everything its page shows; raise DoesNotExist if out of reach, PurposeMissing if it is not
    the actor's own work and no purpose was given today.

    An act names the permission that it also needs there.
    """
    found = participant.applications(actor, *also).select_related(*_NEEDED).get(pk=pk)
    require_purpose(found, actor, at=timezone.now())
    return found


def page(
    request: PortalRequest, application: Application, *, at: datetime, status: int = 200, **typed: Any
) -> HttpResponse:
    """Render the page; after a refused act with its error and what was typed."""
    course = course_of(application)
    held = submitted(application, course.steps)
    application = held.application
    charges = list(application.charges.select_related("receipt").prefetch_related("lines"))
    known = plan.facts_of(application, course.standing)
    planned = plan.steps(application, known)
    receipts = [charge.receipt for charge in charges if hasattr(charge, "receipt")]
    context = {
        "application": application,
        "definition": application.definition,
        "at": at,
        "entry": entry_of(application),
        "stall": stall_of(application) if application.stage == Stage.GRANTED else None,
        **case_facts.shown(held, at=at),
        "system_checks": system_checks(held),
        "planned": planned,
        "submission": known.submission,
        "history": history(application, course, planned, receipts),
        "decision": known.rows[plan.Kind.DECIDE].get(plan.DECIDE),
        **_review(application),
        **found(application, course.referrals, course.inspections),
        **_may(request.actor, application, planned),
        **_decided_otherwise(request.actor, application, known),
        **_money(request.actor, application, charges),
        **_listed(request, application, at),
        "findings_typed": [NOTHING_NOTED],
        **typed,
    }
    entry = context["entry"]
    is_waited_for = application.stage in _WAITING or (entry and entry.turn == Turn.APPLICANT)
    if is_waited_for and context["instrument"] is None:
        context["until"] = standing(application, at=at).until
    return render(request, "desk/application.html", context, status=status)


def subjects(definition: Definition) -> list[tuple[str, Text]]:
    """Everything that a finding can be about, with its name."""
    questions = [(question.id, question.ask) for question in definition.questions]
    return questions + [(document.id, document.name) for document in definition.documents]


def found(
    application: Application, referrals: list[Referral], inspections: list[Inspection]
) -> dict[str, Any]:
    """What agencies answered and inspectors reported."""
    visits = [(each, inspection_name(application.definition, each)) for each in inspections]
    return {"referrals": referrals, "inspections": visits}


def _listed(request: PortalRequest, application: Application, at: datetime) -> dict[str, Any]:
    """The list from which the case was opened, for those who have one."""
    listing = queue.listing_of(request.GET)
    if not request.actor.holds(Permission.CHECK, at=application.scope):
        return {"listing": listing, "beside": None}
    return {
        "listing": listing,
        "notes": Note.objects.filter(application=application).select_related("officer", "attachment"),
        "case_files": CaseFile.objects.filter(application=application).select_related("officer"),
        "accept": ACCEPT,
        "others": other_cases(request.actor, application, at),
        "place": place_of(application),
        **place_cases(request.actor, application, all_of_them=request.GET.get("place") == "all", at=at),
        "to_queue": listing.with_filter(listing.chosen),
        "beside": queue.beside(request.actor, application, listing, at),
    }


def other_cases(actor: Actor, application: Application, at: datetime) -> list[queue.Row]:
    """The newest other applications of the same applicant or company that the actor may open."""
    whose = (
        {"company": application.company_id}
        if application.company_id
        else {"applicant": application.applicant_id, "company": None}
    )
    found = participant.applications(actor, Permission.CHECK).filter(**whose).exclude(pk=application.pk)
    found = found.select_related("applicant", "company", "queue_entry__officer").defer("typed", "answers")
    return queue.rows(found.order_by("-submitted_at", "pk")[:MOST_OTHERS], at=at)


def place_of(application: Application) -> dict[str, Any] | None:
    """The address that decides which authority has it, whose page tells what else there is at the place."""
    address = application.answers.get(application.definition.authority.block_of or "")
    has_page = (
        isinstance(address, dict) and address.get("block") and address.get("road") and address.get("building")
    )
    return address if has_page else None


def _review(application: Application) -> dict[str, Any]:
    names = dict(subjects(application.definition))
    findings = (
        Finding.objects.filter(application=application).select_related("officer", "reason").order_by("-id")
    )
    still_open: set[int] = set()
    replies = replies_to(application) if findings else {}
    if application.stage == Stage.RETURNED:
        still_open.update(application.findings.open().values_list("pk", flat=True))
    return {
        "subjects": list(names.items()),
        "findings": [
            (each, names.get(each.about), each.pk in still_open, replies.get(each.pk)) for each in findings
        ],
        "instrument": Instrument.objects.filter(intent__application=application)
        .select_related("intent")
        .first(),
    }


def inspection_name(definition: Definition, inspection: Inspection) -> Text:
    """The definition's name for an inspection, or that of one which an officer added."""
    if inspection.added_because:
        return ADDED_VISIT
    before = [step for step in definition.steps if isinstance(step, InspectStep)]
    visits: list[InspectStep | InspectionAfterIssue] = [*before, *definition.after_issue]
    return next((step.name for step in visits if step.inspect == inspection.step), Text(en=inspection.step))


def _money(actor: Actor, application: Application, charges: list[Charge]) -> dict[str, Any]:
    if not actor.holds(Permission.READ_MONEY, at=application.scope):
        return {"charges": []}
    names = {rule.id: rule.name for rule in application.definition.charges}
    shown = [
        (charge, [(names.get(line.rule, line.rule), line) for line in charge.lines.all()])
        for charge in charges
    ]
    unpaid_first = any(
        charge.due == Charge.Due.AT_SUBMISSION and not hasattr(charge, "receipt") for charge in charges
    )
    return {"charges": shown, "unpaid_first": unpaid_first}


@dataclass(frozen=True, kw_only=True)
class OpenCheck:
    """An open check, the fields that it records, and what it records and is known already."""

    step: plan.PlannedStep
    fields: list[Field]
    known: list[AnswerShown]


def open_checks(
    application: Application,
    planned: list[plan.PlannedStep],
    *,
    posted: QueryDict | None = None,
    step: str = "",
    error: Exception | None = None,
) -> list[OpenCheck]:
    """The open checks, each with the fields that it records; one of them may have been posted."""
    found = []
    for each in planned:
        if each.is_open and each.kind is plan.Kind.CHECK:
            known = known_of(application, each.defined)
            is_posted = posted is not None and each.id == step
            typed = typed_for(posted, each.defined) if is_posted and posted else None
            fields = fields_of(each.defined, typed, error if is_posted else None)
            found.append(
                OpenCheck(
                    step=each,
                    fields=[field for field in fields if field.question.id not in known],
                    known=[
                        answer_shown(question, known[question.id])
                        for question in recorded_by(each.defined)
                        if question.id in known
                    ],
                )
            )
    return found


def _decided_otherwise(actor: Actor, application: Application, known: plan.Facts) -> dict[str, Any]:
    """What the page needs where two officers or a committee decide."""
    decider = application.definition.decision
    is_here = application.stage == Stage.SUBMITTED
    proposal = standing_proposal(application, known.submission) if is_here else None
    here = application.scope
    may = is_here and actor.holds(Permission.DECIDE, at=here)
    committee = territory().committees.get(decider.committee or "")
    return {
        "may_propose": may and decider.decide == "two officers" and proposal is None,
        "proposal": proposal,
        "may_confirm": may and proposal is not None and proposal.proposed_by_id != actor.person.pk,
        "objection": newest_disagreement(application) if is_here and proposal is None else None,
        "committee": committee.name if committee and is_here else None,
        "may_convene": actor.holds(Permission.CONVENE, at=here),
        "minutes": application.minutes.select_related("sitting").order_by("id"),
    }


def _may(actor: Actor, application: Application, planned: list[plan.PlannedStep]) -> dict[str, Any]:
    is_here, here = application.stage == Stage.SUBMITTED, application.scope
    decides = application.definition.decision.decide in {"officer", "rule"}
    decides &= not decision.is_decided_by_rule(application)
    may_assign = actor.holds(Permission.ASSIGN, at=here)
    may_write = actor.holds(Permission.WRITE_MESSAGE, at=here)
    may_decide = is_here and actor.holds(Permission.DECIDE, at=here) and decides
    needs_another = may_decide and _is_checker(actor, application, planned)
    return {
        "may_write_message": may_write,
        "unread": unread_counts([application.pk], Side.AUTHORITY).get(application.pk, 0) if may_write else 0,
        "open_checks": open_checks(application, planned) if actor.holds(Permission.CHECK, at=here) else [],
        "may_refer": actor.holds(Permission.REFER, at=here),
        "may_rule_on_conditions": is_here and actor.holds(Permission.DECIDE, at=here),
        "may_inspect": actor.holds(Permission.INSPECT, at=here),
        "may_return": is_here and actor.holds(Permission.RETURN, at=here),
        "may_decide": may_decide and not needs_another,
        "needs_another": needs_another,
        "may_grant": not plan.missing_before_decision(planned),
        "missing": plan.missing_before_decision(planned),
        "may_assign": application.stage in OPEN_STAGES and may_assign,
        "may_hand_over": actor.holds(Permission.REINSTATE, at=here),
        "may_read_journal": actor.holds(Permission.READ_JOURNAL, at=here),
        "may_migrate": actor.holds(Permission.MIGRATE_PROCESS, at=here)
        and newer_process(application, at=timezone.now()) is not None,
        "officers": _others(application) if may_assign else [],
    }


def _others(application: Application) -> QuerySet[Person]:
    """Those to whom the application can be given: not the one who has it."""
    entry, found = entry_of(application), participant.officers(application, on=timezone.localdate())
    return found.exclude(pk=entry.officer_id) if entry and entry.officer_id else found


def _is_checker(actor: Actor, application: Application, planned: list[plan.PlannedStep]) -> bool:
    """Whether the actor found a step in order, so that another officer is to decide."""
    rows = (step.row for step in planned if isinstance(step.row, Check))
    checked = any(row.officer_id == actor.person.pk for row in rows)
    return checked and not decides_alone(application.definition)


def fields_of(
    step: Step | None, typed: Mapping[str, Any] | None = None, error: Exception | None = None
) -> list[Field]:
    """The fields that a step records, with what was typed and what is wrong with it."""
    problems = error.problems if isinstance(error, RecordsIncomplete) else ()
    wrong = {problem.about: problem for problem in problems}
    questions = recorded_by(step) if step else ()
    return [
        field_of(question, (typed or {}).get(question.id, ""), wrong.get(question.id))
        for question in questions
    ]


def typed_for(posted: QueryDict, step: Step | None) -> dict[str, Any]:
    """What was typed into the fields that a step records."""
    return typed_in(posted, recorded_by(step) if step else ())

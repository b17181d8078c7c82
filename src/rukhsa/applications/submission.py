"""Submission: an application goes to the authority, for the first time or again, or is withdrawn."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import reservation, signatory
from rukhsa.applications.answers import Problem, Reading, ineligible, read_all, with_recorded
from rukhsa.applications.application import Application, lock, move, require_editable
from rukhsa.applications.conflict import conflicts
from rukhsa.applications.known import as_frozen, company_problems, documents_wanted, typed_for
from rukhsa.applications.stages import Act, Stage
from rukhsa.applications.status_code import give_code
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.errors import RukhsaError
from rukhsa.jobs import advance_soon
from rukhsa.places.block import authority_of
from rukhsa.values.identifiers import application_reference


class NotComplete(RukhsaError):
    """Answers or documents are missing or wrong; `problems` says which."""

    code = "not-complete"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(f"{problem.about}: {problem.code}" for problem in problems))
        self.problems = problems


@transaction.atomic
def submit(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    found: tuple[Problem, ...] = (),
    replies: Mapping[int, str] | None = None,
) -> Application:
    """Freeze what was answered and give the reference number; submitting again changes nothing.

    `found` are problems that a later room found, `replies` what is written to each finding that changed nothing. Raises
    NotComplete with every problem at once.
    """
    actor.require(Permission.APPLY, at=application.part)
    application = lock(application)
    if application.stage == Stage.SUBMITTED:
        return application
    require_editable(application, at=at)
    known = typed_for(application, at=at)
    application.typed |= known
    reading = read_all(application.definition, application.typed, at=at)
    if wrong := (*_problems(application, reading, at), *found):
        raise NotComplete(wrong)
    _freeze(application, reading, at)
    try:
        reservation.reserve(application, at=at)
    except reservation.TAKEN as taken:  # by another, a moment ago
        raise NotComplete((reservation.problem_of(application, taken),)) from taken
    act = Act.RESUBMIT if application.stage == Stage.RETURNED else Act.SUBMIT
    told = as_frozen(application, [id for id in known if id in reading.values])
    content = content_of(application, reading) | {"known": told}
    if act == Act.RESUBMIT:
        content["replies"] = {str(finding): text for finding, text in (replies or {}).items()}
    move(application, act, actor=actor, at=at, content=content)
    give_code(application)
    advance_soon(application.pk)
    return application


def content_of(application: Application, reading: Reading) -> dict[str, Any]:
    """What is submitted: the answers, and each file with its digest."""
    files = application.attachments.present().order_by("added_at").values("document", "digest", "name")
    return {"answers": reading.values, "files": list(files)}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The ids of the questions and documents in which two submissions differ."""
    first, second = before.get("answers", {}), after["answers"]
    answers = {id for id in {*first, *second} if first.get(id) != second.get(id)}
    files, others = (
        {(each["document"], each["digest"]) for each in content.get("files", ())}
        for content in (before, after)
    )
    return answers | {document for document, _digest in files ^ others}


def changes_since(application: Application, *, at: datetime) -> set[str]:
    """What the applicant changed since the last submission."""
    reading = read_all(application.definition, application.typed, at=at)
    last = application.steps.filter(act__in=[Act.SUBMIT, Act.RESUBMIT]).last()
    return changes(last.content if last else {}, content_of(application, reading))


@transaction.atomic
def withdraw(application: Application, *, actor: Actor, at: datetime) -> Application:
    """End the application before it has its document; withdrawing twice changes nothing. Raises NotPossible.

    For an application that is granted `applying.withdraw` makes sure first that no payment is under way.
    """
    actor.require(Permission.APPLY, at=application.part)
    application = lock(application)
    if application.stage != Stage.WITHDRAWN:
        move(application, Act.WITHDRAW, actor=actor, at=at)
        reservation.give_back(application)
        advance_soon(application.pk)
    return application


def missing_documents(application: Application, reading: Reading) -> tuple[Problem, ...]:
    """A problem for each document that is asked for, not optional, and not attached."""
    present = set(application.attachments.present().values_list("document", flat=True))
    return tuple(
        Problem(about=document.id, code="document-missing", text=_("Upload this document."))
        for document in documents_wanted(application, reading.values)
        if not document.optional and document.id not in present
    )


def problems(application: Application, *, at: datetime) -> tuple[Problem, ...]:
    """Everything in the application itself that keeps it from being submitted."""
    return _problems(application, read_all(application.definition, application.typed, at=at), at)


def _problems(application: Application, reading: Reading, at: datetime) -> tuple[Problem, ...]:
    missing = missing_documents(application, reading)
    against = (
        *signatory.problems(application, at=at),
        *ineligible(application.definition, reading),
        *conflicts(application.definition, reading.values, at=at),
        *reservation.problems(application, reading.values, at=at),
        *company_problems(application, reading.values, at=at),
    )
    return (*reading.problems, *missing, *against)


def _freeze(application: Application, reading: Reading, at: datetime) -> None:
    application.answers = with_recorded(application.definition, reading.values, application.answers)
    application.saved_at = at
    if application.reference is None:
        application.authority = authority_for(application, on=timezone.localdate(at))
        application.reference = _next_reference(application, at)
        application.submitted_at = at


def authority_for(application: Application, *, on: date) -> Authority | None:
    """The authority to which an application goes on a day, by its answers; None while the address is missing."""
    routing = application.definition.authority
    if routing.always:
        return Authority.objects.get(code=routing.always.upper())
    if routing.same_as:
        # Instrument numbers and references begin with the code of the authority that gave them.
        number = str(application.answers.get(routing.same_as, ""))
        return Authority.objects.filter(code=number.partition("-")[0]).first()
    address = application.answers.get(routing.block_of or "")
    return authority_of(address["block"], on=on) if address else None


def _next_reference(application: Application, at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('applications_reference')")
        (number,) = cursor.fetchone()
    return application_reference(
        authority=application.authority_id or "", year=timezone.localtime(at).year, sequence=number
    )

"""Hands an application to the authority: the first time, and again after it was returned."""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import limits
from rukhsa.applications.answers import Problem, Reading, ineligible, read_all, with_recorded
from rukhsa.applications.conflicts import conflicts
from rukhsa.applications.draft import locked, require_editable
from rukhsa.applications.models import Application, Step
from rukhsa.applications.quotas import QuotaSpent
from rukhsa.applications.renewing import RenewalUnderWay
from rukhsa.applications.stages import Act, Stage
from rukhsa.applications.stages import after as stage_after
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.definition import wanted
from rukhsa.errors import RukhsaError
from rukhsa.jobs import advance_soon
from rukhsa.places.routing import authority_of
from rukhsa.places.slots import PlaceFull
from rukhsa.values.identifiers import application_reference


class NotComplete(RukhsaError):
    """Answers or documents are missing or wrong; `problems` says which."""

    code = "not-complete"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(f"{problem.about}: {problem.code}" for problem in problems))
        self.problems = problems


@transaction.atomic
def submit(
    application: Application, *, actor: Actor, at: datetime, found: tuple[Problem, ...] = ()
) -> Application:
    """Freeze what was answered and give the reference number; submitting again changes nothing.

    `found` are problems that a later room found. Raise `NotComplete` with every problem at once.
    """
    actor.require(Permission.APPLY, at=application.owner)
    application = locked(application)
    if application.stage == Stage.SUBMITTED:
        return application
    require_editable(application, at=at)
    reading = read_all(application.definition, application.typed, at=at)
    if wrong := (*_problems(application, reading, at), *found):
        raise NotComplete(wrong)
    _freeze(application, reading, at)
    _take_what_is_limited(application, at)
    take(application, _act(application), actor=actor, at=at, content=_content(application, reading))
    advance_soon(application.pk)
    return application


def take(
    application: Application,
    act: Act,
    *,
    actor: Actor | None,
    at: datetime,
    content: dict[str, Any] | None = None,
) -> Step:
    """Move a locked application by one act, and record the step; raise `NotPossible`."""
    before = Stage(application.stage)
    application.stage = stage_after(before, act)
    application.save()
    record(act, application, actor=actor, at=at)
    return Step.objects.create(
        application=application,
        act=act,
        stage_before=before,
        stage_after=application.stage,
        actor=actor.person if actor else None,
        at=at,
        content=content or {},
    )


def missing_documents(application: Application, reading: Reading) -> tuple[Problem, ...]:
    """A problem for each document that is asked for, not optional, and not attached."""
    present = set(application.attachments.present().values_list("document", flat=True))
    return tuple(
        Problem(about=document.id, code="document-missing", text=_("Attach this document."))
        for document in wanted(application.definition, reading.values)
        if not document.optional and document.id not in present
    )


def problems(application: Application, *, at: datetime) -> tuple[Problem, ...]:
    """Everything in the application itself that keeps it from being submitted."""
    return _problems(application, read_all(application.definition, application.typed, at=at), at)


def _problems(application: Application, reading: Reading, at: datetime) -> tuple[Problem, ...]:
    missing = missing_documents(application, reading)
    against = (
        *ineligible(application.definition, reading),
        *conflicts(application.definition, reading.values, at=at),
        *limits.problems(application, reading.values, at=at),
    )
    return (*reading.problems, *missing, *against)


def _take_what_is_limited(application: Application, at: datetime) -> None:
    """The place and the quota, which somebody else may have taken in this very moment. Raises NotComplete."""
    try:
        limits.take(application, at=at)
    except PlaceFull as full:
        question = limits.slot_question(application)
        raise NotComplete((limits.full(question.id if question else ""),)) from full
    except QuotaSpent as spent:
        raise NotComplete((limits.spent(application, spent),)) from spent
    except RenewalUnderWay as under_way:
        raise NotComplete((limits.renewal_under_way(under_way),)) from under_way


def _act(application: Application) -> Act:
    return Act.RESUBMIT if application.stage == Stage.RETURNED else Act.SUBMIT


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


def _content(application: Application, reading: Reading) -> dict[str, Any]:
    files = application.attachments.present().order_by("added_at").values("document", "digest", "name")
    return {"answers": reading.values, "files": list(files)}

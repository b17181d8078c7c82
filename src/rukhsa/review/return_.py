"""Sends an application back to the applicant with what is to be changed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Act, Stage
from rukhsa.applications.submit import take
from rukhsa.authorities.actor import Actor
from rukhsa.jobs import advance_soon
from rukhsa.review import queue, reach
from rukhsa.review.errors import FindingsMissing, UnknownSubject
from rukhsa.review.models import Finding

# (the id of a question or of a document, or "" for the whole; what is to be changed)
Noted = tuple[str, str]


@transaction.atomic
def return_to_applicant(
    application: Application, findings: Sequence[Noted], *, actor: Actor, at: datetime
) -> list[Finding]:
    """Return the application with at least one finding; returning it again with the same changes nothing.

    Raise `FindingsMissing`, `UnknownSubject`, or `NotPossible` when it is not with the authority.
    """
    application = reach.lock(application, actor, Permission.RETURN)
    noted = [(about, text.strip()) for about, text in findings if text.strip()]
    if not noted:
        raise FindingsMissing
    _require_known(application, noted)
    if same := _returned_already(application, noted):
        return same
    step = take(application, Act.RETURN, actor=actor, at=at, content={"findings": len(noted)})
    made = [
        Finding.objects.create(
            application=application, about=about, text=text, officer=actor.person, at=at, returned_by=step
        )
        for about, text in noted
    ]
    queue.place(application, at)
    advance_soon(application.pk)
    return made


def subjects(application: Application) -> list[str]:
    """The ids of everything a finding may be about."""
    definition = application.definition
    return [*(question.id for question in definition.questions), *(each.id for each in definition.documents)]


def _require_known(application: Application, noted: Sequence[Noted]) -> None:
    known = {"", *subjects(application)}
    for about, _text in noted:
        if about not in known:
            raise UnknownSubject(about)


def _returned_already(application: Application, noted: Sequence[Noted]) -> list[Finding]:
    if application.stage != Stage.RETURNED:
        return []
    present = list(Finding.objects.open().filter(application=application).order_by("id"))
    return present if [(each.about, each.text) for each in present] == list(noted) else []

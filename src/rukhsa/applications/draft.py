"""Begins an application, and keeps what is typed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.answers import read_all, with_recorded
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.errors import RukhsaError

# How long a draft waits for the applicant. Assumed: no source states a period.
DRAFT_LASTS = timedelta(days=90)

LONGEST_TYPED = 20_000  # characters in one answer, a drawn route of 500 points included


class NotEditable(RukhsaError):
    """The application is with the authority, or closed: the applicant can change nothing now."""

    code = "not-editable"


class DraftExpired(RukhsaError):
    """The draft waited longer than drafts are kept."""

    code = "draft-expired"


@transaction.atomic
def start(version: ServiceVersion, *, actor: Actor, language: str, at: datetime) -> Application:
    """A new draft for the actor, or for the company that the actor acts for."""
    actor.require(Permission.APPLY, at=actor.oneself)
    application = Application.objects.create(
        service_version=version,
        applicant=actor.person,
        company=actor.company,
        language=language,
        created_at=at,
        saved_at=at,
    )
    record("start", application, actor=actor, at=at, service=version.service)
    return application


@transaction.atomic
def save(application: Application, typed: Mapping[str, Any], *, actor: Actor, at: datetime) -> Application:
    """Keep what was typed, right or wrong, and what of it is right as values.

    Only the questions named in `typed` change, so that two open pages do not wipe each other.
    """
    application = editable(application, at=at)
    known = {question.id for question in application.definition.questions}
    application.typed |= {id: _short(value) for id, value in typed.items() if id in known}
    values = read_all(application.definition, application.typed, at=at).values
    application.answers = with_recorded(application.definition, values, application.answers)
    application.saved_at = at
    application.save(update_fields=["typed", "answers", "saved_at"])
    return application


def editable(application: Application, *, at: datetime | None = None) -> Application:
    """The same application, locked and fresh; raise `NotEditable` or `DraftExpired`."""
    application = locked(application)
    require_editable(application, at=at)
    return application


def locked(application: Application) -> Application:
    """The same application, locked and fresh."""
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    # That with which it began never changes.
    fresh.service_version = application.service_version
    return fresh


def require_editable(application: Application, *, at: datetime | None = None) -> None:
    """Raise `NotEditable` or `DraftExpired` unless the applicant may still change it; `at` is for drafts."""
    if application.stage not in {Stage.DRAFT, Stage.RETURNED}:
        raise NotEditable(application.stage)
    if at and is_expired(application, at=at):
        raise DraftExpired


def is_open(application: Application, *, at: datetime) -> bool:
    """Whether the applicant may still change it."""
    return application.stage in {Stage.DRAFT, Stage.RETURNED} and not is_expired(application, at=at)


def is_expired(application: Application, *, at: datetime) -> bool:
    """Whether it is a draft that waited too long."""
    return application.stage == Stage.DRAFT and at - application.saved_at > DRAFT_LASTS


def _short(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(part)[:40]: _short(inner) for part, inner in value.items()}
    return str(value).replace("\x00", "")[:LONGEST_TYPED]

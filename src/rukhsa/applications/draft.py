"""Drafts: an application begins, what is typed is saved, and a draft that waited too long is begun again."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import blobs
from rukhsa.applications.answers import read_all, with_recorded
from rukhsa.applications.application import Application, NotEditable, is_expired, lock, lock_editable, move
from rukhsa.applications.attachment import Attachment, attach
from rukhsa.applications.file_check import BadFile, NotNow
from rukhsa.applications.known import typed_for
from rukhsa.applications.merge import Merged, Page, merge
from rukhsa.applications.stages import Act, Stage
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.questions import Question

# The stages of an application that came to nothing, after which its answers may be used again.
ENDED = frozenset({Stage.REFUSED, Stage.LAPSED, Stage.WITHDRAWN})
LONGEST_TYPED = 20_000  # characters in one answer, a drawn route of 500 points included


@transaction.atomic
def start(
    version: ServiceVersion,
    typed: Mapping[str, Any] | None = None,
    *,
    actor: Actor,
    language: str,
    at: datetime,
) -> Application:
    """A new draft for the actor, or for the company that the actor acts for, with what is `typed` already."""
    actor.require(Permission.APPLY, at=actor.own(version.service))
    application = Application.objects.create(
        service_version=version,
        applicant=actor.applicant,
        company=actor.company,
        language=language,
        created_at=at,
        saved_at=at,
    )
    record("start", application, actor=actor, at=at, service=version.service)
    return save(application, typed or {}, actor=actor, at=at)


def save(application: Application, typed: Mapping[str, Any], *, actor: Actor, at: datetime) -> Application:
    """Save what was typed, right or wrong, and the part that is right as values.

    Only the fields named in `typed` change. What another page typed in them is replaced: see `save_page`.
    """
    return save_page(application, typed, page=Page(), actor=actor, at=at)[0]


@transaction.atomic
def save_page(
    application: Application, typed: Mapping[str, Any], *, page: Page, actor: Actor, at: datetime
) -> tuple[Application, Merged]:
    """Save what a page changed, field by field, so that two open pages do not wipe each other.

    Where both changed the same field, what is stored stays until the applicant has chosen.
    """
    application = lock_editable(application, at=at)
    known = {question.id for question in application.definition.questions}
    sent = {id: _short(value) for id, value in typed.items() if id in known}
    merged = merge(application.typed, application.typed_on, sent, page)
    application.typed, application.typed_on = merged.typed, merged.typed_on
    application.typed |= typed_for(application, at=at)  # what eKey told counts, whatever a form sent
    values = read_all(application.definition, application.typed, at=at).values
    application.answers = with_recorded(application.definition, values, application.answers)
    application.saved_at = at
    application.save(update_fields=["typed", "typed_on", "answers", "saved_at"])
    return application, merged


@transaction.atomic
def begin_again(
    old: Application,
    version: ServiceVersion,
    *,
    typed: Mapping[str, Any],
    actor: Actor,
    language: str,
    at: datetime,
) -> Application:
    """Start a draft of this version with what an expired one holds, and `typed` besides; withdraw the old one.

    1. A draft that has not expired is given back as it is, and after a second click the draft that the first one began.
    2. What was typed is kept where the question is asked in the same form; 3. each file where it is still asked for and
    still accepted. Raises NotEditable for what is no draft, and NotNow.
    """
    old = lock(old)
    if old.stage != Stage.DRAFT or not is_expired(old, at=at):  # 1
        return _begun(old, actor)
    new = start(version, actor=actor, language=language, at=at)
    new = carry_over(old, new, {**old.typed, **typed}, actor=actor, at=at)
    move(old, Act.WITHDRAW, actor=actor, at=at)
    return new


@transaction.atomic
def apply_again(
    old: Application, version: ServiceVersion, *, actor: Actor, language: str, at: datetime
) -> Application:
    """Start a draft of this version with what an application that came to nothing held; it stays as it is.

    A draft of the service that was begun since then is given back. Raises NotEditable for what has not ended, NotNow.
    """
    old = lock(old)
    if old.stage not in ENDED or old.reference is None:
        raise NotEditable(old.stage)
    drafts = Application.objects.of_applicant(actor).filter(stage=Stage.DRAFT, created_at__gt=old.saved_at)
    same = drafts.filter(service_version__service=old.service_version.service).order_by("-created_at").first()
    if same and not is_expired(same, at=at):
        return same
    new = start(version, actor=actor, language=language, at=at)
    return carry_over(old, new, old.typed, actor=actor, at=at)


def carry_over(
    old: Application, new: Application, kept: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Application:
    """Save in a new draft what was typed where it is still asked in the same form (2), and attach the files (3)."""
    left = {question.id for question in no_longer_asked(old, new)}
    new = save(new, {id: kept[id] for id in kept if id not in left}, actor=actor, at=at)  # 2
    for file in old.attachments.present().order_by("added_at"):  # 3
        content = ContentFile(blobs.fetch(file.digest), name=file.name)
        try:
            attach(new, file.document, content, actor=actor, at=at)
        except NotNow:
            raise
        except BadFile:
            continue
    return new


@transaction.atomic
def begin_like(
    old: Application, version: ServiceVersion, *, actor: Actor, language: str, at: datetime
) -> Application:
    """Start a draft with the answers and files of an application that the same applicant submitted before.

    Everything is checked by the rules of today when it is submitted. Raises NotNow; DoesNotExist for another's.
    """
    old = Application.objects.of_applicant(actor).exclude(submitted_at=None).get(pk=old.pk)
    new = start(version, actor=actor, language=language, at=at)
    return carry_over(old, new, old.typed, actor=actor, at=at)


def no_longer_asked(old: Application, new: Application) -> Iterator[Question]:
    """The questions of one application that the other does not ask, or in another form."""
    asked = {question.id: question.type for question in new.definition.questions}
    return (question for question in old.definition.questions if asked.get(question.id) != question.type)


def left_behind(old: Application, new: Application) -> list[Attachment]:
    """The files of one application that the other does not have."""
    here = set(new.attachments.present().values_list("document", "digest"))
    present = old.attachments.present().order_by("added_at")
    return [file for file in present if (file.document, file.digest) not in here]


def _begun(old: Application, actor: Actor) -> Application:
    if old.stage == Stage.DRAFT:
        return old
    drafts = Application.objects.of_applicant(actor).filter(stage=Stage.DRAFT)
    same = drafts.filter(service_version__service=old.service_version.service)
    begun = same.order_by("-created_at").first() if old.reference is None else None
    if begun is None:
        raise NotEditable(old.stage)
    return begun


def _short(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(part)[:40]: _short(inner) for part, inner in value.items()}
    return str(value).replace("\x00", "")[:LONGEST_TYPED]

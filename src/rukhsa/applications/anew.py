"""Begins anew from a draft that waited too long: with its answers and files, by the definition in effect now."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from rukhsa.applications import attachments, blobs, draft
from rukhsa.applications.file_check import BadFile, NotNow
from rukhsa.applications.models import Application, Attachment
from rukhsa.applications.stages import Act, Stage
from rukhsa.applications.submit import take
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.questions import Question


@transaction.atomic
def begin_anew(
    old: Application,
    version: ServiceVersion,
    *,
    typed: Mapping[str, Any],
    actor: Actor,
    language: str,
    at: datetime,
) -> Application:
    """A draft of this version with what the old one holds, and `typed` beside it; the old one is withdrawn.

    1. A draft that still holds is given back as it is, and where another click was first, what that one began.
    2. What was typed comes along where the question is asked in the same form; 3. each file where it is still
    asked for and still passes. Raise `NotEditable` for what is no draft, `NotNow`.
    """
    old = draft.locked(old)
    if old.stage != Stage.DRAFT or not draft.is_expired(old, at=at):  # 1
        return _begun(old, actor)
    new = draft.start(version, actor=actor, language=language, at=at)
    kept = {**old.typed, **typed}
    left = {question.id for question in no_longer_asked(old, new)}
    new = draft.save(
        new, {id: value for id, value in kept.items() if id not in left}, actor=actor, at=at
    )  # 2
    for file in old.attachments.present().order_by("added_at"):  # 3
        content = ContentFile(blobs.fetch(file.digest), name=file.name)
        try:
            attachments.attach(new, file.document, content, actor=actor, at=at)
        except NotNow:
            raise
        except BadFile:
            continue
    take(old, Act.WITHDRAW, actor=actor, at=at)
    return new


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
        raise draft.NotEditable(old.stage)
    return begun

"""What was submitted: the answers and files that the authority has, whatever the applicant is changing meanwhile."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONArray, JSONObject

from rukhsa.applications.answers import with_recorded
from rukhsa.applications.application import Application, Step
from rukhsa.applications.attachment import Attachment
from rukhsa.applications.stages import Act, Stage
from rukhsa.applications.submission import changes

SUBMISSIONS = (Act.SUBMIT, Act.RESUBMIT)
# In these stages nothing can have changed since the submission.
FROZEN = (Stage.SUBMITTED, Stage.GRANTED, Stage.REFUSED)


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """The newest submission: `application` has its answers, with what the review recorded, and not the draft's.

    `earlier` is the content of the submission before it, where there is one.
    """

    application: Application
    content: Mapping[str, Any]
    files: list[Attachment]
    earlier_files: list[Attachment]  # of the submission before, and not of this one
    earlier: Mapping[str, Any] | None = None
    earlier_at: datetime | None = None

    @property
    def changed(self) -> set[str]:
        """The ids of the questions and documents in which it differs from the submission before."""
        if self.earlier is None or "answers" not in self.content:
            return set()
        return changes(self.earlier, self.content)


def submitted(application: Application, steps: Sequence[Step] | None = None) -> Submitted:
    """The newest submission of an application; `steps` are its steps in their order, where they were read before."""
    if steps is None:
        steps = list(application.steps.filter(act__in=SUBMISSIONS).order_by("id"))
    *past, last = [None, *(step for step in steps if step.act in SUBMISSIONS)]
    newest: Mapping[str, Any] = last.content if last else {}
    before = past[-1] if past else None
    files = list(application.attachments.order_by("added_at"))
    now = _files_of(newest)
    is_frozen = application.stage in FROZEN
    held = [file for file in files if (file.removed_at is None if is_frozen else _key(file) in now)]
    gone = _files_of(before.content if before else {}) - {_key(file) for file in held}
    return Submitted(
        application=application if is_frozen else _with_answers(application, newest.get("answers", {})),
        content=newest,
        files=_once_each(held),
        earlier_files=_once_each([file for file in files if _key(file) in gone]),
        earlier=before.content if before else None,
        earlier_at=before.at if before else None,
    )


def was_submitted() -> Q:
    """Attachments that the authority was given: of a submission, or present where nothing can have changed since."""
    file = JSONArray(JSONObject(document=OuterRef("document"), digest=OuterRef("digest")))
    given = Step.objects.filter(
        application=OuterRef("application"), act__in=SUBMISSIONS, content__files__contains=file
    )
    return Q(application__stage__in=FROZEN, removed_at=None) | Q(Exists(given))


def _with_answers(application: Application, answers: Mapping[str, Any]) -> Application:
    shown = copy(application)
    shown.answers = with_recorded(application.definition, answers, application.answers)
    shown.typed = {}
    return shown


def _files_of(content: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(each["document"], each["digest"]) for each in content.get("files", ())}


def _key(file: Attachment) -> tuple[str, str]:
    return file.document, file.digest


def _once_each(files: list[Attachment]) -> list[Attachment]:
    """Without a file that was removed and sent a second time."""
    return list({_key(file): file for file in files}.values())

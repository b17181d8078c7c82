"""The answers and files of a case as they were submitted, with what changed since the submission before."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from rukhsa.applications.known import documents_wanted
from rukhsa.applications.models import Attachment
from rukhsa.applications.submitted import Submitted
from rukhsa.catalogue.definition import asked
from rukhsa.catalogue.form import Document
from rukhsa.catalogue.questions import Question
from rukhsa.files.kind import PDF
from rukhsa.values.names import Text
from rukhsa.web.attached import VerdictShown, notes_beside, verdict_beside
from rukhsa.web.shown import AnswerShown, answer_shown, recorded_shown

_FOUND_OUT = Text(ar="ما أثبتته دراسة الطلب", en="What the review found out")


@dataclass(frozen=True, kw_only=True)
class SectionShown:
    """The answers of one section."""

    title: Text
    answers: list[AnswerShown]


@dataclass(frozen=True, kw_only=True)
class FileShown:
    """A file, with its verdict and notes."""

    pk: UUID
    name: str
    size: int
    is_pdf: bool
    is_new: bool  # it was not in the submission before
    verdict: VerdictShown | None
    notes: list[Promise]


@dataclass(frozen=True, kw_only=True)
class DocumentShown:
    """A document that was asked for, with its files, and those that were replaced since the submission before."""

    document: Document
    files: list[FileShown]
    replaced: list[FileShown]


def shown(submitted: Submitted, *, at: datetime) -> dict[str, Any]:
    """The answers and files of a case, and how many of them changed since the submission before."""
    return {
        "sections": sections(submitted),
        "documents": documents(submitted, at=at),
        "changed": len(submitted.changed),
        "changed_since": submitted.earlier_at,
    }


def sections(submitted: Submitted) -> list[SectionShown]:
    """The questions that were asked, with their answers in words, by section.

    A question that is asked no longer is shown where its answer was in the submission before.
    """
    application = submitted.application
    definition, changed = application.definition, submitted.changed
    was_asked = {question.id for question in asked(definition, application.answers)}
    shown = (
        SectionShown(
            title=section.title,
            answers=[
                _answer(question, submitted)
                for question in section.questions
                if question.id in was_asked | changed
            ],
        )
        for section in definition.sections
    )
    recorded = SectionShown(title=_FOUND_OUT, answers=recorded_shown(application))
    return [section for section in (*shown, recorded) if section.answers]


def _answer(question: Question, submitted: Submitted) -> AnswerShown:
    told = submitted.content.get("known", {})
    answer = answer_shown(
        question, submitted.application.answers.get(question.id), is_told=question.id in told
    )
    if question.id not in submitted.changed:
        return answer
    before: Any = (submitted.earlier or {}).get("answers", {}).get(question.id)
    return replace(answer, is_changed=True, before=answer_shown(question, before).answer)


def documents(submitted: Submitted, *, at: datetime) -> list[DocumentShown]:
    """The documents that were asked for, with their files."""
    application = submitted.application
    before = {(each["document"], each["digest"]) for each in (submitted.earlier or {}).get("files", ())}
    return [
        DocumentShown(
            document=document,
            files=[
                _file(file, at, is_new=_is_new(file, submitted, before))
                for file in submitted.files
                if file.document == document.id
            ],
            replaced=[_file(file, at) for file in submitted.earlier_files if file.document == document.id],
        )
        for document in documents_wanted(application, application.answers)
    ]


def _is_new(file: Attachment, submitted: Submitted, before: set[tuple[str, str]]) -> bool:
    return submitted.earlier is not None and (file.document, file.digest) not in before


def _file(file: Attachment, at: datetime, *, is_new: bool = False) -> FileShown:
    return FileShown(
        pk=file.pk,
        name=file.name,
        size=file.size,
        is_pdf=file.media_type == PDF.media_type,
        is_new=is_new,
        verdict=verdict_beside(file, at=at),
        notes=notes_beside(file),
    )

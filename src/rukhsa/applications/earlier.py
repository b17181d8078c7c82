"""What an applicant answered and attached in earlier applications, to be offered again in a new one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rukhsa.applications.application import Application
from rukhsa.applications.attachment import Attachment
from rukhsa.applications.known import documents_wanted
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.questions import Question
from rukhsa.values.names import Text

# So many of the newest submitted applications are looked through.
MOST_LOOKED_THROUGH = 20
MOST_OFFERED = 3


@dataclass(frozen=True, kw_only=True)
class EarlierAnswer:
    """An answer of an earlier application, as it was typed and as a value."""

    application: Application
    question: Question
    typed: Any
    value: Any

    @property
    def service(self) -> Text:
        """The name of the service in which it was answered."""
        return self.application.definition.name

    @property
    def at(self) -> datetime:
        """When that application was submitted."""
        assert self.application.submitted_at
        return self.application.submitted_at


def submitted_before(actor: Actor) -> list[Application]:
    """The newest submitted applications of the applicant; one query."""
    own = Application.objects.of_applicant(actor).exclude(stage=Stage.DRAFT).exclude(submitted_at=None)
    return list(
        own.select_related("service_version", "process_version").order_by("-submitted_at")[
            :MOST_LOOKED_THROUGH
        ]
    )


def answers_before(actor: Actor) -> list[EarlierAnswer]:
    """The answers of the applicant that are offered again, the newest first, each value once."""
    return each_once(
        EarlierAnswer(
            application=one, question=question, typed=one.typed[question.id], value=one.answers[question.id]
        )
        for one in submitted_before(actor)
        for question in one.definition.questions
        if question.is_lasting and question.id in one.typed and one.answers.get(question.id) is not None
    )


def each_once(answers: Iterator[EarlierAnswer]) -> list[EarlierAnswer]:
    """The answers without those that repeat an earlier one of the list."""
    seen: list[tuple[str, Any]] = []
    kept = []
    for each in answers:
        if (each.question.type, each.value) not in seen:
            seen.append((each.question.type, each.value))
            kept.append(each)
    return kept


def files_before(actor: Actor, application: Application) -> dict[str, list[Attachment]]:
    """The files of earlier applications that fit the documents of this one, by document, the newest first.

    A document is the same where its id or its name is. Each file is named once, and none that is attached already.
    """
    asked = documents_wanted(application, application.answers)
    before = [one for one in submitted_before(actor) if one.pk != application.pk]
    names = {(one.pk, each.id): each.name for one in before for each in one.definition.documents}
    present = set(application.attachments.present().values_list("digest", flat=True))
    files = Attachment.objects.present().filter(application__in=before).select_related("application")
    found: dict[str, list[Attachment]] = {document.id: [] for document in asked}
    for file in files.order_by("-added_at"):
        for document in asked:
            known = {each.digest for each in found[document.id]} | present
            same = (
                file.document == document.id
                or names.get((file.application_id, file.document)) == document.name
            )
            if same and file.digest not in known and len(found[document.id]) < MOST_OFFERED:
                found[document.id].append(file)
    return found

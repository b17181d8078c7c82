"""What an applicant answered and attached in earlier applications, to be offered again in a new one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rukhsa.applications.application import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.questions import Question
from rukhsa.values.names import Text

# So many of the newest submitted applications are looked through.
MOST_LOOKED_THROUGH = 20
MOST_OFFERED = 3
# What people have, as against what they want this time: offered wherever a question of the same type is asked.
LASTING = frozenset({"address", "parcel", "company", "iban", "phone", "email"})


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


def answers_before(actor: Actor, types: Collection[str] = LASTING) -> list[EarlierAnswer]:
    """The answers that the applicant gave to questions of these types, the newest first, each value once."""
    return _each_once(
        EarlierAnswer(
            application=one, question=question, typed=one.typed[question.id], value=one.answers[question.id]
        )
        for one in submitted_before(actor)
        for question in one.definition.questions
        if question.type in types and question.id in one.typed and one.answers.get(question.id) is not None
    )


def _each_once(answers: Iterator[EarlierAnswer]) -> list[EarlierAnswer]:
    seen: list[tuple[str, Any]] = []
    kept = []
    for each in answers:
        if (each.question.type, each.value) not in seen:
            seen.append((each.question.type, each.value))
            kept.append(each)
    return kept

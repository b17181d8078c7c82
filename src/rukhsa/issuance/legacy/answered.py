"""Answers from a register: whether a mapping fits its service, and the answers of each row."""

from collections.abc import Iterator, Mapping
from typing import Any

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.instrument import AskedPeriod, Permanent
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.date import DateQuestion
from rukhsa.catalogue.questions.text import Writing
from rukhsa.catalogue.reading import Reading
from rukhsa.issuance.legacy.issuable import unrecorded
from rukhsa.issuance.legacy.mapping import READ_BY_ITSELF, BadMapping, DayPart, answering
from rukhsa.issuance.legacy.mapping import Mapping as RegisterMapping
from rukhsa.values.money import Money
from rukhsa.values.names import Text
from rukhsa.values.suggestions import nearest


def require_fit(reading: Reading[RegisterMapping], definition: Definition) -> None:
    """Check that a mapping answers the service's questions, all that its document needs, and no day it does not know.

    Raises BadMapping, which lists each fault with its line and what to write.
    """
    fit = _Fit(reading, definition)
    if problems := [*fit.of_names(), *fit.of_days(), *fit.of_document()]:
        raise BadMapping("\n".join(str(problem) for problem in problems))


def answers_of(fields: Mapping[str, Any], mapping: RegisterMapping, definition: Definition) -> dict[str, Any]:
    """The answers of a row, as a person would type them. Where the register is empty, a text that says so."""
    amounts = {name: str(Money(**amount)) for name, amount in fields["amounts"].items()}
    expires = fields["expires"].isoformat() if fields["expires"] else ""
    own = {name: fields[name] for name in READ_BY_ITSELF if name != "expires"}
    known = {**own, "expires": expires, **amounts, **fields["details"]}
    answers: dict[str, Any] = {}
    for question, part, name in answering(mapping.answers):
        value = known.get(name) or ""
        if not value and name in ("number", "issued") and _is_writing(definition.question(question)):
            value = unrecorded()
        if part:
            answers.setdefault(question, {})[part] = value
        else:
            answers[question] = value
    return answers


def _is_writing(question: Question) -> bool:
    return isinstance(question, Writing)


class _Fit:
    """A mapping compared with the definition of its service."""

    def __init__(self, reading: Reading[RegisterMapping], definition: Definition) -> None:
        self._source, self._mapping, self._definition = reading.source, reading.value, definition
        self._questions = {question.id: question for question in definition.questions}

    def of_names(self) -> Iterator[DefinitionProblem]:
        """Each answered question is one of the service, and each answer is a part that is read."""
        readable = {*self._mapping.parts, "number", "issued"}
        for question, part, name in answering(self._mapping.answers):
            if question not in self._questions:
                what = Text(
                    en=f'the service {self._mapping.service} has no question "{question}".',
                    ar=f'ليس في الخدمة {self._mapping.service} سؤال "{question}".',
                )
                yield self._problem(("answers", question), what, nearest(question, self._questions))
                continue
            if name not in readable:
                what = Text(en=f'the mapping reads no "{name}".', ar=f'لا يُقرأ شيء باسم "{name}".')
                yield self._problem(("answers", question), what, nearest(name, readable))
            yield from self._of_parts(question, part)

    def _of_parts(self, question: str, part: str) -> Iterator[DefinitionProblem]:
        parts = {each.name for each in self._questions[question].parts}
        if part and part not in parts:
            what = Text(
                en=f'the question "{question}" has no part "{part}".',
                ar=f'ليس للسؤال "{question}" جزء "{part}".',
            )
            remedy = nearest(part, parts) if parts else Text(en="Name one answer.", ar="اكتب جوابًا واحدًا.")
            yield self._problem(("answers", question, part), what, remedy)

    def of_days(self) -> Iterator[DefinitionProblem]:
        """A question for a date is answered by a whole date, so that the seal never holds an invented one."""
        for question, _part, name in answering(self._mapping.answers):
            asked, part = self._questions.get(question), self._mapping.parts.get(name)
            if asked is None or _is_writing(asked) or (part is None and name not in ("number", "issued")):
                continue
            if isinstance(asked, DateQuestion) and isinstance(part, DayPart) and not part.is_whole:
                yield self._invented(question, name, "only a month or a year", "شهرًا أو سنة فقط")
            elif part is None and not asked.optional:
                yield self._invented(question, name, "nothing", "شيئًا")

    def _invented(self, question: str, name: str, en: str, ar: str) -> DefinitionProblem:
        what = Text(
            en=f'the register records {en} as "{name}", and the question "{question}" asks for more.',
            ar=f'يدوّن السجل {ar} باسم "{name}"، والسؤال "{question}" يطلب أكثر.',
        )
        remedy = Text(
            en="No answer is invented for it. Let the service ask it as a text, or make the question optional.",
            ar="لا يُختلق له جواب. اجعل السؤال نصيًا في الخدمة أو اختياريًا.",
        )
        return self._problem(("answers", question), what, remedy)

    def of_document(self) -> Iterator[DefinitionProblem]:
        """All that the document always prints has an answer, and it does not change or continue another document."""
        rule = self._definition.instrument
        if rule.effects:
            what = Text(
                en=f"documents of {self._mapping.service} change or continue other ones.",
                ar=f"وثائق الخدمة {self._mapping.service} تغيّر وثائق أخرى أو تكملها.",
            )
            remedy = Text(
                en="Issue the register by a service without effects.", ar="استخدم خدمة لا أثر لها على غيرها."
            )
            yield self._problem(("service",), what, remedy)
        if self._mapping.expires and isinstance(rule.validity, Permanent):
            what = Text(
                en=f"documents of {self._mapping.service} have no end.",
                ar=f"وثائق الخدمة {self._mapping.service} بلا نهاية.",
            )
            remedy = Text(
                en="Leave `expires` out, or issue by a service whose documents end.",
                ar="احذف expires أو استخدم خدمة تنتهي وثائقها.",
            )
            yield self._problem(("expires",), what, remedy)
        for question in dict.fromkeys(self._needed()):
            what = Text(
                en=f'the document states the answer to "{question}", and nothing answers it.',
                ar=f'تذكر الوثيقة جواب السؤال "{question}" ولا شيء يجيب عنه.',
            )
            remedy = Text(en=f"Add it: {question}: …", ar=f"أضف: {question}: …")
            yield self._problem(("answers",), what, remedy)

    def _needed(self) -> Iterator[str]:
        rule, given = self._definition.instrument, self._mapping.answers
        always: list[str | None] = [
            fact.question for fact in rule.facts if fact.question and fact.when is None
        ]
        if isinstance(rule.validity, AskedPeriod) and self._mapping.expires is None:
            always += [rule.validity.from_, rule.validity.for_, rule.validity.until]
        for question in (*always, rule.address):
            if question in self._questions and question not in given:
                yield str(question)

    def _problem(self, path: tuple[str, ...], what: Text, remedy: Text) -> DefinitionProblem:
        return self._source.problem(path, what, remedy, code="mapping-unfit")

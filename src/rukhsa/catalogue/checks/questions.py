"""Every question can be answered, and each type's own check of its questions holds."""

from collections.abc import Iterator
from dataclasses import dataclass

from rukhsa.catalogue.checks.named import named_questions
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.conditions import comparisons
from rukhsa.catalogue.instrument import Permanent
from rukhsa.catalogue.problems import NOTHING, DefinitionProblem
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.registry import TYPES
from rukhsa.catalogue.source import PathInFile
from rukhsa.catalogue.territory import Territory
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Limits that leave no answer, and what the types find."""
    for question in subject.questions.values():
        if question.has_no_answer:
            yield subject.problem(
                subject.question_paths[question.id],
                code="unanswerable",
                en=f'"{question.id}" allows no answer: its least is more than its most.',
                ar=f'لا جواب ممكن للسؤال "{question.id}": أقله أكبر من أكثره.',
                instead=Text(en="Correct one of the bounds.", ar="صحح أحد الحدين."),
            )
        yield from question.check(_Place(subject=subject, question=question))


def check_known(subject: Subject) -> Iterator[DefinitionProblem]:
    """What of a profile cannot be the answer, and what is recorded and never taken from a profile."""
    for question in subject.questions.values():
        known, path = question.known_, (*subject.question_paths[question.id], "known")
        fitting = " / ".join(name for name, kind in TYPES.items() if known in kind.known_by)
        if known and known not in question.known_by:
            yield subject.problem(
                path,
                code="wrong-type",
                en=f'a question of type {question.type} is not answered by "{known}" of a profile.',
                ar=f'السؤال من نوع {question.type} لا يجيب عنه "{known}" من الملف الشخصي.',
                instead=Text(en=f"Its type is {fitting}.", ar=f"نوعه {fitting}."),
            )
        elif known and question.id in subject.recorded:
            yield subject.problem(
                path,
                code="idle-word",
                en="what the review records is never taken from a profile.",
                ar="ما يُسجَّل أثناء دراسة الطلب لا يُؤخذ من الملف الشخصي.",
                instead=Text(en="Leave it out.", ar="احذفها."),
            )
        if known and question.whose:
            yield subject.problem(
                (*subject.question_paths[question.id], "whose"),
                code="idle-word",
                en=f'"known: {known}" is of the applicant, "whose: another" of another.',
                ar=f'عبارة "known: {known}" عن مقدم الطلب، وعبارة "whose: another" عن غيره.',
                instead=Text(en="Leave one of them out.", ar="احذف إحداهما."),
            )
    takes_part = subject.definition.submitted_with
    named = subject.questions.get(takes_part.company) if takes_part else None
    if named and (named.known_ or named.id in subject.recorded):
        yield subject.problem(
            ("submitted-with", "company"),
            code="idle-word",
            en="a company takes part beside the applicant: it is asked for, and is not the applicant's own.",
            ar="الشركة تشارك إلى جانب مقدم الطلب: يُسأل عنها، وليست شركته.",
            instead=Text(en="Name a question that says whose: another.", ar="سمِّ سؤالًا فيه whose: another."),
        )


def warn(subject: Subject) -> Iterator[DefinitionProblem]:
    """A warning where an applicant is asked for what eKey tells; it refuses nothing."""
    for question in subject.definition.questions:
        # A place that is asked for is more often that of the works than the applicant's home.
        is_of_a_person = question.type in question.known_by and not question.is_place
        if is_of_a_person and not question.known_ and not question.whose:
            yield subject.problem(
                subject.question_paths[question.id],
                code="asks-the-known",
                en=f'"{question.id}" asks what the eKey knows.',
                ar=f'يسأل "{question.id}" عما يعرفه المفتاح الإلكتروني.',
                instead=Text(
                    en=f"Write known: {question.type}; or whose: another, where it is not the applicant's.",
                    ar=f"اكتب known: {question.type}، أو whose: another إن لم يكن لمقدم الطلب.",
                ),
            )


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A question in the definition, as `Question.check` sees it."""

    subject: Subject
    question: Question

    @property
    def territory(self) -> Territory:
        """The territory of the definition."""
        return self.subject.territory

    @property
    def earlier(self) -> list[Question]:
        """The questions that are asked before this one."""
        order = list(self.subject.questions)
        return [self.subject.questions[id] for id in order[: order.index(self.question.id)]]

    @property
    def is_of_permanent(self) -> bool:
        """Whether the instrument has no end."""
        return isinstance(self.subject.definition.instrument.validity, Permanent)

    @property
    def measured(self) -> Iterator[PathInFile]:
        """Where the size of the answer counts: in a charge, a fact or a condition."""
        id = self.question.id
        yield from (
            name.path for name in named_questions(self.subject) if name.id == id and name.path[0] == "charges"
        )
        for index, fact in enumerate(self.subject.definition.instrument.facts):
            if fact.question == id and fact.part == "measure":
                yield ("instrument", "facts", index)
        for placed in self.subject.conditions:
            for each in comparisons(placed.condition):
                if each.question == id and (each.at_least or each.at_most):
                    yield placed.path

    @property
    def included(self) -> frozenset[str]:
        """The options that conditions ask for by `includes`."""
        compared = self.subject.comparisons[self.question.id]
        return frozenset(each.includes for each in compared if each.includes is not None)

    def is_later(self, id: str) -> bool:
        """Whether that question is asked after this one, or is this one."""
        order = list(self.subject.questions)
        return id in order and order.index(id) >= order.index(self.question.id)

    def problem(
        self, *, code: str, en: str, ar: str, instead: Text = NOTHING, at: PathInFile | str = ""
    ) -> DefinitionProblem:
        """A problem with this question: at one of its words, or elsewhere in the definition."""
        own = self.subject.question_paths[self.question.id]
        path = at if isinstance(at, tuple) else (*own, at) if at else own
        return self.subject.problem(path, code=code, en=en, ar=ar, instead=instead)

"""An application can end well: it can be granted, charges fall due, and deposits are released."""

from collections.abc import Iterator

from rukhsa.catalogue.charges import ChargeRule
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.instrument import Permanent
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.reasoning.formulas import Formula, every, negated, some
from rukhsa.catalogue.source import PathInFile
from rukhsa.catalogue.steps import DecideStep, InspectStep
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """Services that no answers are granted, charges that never fall due, deposits that are never released."""
    yield from _grants(subject)
    for index, charge in enumerate(subject.definition.charges):
        yield from _falls_due(subject, charge, ("charges", index))
        yield from _released(subject, charge, ("charges", index))
    yield from _visited(subject)


def _grants(subject: Subject) -> Iterator[DefinitionProblem]:
    for path, step in subject.step_paths:
        if not isinstance(step, DecideStep) or step.grant_when is None:
            continue
        if subject.possible.example(subject.possible.says(step.grant_when), given=subject.submitted) is None:
            yield subject.problem(
                (*path, "grant-when"),
                code="never-grants",
                en="no answers with which one may apply make this condition true, so nobody is ever granted it.",
                ar="لا توجد أجوبة يُقبل بها الطلب وتحقق هذا الشرط، فلا يُوافَق على أي طلب.",
                instead=Text(
                    en="Correct it, or the rules under eligible.", ar="صححه أو صحح القواعد في eligible."
                ),
            )


def _falls_due(subject: Subject, charge: ChargeRule, path: PathInFile) -> Iterator[DefinitionProblem]:
    if charge.due != "after inspection":
        return
    visits = [step.when for step in subject.definition.steps if isinstance(step, InspectStep)]
    no_visit = negated(some(subject.possible.says(when) for when in visits))
    if example := subject.possible.example(_claimed(subject, charge), no_visit, given=subject.submitted):
        yield subject.problem(
            (*path, "due"),
            code="never-due",
            en="this charge waits for an inspection before the decision, and there is none, "
            f"for example when {example.in_words.en}.",
            ar=f"هذا الرسم ينتظر معاينة قبل القرار ولا معاينة، مثلًا عندما {example.in_words.ar}.",
            instead=Text(
                en="Write: due: after decision, or let the inspection be made then too.",
                ar="اكتب: due: after decision، أو اجعل المعاينة تُجرى حينها أيضًا.",
            ),
        )


def _released(subject: Subject, charge: ChargeRule, path: PathInFile) -> Iterator[DefinitionProblem]:
    visit = charge.released_by.inspection if charge.released_by else None
    if visit is None:
        return
    made = some(
        subject.possible.says(inspection.when)
        for inspection in subject.definition.after_issue
        if inspection.inspect == visit
    )
    if example := subject.possible.example(_claimed(subject, charge), negated(made), given=subject.submitted):
        yield subject.problem(
            (*path, "released-by"),
            code="deposit-kept",
            en=f'nothing frees this deposit when no inspection "{visit}" is made, '
            f"for example when {example.in_words.en}.",
            ar=f'لا شيء يفرج عن هذا التأمين حين لا تُجرى المعاينة "{visit}"، مثلًا عندما {example.in_words.ar}.',
            instead=Text(
                en="Give the deposit's rows and the inspection the same conditions.",
                ar="اجعل شروط صفوف التأمين وشروط المعاينة واحدة.",
            ),
        )


def _claimed(subject: Subject, charge: ChargeRule) -> Formula:
    """Whether a row may charge more than zero."""
    paid = some(
        subject.said_of(row) for row in charge.rows if row.amount is None or row.amount.strip("0.") != ""
    )
    waived = some(subject.possible.says(waiver.when) for waiver in charge.waived)
    return every((paid, negated(waived)))


def _visited(subject: Subject) -> Iterator[DefinitionProblem]:
    """A visit due after the end of a permanent instrument."""
    if not isinstance(subject.definition.instrument.validity, Permanent):
        return
    for index, inspection in enumerate(subject.definition.after_issue):
        if inspection.due.anchor == "end":
            yield subject.problem(
                ("after-issue", index, "due"),
                code="no-end",
                en="a permanent instrument has no end, so this visit is never due.",
                ar="الوثيقة الدائمة لا نهاية لها، فلا يحين موعد هذه المعاينة أبدًا.",
                instead=Text(
                    en="Count from issue: 30 days after issue.", ar="احسب من الإصدار: 30 days after issue."
                ),
            )

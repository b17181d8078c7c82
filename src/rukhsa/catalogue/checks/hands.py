"""Who checks and who decides: no application is granted by one person unless the definition says why it may be."""

from collections.abc import Iterator

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.source import PathInFile
from rukhsa.catalogue.steps import DecideStep, InspectStep, ReferStep, Step
from rukhsa.values.names import Text


def check(subject: Subject) -> Iterator[DefinitionProblem]:
    """A decision that one person can bring about alone, with no word of why."""
    if (found := _decision(subject)) is None:
        return
    path, step = found
    if may_be_one_hand(subject.definition) and step.one_hand_because is None:
        yield subject.problem(
            path,
            code="no-second-hand",
            en="one person can bring this decision about alone: nobody else always checks before it.",
            ar="يستطيع شخص واحد إتمام هذا القرار وحده: لا أحد غيره يراجع قبله في كل الأحوال.",
            instead=Text(
                en="Add a check that is always asked for, or say why one is enough: one-hand-because: {en: …}",
                ar="أضف فحصًا يُطلب دائمًا، أو اذكر سبب الاكتفاء بشخص واحد: one-hand-because: {ar: …}",
            ),
        )
    if step.one_hand_because and step.decide in {"two officers", "committee"}:
        yield subject.problem(
            (*path, "one-hand-because"),
            code="idle-word",
            en=f'"one-hand-because" says nothing where the decision is taken by: {step.decide}.',
            ar=f'لا معنى لكلمة "one-hand-because" حين يكون صاحب القرار: {step.decide}.',
            instead=Text(en="Leave it out.", ar="احذفها."),
        )


def warn(subject: Subject) -> Iterator[DefinitionProblem]:
    """A warning where one person checks and decides although money or safety hangs on it; it refuses nothing."""
    if (found := _decision(subject)) is None:
        return
    path, step = found
    hanging = _hangs(subject.definition)
    if step.one_hand_because and hanging:
        yield subject.problem(
            (*path, "one-hand-because"),
            code="one-hand",
            en=f"one person may check and decide here, and {hanging.en}.",
            ar=f"يجوز هنا لشخص واحد أن يراجع ويقرر، مع أن {hanging.ar}.",
            instead=Text(en="Leave it out, if two people can be had.", ar="احذفها إن أمكن أن يتولاه شخصان."),
        )


def may_be_one_hand(definition: Definition) -> bool:
    """Whether some application can be granted by one person, where no word of the definition forbids it.

    An agency's opinion and an inspector's report are another person's, since none of those who examined decides.
    """
    steps = definition.steps
    match definition.decision.decide:
        case "officer":
            return not any(_is_always_asked(step) for step in steps)
        case "rule":
            others = any(isinstance(each, ReferStep | InspectStep) and each.when is None for each in steps)
            return len(steps) > 1 and not others
    return False


def _is_always_asked(step: Step) -> bool:
    return not isinstance(step, DecideStep) and step.when is None


def _decision(subject: Subject) -> tuple[PathInFile, DecideStep] | None:
    """The one decision at the end; a definition without it has another problem."""
    found = [(path, step) for path, step in subject.step_paths if isinstance(step, DecideStep)]
    return found[0] if len(found) == 1 and subject.definition.steps[-1] is found[0][1] else None


def _hangs(definition: Definition) -> Text | None:
    """What hangs on the decision: money that is charged or held, or the safety of a place that others look at."""
    if definition.charges:
        return Text(en="money is charged or held", ar="فيها رسمًا أو تأمينًا")
    looked_at = (
        *definition.after_issue,
        *(each for each in definition.steps if isinstance(each, InspectStep)),
    )
    asked = any(isinstance(each, ReferStep) for each in definition.steps)
    if looked_at or asked:
        return Text(
            en="safety hangs on it: a place is visited or an agency asked",
            ar="السلامة تتوقف عليها: معاينة أو رأي جهة خارجية",
        )
    return None

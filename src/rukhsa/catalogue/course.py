"""The course of a service as rows of boxes, and the ways in which an application may leave or turn back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rukhsa.catalogue import spoken
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.office import office_now
from rukhsa.catalogue.problems import NOTHING
from rukhsa.catalogue.steps import CheckStep, DecideStep, InspectStep, ReferStep, Step
from rukhsa.catalogue.territory import Territory
from rukhsa.values.names import Text

Kind = Literal["applicant", "authority", "agency", "money", "state"]
"""Who acts in a box, or that it is a state; pictures colour it by that."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """One event or state; with a condition it happens only for some answers."""

    kind: Kind
    title: Text
    notes: tuple[Text, ...] = ()
    when: Text = NOTHING


@dataclass(frozen=True, kw_only=True)
class Row:
    """Boxes side by side, and how an application may leave or turn back there."""

    boxes: tuple[Box, ...]
    leaves: tuple[Text, ...] = ()


def course(definition: Definition, territory: Territory) -> tuple[Row, ...]:
    """The rows, from the first question to what happens after issue."""
    return tuple(_rows(definition, territory))


def _rows(definition: Definition, territory: Territory) -> Iterator[Row]:
    yield from _questions(definition)
    yield from _money(definition, "at submission")
    for stretch in definition.stretches:
        boxes = tuple(_step(definition, territory, step) for step in stretch)
        yield Row(boxes=boxes, leaves=_leaves(definition, stretch))
        if any(isinstance(step, InspectStep) for step in stretch):
            yield from _money(definition, "after inspection")
    yield from _money(definition, "after decision")
    yield Row(boxes=(_issue(definition),))
    if definition.after_issue:
        yield Row(boxes=tuple(_visits(definition)))


def _questions(definition: Definition) -> Iterator[Row]:
    for section in definition.sections:
        yield Row(boxes=(_section(definition, section.id),))
    if definition.documents:
        sometimes = sum(document.when is not None or document.optional for document in definition.documents)
        yield Row(
            boxes=(
                Box(
                    kind="applicant",
                    title=Text(ar="الوثائق", en="Documents"),
                    notes=(_counted(len(definition.documents), sometimes, ar="العدد", en="files"),),
                ),
            )
        )
    barred = (Text(ar="لا يُقبل التقديم", en="Cannot be submitted"),) if definition.eligible else ()
    yield Row(
        boxes=(
            Box(
                kind="state",
                title=Text(ar="مُقدَّم", en="Submitted"),
                notes=tuple(
                    Text(
                        ar=f"بشرط: {spoken.condition(definition, rule.rule).ar}",
                        en=f"if {spoken.condition(definition, rule.rule).en}",
                    )
                    for rule in definition.eligible
                ),
            ),
        ),
        leaves=(*barred, Text(ar="ينتهي مسودةً", en="Expires as a draft"), Text(ar="يُسحب", en="Withdrawn")),
    )


def _section(definition: Definition, id: str) -> Box:
    section = next(each for each in definition.sections if each.id == id)
    sometimes = sum(question.when is not None or question.optional for question in section.questions)
    asked = _counted(len(section.questions), sometimes, ar="الأسئلة", en="questions")
    return Box(kind="applicant", title=section.title, notes=(asked,))


def _counted(all_: int, sometimes: int, *, ar: str, en: str) -> Text:
    if not sometimes:
        return Text(ar=f"{ar}: {all_}", en=f"{en}: {all_}")
    return Text(
        ar=f"{ar}: {all_}، منها {sometimes} بحسب الأجوبة", en=f"{en}: {all_}, {sometimes} by the answers"
    )


def _step(definition: Definition, territory: Territory, step: Step) -> Box:
    kind: Kind = "agency" if isinstance(step, ReferStep) else "authority"
    match step:
        case CheckStep():
            note = territory.offices.get(office_now(step.office), Text(ar=step.office, en=step.office))
        case ReferStep():
            note = step.ask
        case InspectStep():
            note = Text(ar="معاينة", en="Visit")
        case DecideStep():
            note = decider(territory, step)
    within = (_within(step),) if step.within else ()
    when = spoken.condition(definition, None if isinstance(step, DecideStep) else step.when)
    return Box(kind=kind, title=step_name(territory, step), notes=(note, *within), when=when)


def step_name(territory: Territory, step: Step) -> Text:
    """What a step is called."""
    match step:
        case CheckStep() | InspectStep():
            return step.name
        case ReferStep():
            agency = territory.agencies.get(step.refer, Text(ar=step.refer, en=step.refer))
            return Text(ar=f"إحالة إلى {agency.ar}", en=f"Referral to {agency.en}")
        case DecideStep():
            return Text(ar="القرار", en="Decision")


def decider(territory: Territory, step: DecideStep) -> Text:
    """Who decides."""
    if step.committee:
        committee = territory.committees.get(step.committee)
        name = committee.name if committee else Text(ar=step.committee, en=step.committee)
        return Text(ar=f"لجنة: {name.ar}", en=f"Committee: {name.en}")
    alone = step.one_hand_because is not None
    return {
        "officer": Text(ar="موظف وحده", en="One officer alone")
        if alone
        else Text(ar="موظف غير من راجع", en="An officer other than the one who checked"),
        "two officers": Text(ar="موظفان", en="Two officers"),
        "rule": Text(ar="قاعدة، دون موظف", en="A rule, no officer"),
    }[step.decide]


def _within(step: Step) -> Text:
    assert step.within is not None
    length = spoken.span(step.within)
    return Text(ar=f"خلال {length.ar}", en=f"within {length.en}")


def _leaves(definition: Definition, stretch: tuple[Step, ...]) -> tuple[Text, ...]:
    leaves: list[Text] = []
    if any(isinstance(step, CheckStep) for step in stretch):
        leaves.append(Text(ar="يُعاد لاستكماله", en="Returned, to be completed"))
        leaves.append(_lapses(definition, "complete_within", ar="لم يُستكمل", en="not completed"))
    if any(isinstance(step, DecideStep) for step in stretch):
        leaves.append(Text(ar="يُرفض بأسباب", en="Refused, with reasons"))
    return tuple(leaves)


_HELD = {
    "fee": Text(ar="رسم", en="Fee"),
    "fine": Text(ar="غرامة", en="Fine"),
    "deposit": Text(ar="تأمين يُرد", en="Deposit, given back"),
}


def _money(definition: Definition, due: str) -> Iterator[Row]:
    charges = [charge for charge in definition.charges if charge.due == due]
    if charges:
        yield Row(
            boxes=tuple(
                Box(kind="money", title=charge.name, notes=(_HELD[charge.kind],)) for charge in charges
            ),
            leaves=(_lapses(definition, "pay_within", ar="لم يُسدد", en="not paid"),),
        )


def _lapses(definition: Definition, word: str, *, ar: str, en: str) -> Text:
    """The automatic end, and after how long if the service says so."""
    term = getattr(definition.left_undone, word, None)
    length = spoken.span(term) if term else None
    within = Text(ar=f" خلال {length.ar}", en=f" within {length.en}") if length else NOTHING
    return Text(ar=f"ينتهي إن {ar}{within.ar}", en=f"Ends if {en}{within.en}")


def _issue(definition: Definition) -> Box:
    length = spoken.validity(definition, definition.instrument.validity)
    return Box(
        kind="state",
        title=Text(
            ar=f"تصدر: {definition.instrument.title.ar}", en=f"Issued: {definition.instrument.title.en}"
        ),
        notes=(Text(ar=f"السريان: {length.ar}", en=f"in force: {length.en}"),),
    )


def _visits(definition: Definition) -> Iterator[Box]:
    for visit in definition.after_issue:
        freed = [
            charge.name
            for charge in definition.charges
            if charge.released_by and charge.released_by.inspection == visit.inspect
        ]
        frees = [Text(ar=f"يُرد: {name.ar}", en=f"gives back: {name.en}") for name in freed]
        yield Box(
            kind="authority",
            title=visit.name,
            notes=(spoken.moment(definition, visit.due), *frees),
            when=spoken.condition(definition, visit.when),
        )

"""The reasoning finds answers exactly where trying all of them finds some, and the answers that it shows are true."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from rukhsa.catalogue.conditions import Condition, comparisons, holds
from rukhsa.catalogue.questions import AnyQuestion, Question
from rukhsa.catalogue.reasoning.formulas import every, negated, some
from rukhsa.catalogue.reasoning.possible import Possible
from rukhsa.catalogue.reasoning.solver import TooHard

QUESTION = TypeAdapter[Question](AnyQuestion)
CONDITION = TypeAdapter[Condition](Condition)
ASK = {"ar": "س", "en": "Q"}
LEAST, MOST = -1, 4
TYPES: dict[str, dict[str, Any]] = {
    "choice": {"type": "choice", "options": {"a": ASK, "b": ASK, "c": ASK}},
    "yes-no": {"type": "yes-no"},
    "integer": {"type": "integer", "from": LEAST, "to": MOST},
    "decimal": {"type": "decimal", "unit": "m", "decimals": 1, "from": "0", "to": "0.4"},
    "date": {"type": "date"},
    "text": {"type": "text"},
}
ANSWERS: dict[str, list[Any]] = {
    "choice": ["a", "b", "c"],
    "yes-no": ["yes", "no"],
    "integer": list(range(LEAST, MOST + 1)),
    "decimal": ["0", "0.1", "0.2", "0.3", "0.4"],
    "date": ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04", "2020-01-05"],
    "text": ["a", "b", "something else"],
}
VALUES = ANSWERS | {"date": ["2020-01-02", "2020-01-04"], "text": ["a", "b"]}


@st.composite
def condition(draw: st.DrawFn, before: list[tuple[str, str]], depth: int = 2) -> dict[str, Any]:
    """A condition over the questions before it, as (id, type)."""
    joined = draw(st.sampled_from(["is", "is", "all", "any", "not"])) if depth else "is"
    if joined == "not":
        return {"not": draw(condition(before, depth - 1))}
    if joined in ("all", "any"):
        return {joined: [draw(condition(before, depth - 1)) for _ in range(draw(st.integers(1, 3)))]}
    id, type = draw(st.sampled_from(before))
    ordered = type in ("integer", "decimal", "date")
    words = ["answered", "is", "is-not", "in"] if type != "decimal" else ["answered"]
    word = draw(st.sampled_from(words + ["at-least", "at-most"] * ordered))
    if word == "answered":
        return {"question": id, word: draw(st.sampled_from(["yes", "no"]))}
    value = st.sampled_from([str(each) for each in VALUES[type]])
    return {
        "question": id,
        word: draw(st.lists(value, min_size=1, max_size=2)) if word == "in" else draw(value),
    }


@st.composite
def form(draw: st.DrawFn) -> tuple[list[Question], Condition]:
    """A few questions, some under conditions, and one condition more."""
    before: list[tuple[str, str]] = []
    questions = []
    for index in range(draw(st.integers(1, 4))):
        type = draw(st.sampled_from(list(TYPES)))
        parts = {"id": f"q{index}", "ask": ASK, "optional": draw(st.booleans()), **TYPES[type]}
        if before and draw(st.booleans()):
            parts["when"] = draw(condition(before))
        questions.append(QUESTION.validate_python(parts))
        before.append((f"q{index}", type))
    return questions, CONDITION.validate_python(draw(condition(before)))


def every_way_to_answer(questions: list[Question]) -> Iterator[dict[str, Any]]:
    """All answers that the form takes: what is not put is not answered, what is put must be unless optional."""
    for chosen in product(*([None, *ANSWERS[question.type]] for question in questions)):
        answered: dict[str, Any] = {}
        for question, answer in zip(questions, chosen, strict=True):
            put = holds(question.when, answered)
            if (answer is not None and not put) or (answer is None and put and not question.optional):
                break
            if answer is not None:
                answered[question.id] = answer
        else:
            yield answered


def possible_of(questions: list[Question], *conditions: Condition) -> Possible:
    compared: dict[str, list[Any]] = {}
    for one in (*conditions, *(question.when for question in questions)):
        for comparison in comparisons(one):
            compared.setdefault(comparison.question, []).append(comparison)
    return Possible(
        questions={question.id: question for question in questions},
        answered_when={question.id: (question.when,) for question in questions},
        compared=compared,
    )


@settings(max_examples=150, deadline=None)
@given(form())
def test_an_example_is_found_exactly_where_some_answers_make_a_condition_true(
    drawn: tuple[list[Question], Condition],
) -> None:
    questions, asked = drawn
    possible = possible_of(questions, asked)
    all_answers = list(every_way_to_answer(questions))
    for said, wanted in ((possible.says(asked), True), (negated(possible.says(asked)), False)):
        example = possible.example(said)
        assert (example is not None) == any(holds(asked, answers) is wanted for answers in all_answers)
        if example is not None:
            answered = {id: answer for id, answer in example.answers.items() if answer is not None}
            assert holds(asked, answered) is wanted
            for question in questions:
                if question.id in example.answers:
                    assert holds(question.when, answered) or question.id not in answered
                    assert question.optional or not holds(question.when, answered) or question.id in answered


def chain(length: int, *, last: str) -> tuple[list[Question], Condition]:
    """Questions, each asked only if the one before it was answered with yes."""
    questions = [QUESTION.validate_python({"id": "q0", "type": "yes-no", "ask": ASK})]
    for index in range(1, length):
        when = {"question": f"q{index - 1}", "is": "yes"}
        parts = {"id": f"q{index}", "type": "yes-no", "ask": ASK, "when": when}
        questions.append(QUESTION.validate_python(parts))
    all_of = [{"question": f"q{length - 1}", "is": "yes"}, {"question": "q0", "is": last}]
    return questions, CONDITION.validate_python({"all": all_of})


def test_sixty_questions_that_hang_together_are_proved_and_not_walked() -> None:
    questions, contradiction = chain(60, last="no")
    possible = possible_of(questions, contradiction)
    assert possible.example(possible.says(contradiction)) is None
    questions, reachable = chain(60, last="yes")
    possible = possible_of(questions, reachable)
    example = possible.example(possible.says(reachable))
    assert example is not None
    assert set(example.answers.values()) == {"yes"}
    assert len(example.answers) == 60


def test_what_would_take_for_ever_is_given_up() -> None:
    # As many holes as pigeons less one: the search has no shortcut, and there are no answers.
    pigeons = range(9)
    options = {f"h{hole}": ASK for hole in pigeons[1:]}
    questions = [
        QUESTION.validate_python({"id": f"p{each}", "type": "choice", "ask": ASK, "options": options})
        for each in pigeons
    ]
    apart = [
        {"not": {"all": [{"question": f"p{one}", "is": hole}, {"question": f"p{other}", "is": hole}]}}
        for one in pigeons
        for other in range(one)
        for hole in options
    ]
    asked = CONDITION.validate_python({"all": apart})
    possible = possible_of(questions, asked)
    with pytest.raises(TooHard):
        possible.example(possible.says(asked))


@settings(max_examples=80, deadline=None)
@given(form(), st.data())
def test_gaps_and_overlaps_of_rows_are_found_exactly_where_some_answers_have_none_or_two(
    drawn: tuple[list[Question], Condition], data: st.DataObject
) -> None:
    questions, first = drawn
    kinds = [(question.id, question.type) for question in questions]
    rows = [first, *(CONDITION.validate_python(data.draw(condition(kinds))) for _ in range(2))]
    possible = possible_of(questions, *rows)
    said = [possible.says(row) for row in rows]
    counts = {sum(holds(row, answers) for row in rows) for answers in every_way_to_answer(questions)}
    assert (possible.example(negated(some(said))) is not None) == (0 in counts)
    overlaps = [possible.example(said[index], some(said[:index])) for index in range(len(rows))]
    assert any(example is not None for example in overlaps) == bool(counts - {0, 1})


@settings(max_examples=80, deadline=None)
@given(form(), st.data())
def test_what_is_given_is_heeded_and_only_what_has_nothing_to_do_with_it_is_left_out(
    drawn: tuple[list[Question], Condition], data: st.DataObject
) -> None:
    questions, asked = drawn
    kinds = [(question.id, question.type) for question in questions]
    rules = [CONDITION.validate_python(data.draw(condition(kinds))) for _ in range(2)]
    possible = possible_of(questions, asked, *rules)
    given_rules = every(possible.says(rule) for rule in rules)
    taken = [
        answers for answers in every_way_to_answer(questions) if all(holds(rule, answers) for rule in rules)
    ]
    if taken:  # what is given is possible
        example = possible.example(possible.says(asked), given=given_rules)
        assert (example is not None) == any(holds(asked, answers) for answers in taken)

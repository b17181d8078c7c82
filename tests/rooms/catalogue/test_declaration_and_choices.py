"""Declarations are ticked, and several of a list may be chosen: read, compared, proved, priced and sealed."""

from datetime import date
from pathlib import Path

import pytest

from rukhsa.catalogue.conditions import Comparison, holds
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.choices import ChoicesQuestion
from rukhsa.catalogue.questions.declaration import DeclarationQuestion
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.payments.tariff import price
from tests.rooms.catalogue.broken import problems_in_text, read

SOUND = (Path(__file__).parent / "broken_files" / "sound.yaml").read_text(encoding="utf-8")
DAY = date(2026, 6, 1)
ASKED = """\
      - id: sells
        type: choices
        to: 2
        ask: {ar: ماذا تبيع؟, en: What do you sell?}
        options: {tea: {ar: شاي, en: Tea}, fruit: {ar: فاكهة, en: Fruit}, toys: {ar: ألعاب, en: Toys}}
      - {id: true-drawings, type: declaration, ask: {ar: أقر بصحة الرسم., en: I declare that the drawing is true.}}
      - {id: account,"""
WITH = SOUND.replace("      - {id: account,", ASKED, 1)
COOKS = "when: {question: cooks, is: yes}}"
FEE = WITH[WITH.index("      - {phrase: {ar: حتى") : WITH.index("  - id: clearance-deposit")]


def asked(id: str) -> Question:
    return read(WITH).value.question(id)


def refused(question: Question, typed: str) -> str:
    with pytest.raises(BadAnswer) as bad:
        question.read(typed, Context(on=DAY, values={}))
    return bad.value.code


def test_a_declaration_is_ticked_and_has_no_other_answer() -> None:
    declared = asked("true-drawings")
    assert isinstance(declared, DeclarationQuestion)
    assert declared.read("yes", Context(on=DAY, values={})) == "yes"
    assert refused(declared, "no") == "choice-unknown"
    assert declared.every_answer(()) == ("yes",)
    assert declared.plausible(None, Setting(number=0, on=DAY, block=317), {}) == "yes"
    always = WITH.replace(COOKS, "when: {question: true-drawings, is: yes}}", 1)
    assert {each.code for each in problems_in_text(always)} == {"always-holds"}


def test_several_are_chosen_in_the_order_of_the_list() -> None:
    sells = asked("sells")
    assert isinstance(sells, ChoicesQuestion)
    assert sells.read("toys tea toys", Context(on=DAY, values={})) == "tea toys"
    assert refused(sells, "tea coal") == "choice-unknown"
    assert refused(sells, "tea fruit toys") == "choices-too-many"
    assert refused(sells.model_copy(update={"from_": 2}), "tea") == "choices-too-few"
    assert sells.option("tea toys").en == "Tea, Toys"
    assert sells.sealed("tea toys", "text", None) == "شاي، ألعاب"
    assert sells.longest("text", None, "x".__mul__) == "فاكهة، ألعاب"


def test_a_condition_asks_whether_an_answer_includes_one() -> None:
    includes = Comparison.model_validate({"question": "sells", "includes": "tea"})
    assert holds(includes, {"sells": "tea toys"})
    assert not holds(includes, {"sells": "toys"})
    assert not holds(includes, {})


@pytest.mark.parametrize(
    ("when", "codes"),
    [
        ("{question: sells, includes: tea}", set()),
        ("{all: [{question: sells, includes: tea}, {question: sells, includes: toys}]}", set()),
        ("{all: [{question: sells, includes: tea}, {question: sells, includes: fruit}, "
         "{question: sells, includes: toys}]}", {"never-asked"}),  # two at the most
        ("{any: [{question: sells, includes: tea}, {question: sells, includes: fruit}, "
         "{question: sells, includes: toys}]}", {"always-holds"}),  # one at the least
        ("{question: sells, includes: coal}", {"unknown-answer"}),
        ("{question: sells, is: tea}", {"wrong-comparison"}),
        ("{question: use, includes: food}", {"wrong-comparison"}),
    ],
)  # fmt: skip
def test_the_compiler_reasons_over_sets_of_choices(when: str, codes: set[str]) -> None:
    text = WITH.replace(COOKS, f"when: {when}}}", 1)
    assert {each.code for each in problems_in_text(text)} == codes


def test_each_chosen_is_charged() -> None:
    text = WITH.replace(FEE, "      - {chosen: {of: sells, amounts: {tea: 1.500, fruit: 2.000, toys: 0}}}\n")
    assert problems_in_text(text) == ()
    rule = read(text).value.charges[0]
    assert str(price(rule, {"sells": "tea fruit"}, "BHD", on=DAY).money) == "3.500"
    counted = read(WITH.replace(FEE, "      - {amount: 2.000, per: {each-of: sells}}\n")).value.charges[0]
    assert str(price(counted, {"sells": "tea toys"}, "BHD", on=DAY).money) == "4.000"


@pytest.mark.parametrize(
    ("amounts", "code"),
    [
        ("{tea: 1.500, fruit: 2.000}", "row-gap"),
        ("{tea: 1.500, fruit: 2.000, toys: 0, coal: 1}", "unknown-answer"),
    ],
)
def test_every_option_has_its_amount_and_nothing_else_has(amounts: str, code: str) -> None:
    text = WITH.replace(FEE, f"      - {{chosen: {{of: sells, amounts: {amounts}}}}}\n")
    assert {each.code for each in problems_in_text(text)} == {code}


def test_more_than_can_be_chosen_is_unanswerable() -> None:
    text = WITH.replace("        to: 2\n", "        from: 3\n        to: 2\n")
    assert {each.code for each in problems_in_text(text)} == {"unanswerable"}

"""A definition with mistakes of form: each is reported with its line and what to write instead."""

import json
import re

import pytest

from rukhsa.catalogue.banks import BankList
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.problems import DefinitionRefused
from rukhsa.catalogue.reason_rule import Reasons
from rukhsa.catalogue.slots import SlotList
from rukhsa.catalogue.source import LARGEST, load
from rukhsa.catalogue.territory import Policies, Territory
from rukhsa.catalogue.violation_rule import Violations
from rukhsa.catalogue.wrong_form import BY_PATTERN
from rukhsa.issuance.legacy.mapping import Mapping
from rukhsa.personal.retention_rule import Retention
from tests.rooms.catalogue.broken import changed, line_of, problems_in_text, read, text_of

RW = "road-works-licence"


@pytest.mark.parametrize(
    ("old", "new", "field", "en", "ar"),
    [
        ("summary:", "sumary:", "sumary", 'Write "summary"', 'اكتب "summary"'),
        ("kind: licence", "kind: license", "kind", 'Write "licence"', 'اكتب "licence"'),
        ("type: line", "type: lines", "type", 'Write "line"', 'اكتب "line"'),
        ("code: RW", "code: rwx", "code", "two capital Latin letters", "حرفين لاتينيين كبيرين"),
        ("profile-code: 205", "profile-code: ٢٠٥", "profile-code", "whole number", "عددًا صحيحًا"),
        ("amount: 0.250", 'amount: "0,250"', "amount", "12.500", "12.500"),
        ("amount: 0.250", "amount: ٠٫٢٥٠", "amount", "12.500", "12.500"),
        ("amount: 0.250", "amount: -0.250", "amount", "12.500", "12.500"),
        ("from: 2020-09-15", "from: 15/9/2020", "from", "2020-09-15", "2020-09-15"),
        ("within: 1 working day", "within: soon", "within", "3 working days", "3 working days"),
        ("length: {from: 1 m", "length: {from: 1 km", "from", "500 m", "500 m"),
        ("5 working days after end", "after five days", "due", "is not a moment", "ليست موعدًا"),
        ("is: yes}", "is: yes, is-not: no}", "when", "exactly one", "واحدة فقط"),
        ("id: kind\n", "id: Kind Of\n", "id", "small Latin letters", "حروفًا لاتينية صغيرة"),
        (
            "applicants: [citizen",
            "applicants: [alien",
            "applicants",
            "citizen, gcc, government, investor, resident",
            "citizen",
        ),
        (
            "released-by: {inspection: reinstatement}",
            "until: 2020-01-01",
            "charges",
            "released-by",
            "released-by",
        ),
        ("refer: ewa", "ask-ewa: yes", "review", "check, refer, inspect, decide", ""),
        ("validity: {from: start, for: days}", "validity: {to: start}", "validity", "lasts: 1 year", ""),
    ],
)
def test_a_mistake_of_form_is_explained(old: str, new: str, field: str, en: str, ar: str) -> None:
    text = changed(RW, old, new)
    problems = problems_in_text(text)
    about = [problem for problem in problems if field in problem.field]
    assert about, problems
    assert en in about[0].in_language("en")
    assert ar in about[0].in_language("ar")
    assert abs(about[0].line - line_of(text, new)) <= 10  # on its line, or at the part that it stands in


def test_an_unknown_word_is_shown_on_its_own_line() -> None:
    text = changed(RW, "summary:", "sumary:")
    unknown = next(problem for problem in problems_in_text(text) if problem.field == "sumary")
    assert unknown.line == line_of(text, "sumary:")
    assert unknown.column == 1
    place = f"service.yaml:{unknown.line}:1: sumary"
    assert (
        str(unknown) == f'{place}: "sumary" is not a word that is used here. Write "summary". [unknown-word]'
    )


def test_a_missing_word_is_named() -> None:
    text = changed(RW, "code: RW\n", "")
    assert 'code: "code" is missing. Add it: code: …' in str(problems_in_text(text)[0])


def test_several_mistakes_are_told_at_once() -> None:
    text = changed(RW, "kind: licence", "kind: license").replace("amount: 2.000", "amount: two")
    assert len(problems_in_text(text)) == 2


@pytest.mark.parametrize(
    ("text", "en", "line"),
    [
        ("", "the file is empty", 1),
        ("# only a comment\n", "the file is empty", 1),
        ("service: a\n\tkind: b\n", "a tab", 2),
        ("service: a\nservice: b\n", "written twice", 2),
        ("service: &x a\nkind: *x\n", "anchors", 1),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "anchors", 1),
        ("service: [a\nkind: b\n", "this is not YAML", 2),
        ("service: 'a\n", "a quote begins here and does not end", 1),
        ("service: a\n  kind: b\n", "a colon stands where none is expected", 2),
        ("name: {en: Age: how old}\n", "Put a text with a colon or a comma in it in quotes", 1),
        ("name: {ar: كم؟، en: How}\n", "an Arabic comma (،) stands before en. Write a Latin comma", 1),
        ("name:\n  ar: a\n\u00a0\u00a0en: b\n", "an invisible character (U+00A0)", 3),
        ("service: a\n<<<<<<< HEAD\nkind: b\n", "no colon follows the word of this line", 2),
        ("[" * 5000, "nested too deep", 1),
        ("- " * 5000, "nested too deep", 1),
        ("? [a, b]\n: c\n", "a word is expected", 1),
        ("just words", "does not fit", 1),
        ("--- a\n--- b\n", "this is not YAML", 2),
        ("a: !!python/object:os.system x\n", "tags (!)", 1),
    ],
)
def test_what_is_no_definition_at_all_is_refused(text: str, en: str, line: int) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        read(text)
    assert en in str(refused.value)
    assert refused.value.problems[0].line == line


def test_yes_no_dates_and_amounts_stay_as_they_are_written() -> None:
    definition = read(text_of(RW)).value
    row = definition.charges[0].rows[1]
    assert row.amount == "0.250"
    assert row.when.is_ == "no"
    assert definition.charges[0].from_.isoformat() == "2020-09-15"


def test_a_file_that_is_too_large_or_not_text_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    large, latin = tmp_path / "large.yaml", tmp_path / "latin.yaml"
    large.write_bytes(b"a: b\n" * LARGEST)
    latin.write_bytes("service: a\nname: رخصة\n".encode("cp1256"))
    with pytest.raises(DefinitionRefused, match="at most"):
        load(large)
    with pytest.raises(DefinitionRefused, match=r"latin.yaml:2:1: file: the file is not UTF-8"):
        load(latin)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "en: Road works licence",
            "en: Licence, for roads",
            '"for roads" stands alone behind a comma. Put a text',
        ),
        ("amount: 2.000", "amount: 1,000.000", '"000.000" stands alone behind a comma. Write an amount'),
        ("amount: 2.000", "amount: 2.0005", "at most three digits after the point"),
        ("code: RW", "code: rw", "Write two capital Latin letters"),
        ("kind: licence", "kind: licence\u200f", "has an invisible character (U+200F)"),
        ("kind: licence", "kind\u200f: licence", "has an invisible character (U+200F)"),
        ("type: address", "type: address\u200f", "has an invisible character (U+200F)"),
        (
            "en: Road works licence}",
            "en: Road works licence, fr: Permis}",
            '"fr" is not a word that is used here',
        ),
        ("from: 2020-09-15", "from: 2021-02-30", 'there is no day "2021-02-30"'),
        ("from: 2020-09-15", "from: 1442-01-27", "Write the day of the Gregorian calendar"),
    ],
)
def test_a_slip_of_writing_is_told_with_what_to_write(old: str, new: str, said: str) -> None:
    problems = problems_in_text(changed(RW, old, new))
    assert said in " ".join(str(problem) for problem in problems)
    arabic = " ".join(problem.what.ar + problem.write_instead.ar for problem in problems)
    assert "^[" not in arabic
    assert "Unexpected" not in arabic


def test_every_pattern_is_told_in_words() -> None:
    shapes = [Definition, Territory, Policies, BankList, SlotList, Violations, Reasons, Retention, Mapping]
    schemas = json.dumps([shape.model_json_schema(mode="validation") for shape in shapes])
    patterns = {json.loads(f'"{found}"') for found in re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', schemas)}
    assert "^[A-Z]{2}$" in patterns
    assert patterns - BY_PATTERN.keys() == set()

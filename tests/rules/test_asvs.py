"""The page of ASVS 5.0 answers each requirement once, and what holds is seen somewhere."""

import re
from collections import Counter

import pytest

from rukhsa.project.config import PROJECT

PAGE = PROJECT / "docs" / "security" / "asvs.md"
FIELDS = PAGE.with_name("fields.md")
WORDS = ("holds", "does not hold", "not applicable")
# Of each section of the standard the level of its first, second, … requirement.
LEVELS = {
    "1.1": "22",
    "1.2": "1111122223",
    "1.3": "112222222223",
    "1.4": "222",
    "1.5": "123",
    "2.1": "122",
    "2.2": "112",
    "2.3": "12223",
    "2.4": "23",
    "3.1": "3",
    "3.2": "113",
    "3.3": "12223",
    "3.4": "11222233",
    "3.5": "11122333",
    "3.6": "3",
    "3.7": "22333",
    "4.1": "12233",
    "4.2": "23333",
    "4.3": "22",
    "4.4": "1222",
    "5.1": "2",
    "5.2": "112333",
    "5.3": "113",
    "5.4": "222",
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "11223333",
    "6.4": "112233",
    "6.5": "22222333",
    "6.6": "2223",
    "6.7": "33",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "223",
    "7.6": "22",
    "8.1": "1233",
    "8.2": "1123",
    "8.3": "133",
    "8.4": "23",
    "9.1": "111",
    "9.2": "1222",
    "10.1": "22",
    "10.2": "223",
    "10.3": "22223",
    "10.4": "1111122222233333",
    "10.5": "22222",
    "10.6": "22",
    "10.7": "222",
    "11.1": "2233",
    "11.2": "22233",
    "11.3": "11233",
    "11.4": "1222",
    "11.5": "23",
    "11.6": "23",
    "11.7": "33",
    "12.1": "12233",
    "12.2": "11",
    "12.3": "22223",
    "13.1": "2333",
    "13.2": "222223",
    "13.3": "2233",
    "13.4": "1222233",
    "14.1": "22",
    "14.2": "12223333",
    "14.3": "122",
    "15.1": "12233",
    "15.2": "12233",
    "15.3": "1222222",
    "15.4": "3333",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "2223",
    "17.1": "23",
    "17.2": "22223333",
    "17.3": "22",
}
WHOLE_CHAPTERS = {"9", "11", "12"}
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)


def test_each_requirement_is_answered_once_under_its_level() -> None:
    rows = [(number, level) for number, level, *_ in _ROW.findall(PAGE.read_text())]
    assert Counter(number for number, _ in rows).most_common(1)[0][1] == 1
    assert dict(rows) == _wanted()


def test_each_answer_is_one_of_three_and_says_where_or_why() -> None:
    rows = _ROW.findall(PAGE.read_text())
    assert {answer for *_, answer, _ in rows} == set(WORDS)
    assert [number for number, _, asks, _, seen in rows if not asks.strip() or not seen.strip()] == []


def test_what_holds_names_a_test_or_says_that_it_is_by_a_page() -> None:
    """Where the standard asks that something stands written, a page answers; everything else is tried."""
    rows = _ROW.findall(PAGE.read_text())
    bare = [number for number, _, _, answer, seen in rows if answer == "holds" and not _is_shown(seen)]
    assert bare == []
    by_a_page = [number for number, _, _, _, seen in rows if _BY_A_PAGE.match(seen)]
    assert len(by_a_page) <= BY_A_PAGE


@pytest.mark.parametrize(
    ("seen", "is_shown"),
    [
        ("`test_a_code_opens_once`", True),
        ("by the page [keys](../operating/keys.md): each with its life", True),
        ("by the pages [keys](k.md) and [formats](f.md)", True),
        ("Django's, at each sign-in", False),
        ("`staff/factor.py`, [staff](../operating/staff.md)", False),
    ],
)
def test_the_rule_tells_what_shows_something(seen: str, is_shown: bool) -> None:
    assert _is_shown(seen) is is_shown


def test_the_sums_are_those_of_the_rows() -> None:
    text = PAGE.read_text()
    counts = Counter(answer for *_, answer, _ in _ROW.findall(text))
    said = f"{counts.total()} requirements: {counts['holds']} hold, {counts['does not hold']} do not,"
    assert f"{said} {counts['not applicable']} are not applicable." in text


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text() + FIELDS.read_text()))
    sources = (file.read_text("utf-8") for file in (PROJECT / "tests").rglob("test_*.py"))
    made = {name for text in sources for name in re.findall(r"def (test_\w+)", text)}
    assert len(named) > 100
    assert named - made == set()


BY_A_PAGE = 12
_BY_A_PAGE = re.compile(r"by the pages? \[[^\]]+\]\(")


def _is_shown(seen: str) -> bool:
    return "`test_" in seen or _BY_A_PAGE.match(seen) is not None


def _wanted() -> dict[str, str]:
    return {
        f"{section}.{number}": level
        for section, levels in LEVELS.items()
        for number, level in enumerate(levels, 1)
        if level != "3" or section.split(".")[0] in WHOLE_CHAPTERS
    }

"""The words of the verdict in both languages, from words.json, which the page's JavaScript reads too."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from rukhsa.values.names import Text

AUDIENCES = ("public", "inspector", "agency")


def sentence(word: str) -> Text:
    """What the verdict says, in one sentence."""
    return Text(**_table()["words"][word]["sentence"])


def paper_sentence(word: str) -> Text:
    """What the verdict says of a paper document: about its number in the register, and never that it is genuine."""
    table = _table()
    return Text(**(table["paper"].get(word) or table["words"][word]["sentence"]))


def name(word: str) -> Text:
    """The verdict's word as people read it: Valid, سارية."""
    return Text(**_table()["words"][word]["name"])


def tone(word: str) -> str:
    """How it is shown: "good", "caution", "bad" or "neutral"; never by colour alone."""
    return str(_table()["words"][word]["tone"])


def next_step(word: str, reason: str, audience: str) -> Text:
    """What `audience` ("public", "inspector" or "agency") does now: the reason's own step, or the word's."""
    table = _table()
    steps = table["answers"].get(reason, {}).get("next") or table["words"][word]["next"]
    return Text(**steps[audience])


def reason(code: str) -> Text:
    """Why, in one sentence."""
    return Text(**_table()["reasons"][code])


def stamp(state: str) -> Text:
    """What the time stamp of a file is worth: "stamped", "not-stamped" or "unknown-authority"."""
    return Text(**_table()["stamps"][state])


def word_of(code: str) -> str:
    """The word of the verdict whose reason has this code."""
    return str(_table()["answers"][code]["word"])


def duties_of(code: str) -> tuple[int, ...]:
    """The numbered duties that fail for this reason; none for a reason that lets a document pass."""
    return tuple(_table()["answers"][code]["duties"])


def status_known(age_seconds: int | None) -> Text:
    """How old the knowledge of the status is, in one sentence; None where the status is not known."""
    table = _table()["age"]
    if age_seconds is None:
        return Text(**table["unknown"])
    unit, size = next((unit, size) for unit, size, least in _UNITS if age_seconds >= least)
    count, forms, known = age_seconds // size, table["units"][unit], table["known"]
    english, arabic = forms["en"][count != 1], forms["ar"][_arabic_form(count)]
    return Text(
        ar=known["ar"].format(age=arabic.format(n=count)), en=known["en"].format(age=english.format(n=count))
    )


# Each unit with its seconds, and the age in seconds from which it is used.
_UNITS = (("day", 86_400, 172_800), ("hour", 3600, 7200), ("minute", 60, 120), ("second", 1, 0))


def _arabic_form(count: int) -> int:
    """Which of the six forms of a counted noun, in the order of CLDR: zero, one, two, few, many, other."""
    if count <= 2:
        return count
    return 3 if 3 <= count % 100 <= 10 else 4 if count % 100 > 10 else 5


def witnessed(seen: bool) -> Text:
    """Whether a quorum of independent witnesses has seen it in the log, in one sentence."""
    return Text(**_table()["witnessed"]["yes" if seen else "no"])


def duty(number: int) -> Text:
    """The name of a numbered duty of the verdict."""
    return Text(**_table()["duties"][number])


def every_word() -> list[str]:
    """All words a verdict can have."""
    return list(_table()["words"])


def every_reason() -> list[str]:
    """All reason codes a verdict can have."""
    return list(_table()["reasons"])


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
    return table

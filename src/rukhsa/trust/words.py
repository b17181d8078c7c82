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


def name(word: str) -> Text:
    """The verdict's word as people read it: Valid, سارية."""
    return Text(**_table()["words"][word]["name"])


def tone(word: str) -> str:
    """How it is shown: "good", "caution" or "bad"; never by colour alone."""
    return str(_table()["words"][word]["tone"])


def next_step(word: str, audience: str) -> Text:
    """What `audience` ("public", "inspector" or "agency") does now."""
    return Text(**_table()["words"][word]["next"][audience])


def reason(code: str) -> Text:
    """Why, in one sentence."""
    return Text(**_table()["reasons"][code])


def stamp(state: str) -> Text:
    """What the time stamp of a file is worth: "stamped", "not-stamped" or "unknown-authority"."""
    return Text(**_table()["stamps"][state])


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

"""Whoever reads the journal reads words: every act that is recorded anywhere has its own."""

import re

from rukhsa.web.desk.entries import ACTS
from tests.rules.source import MODULES

RECORDED = re.compile(r'\brecord(?:_each)?\(\s*"([a-z]+(?:-[a-z]+)*)"')


def test_every_act_of_the_journal_is_told_in_words() -> None:
    recorded = {act for module in MODULES for act in RECORDED.findall(module.read_text("utf-8"))}
    assert len(recorded) > 80, "the pattern finds them no more"
    assert recorded - set(ACTS) == set()

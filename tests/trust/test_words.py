"""The words of the verdict: whole for every code, every audience and both languages, and true to the truth table."""

import json
import re
from typing import Any

import pytest

from rukhsa.project.config import PROJECT
from rukhsa.trust import verdict, words
from tests.trust import world
from tests.trust.vectors import make
from tests.trust.world import NOON

TABLE: dict[str, Any] = json.loads(make.PATH.read_text("utf-8"))
ARABIC = re.compile("[\u0600-\u06ff]")
PAGE = PROJECT / "docs/formats/verdict.md"


@pytest.mark.parametrize("code", words.every_reason())
def test_every_code_says_why_and_what_to_do_next_to_everyone_in_both_languages(code: str) -> None:
    word = words.word_of(code)
    texts = [words.reason(code), words.sentence(word)]
    texts += [words.next_step(word, code, audience) for audience in words.AUDIENCES]
    for text in texts:
        assert ARABIC.search(text.ar), (code, text)
        assert re.search("[A-Za-z]", text.en), (code, text)
        assert not ARABIC.search(text.en), (code, text)
        assert (text.ar[-1], text.en[-1]) == (".", "."), (code, text)


def test_the_table_of_answers_names_every_code_and_no_other() -> None:
    for code in words.every_reason():
        assert words.word_of(code) in words.every_word()
        assert all(0 <= duty <= 7 for duty in words.duties_of(code))
    assert sorted(words._table()["answers"]) == sorted(words.every_reason())
    assert {words.word_of(code) for code in words.every_reason()} == set(words.every_word())


def test_the_truth_table_and_the_table_of_answers_agree() -> None:
    for case in TABLE["cases"]:
        assert words.word_of(case["reason"]) == case["word"], case["name"]
        duties = {None} if case["failed_duty"] is None else set(words.duties_of(case["reason"]))
        assert case["failed_duty"] in duties, case["name"]


def test_the_page_of_the_format_names_every_code_in_the_line_of_its_duty() -> None:
    rows = dict(re.findall(r"^\| ([0-7]) [^|]*\|[^|]*\| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE))
    named = {int(duty): set(re.findall(r"[a-z][a-z0-9-]+", codes)) for duty, codes in rows.items()}
    for code in words.every_reason():
        if code in ("fault", "paper-accepted"):  # no duty of its own, and no seal at all
            continue
        for duty in words.duties_of(code):
            if not code.startswith("pdf-") and code not in ("not-a-pdf", "bad-pdf"):  # those of pdf.md
                assert code in named[duty], f"{code} is not named at duty {duty}"


@pytest.mark.parametrize(
    ("seconds", "english", "arabic"),
    [
        (0, "0 seconds", "0 ثانية"),
        (1, "1 second", "ثانية واحدة"),
        (119, "119 seconds", "119 ثانية"),
        (120, "2 minutes", "دقيقتين"),
        (600, "10 minutes", "10 دقائق"),
        (7200, "2 hours", "ساعتين"),
        (3 * 86_400, "3 days", "3 أيام"),
        (11 * 86_400, "11 days", "11 يومًا"),
        (99 * 86_400, "99 days", "99 يومًا"),
        (100 * 86_400, "100 days", "100 يوم"),
        (102 * 86_400, "102 days", "102 يوم"),
        (103 * 86_400, "103 days", "103 أيام"),
    ],
)
def test_an_age_is_told_as_people_count(seconds: int, english: str, arabic: str) -> None:
    known = words.status_known(seconds)
    assert (f"as of {english} ago" in known.en, f"قبل {arabic}." in known.ar) == (True, True)


def test_every_verdict_says_how_old_its_status_is_or_that_it_is_not_known() -> None:
    site = world.town_hall()
    sealed = site.issue()
    fresh = verdict.to_json(site.verifier.verify_seal(sealed, at=NOON))
    assert fresh["languages"]["en"]["status_known"] == "Its status is known as of 60 seconds ago."
    forged = verdict.to_json(site.verifier.verify_seal(b"", at=NOON))
    assert forged["status_age_seconds"] is None
    assert "not known" in forged["languages"]["en"]["status_known"]


def test_a_list_that_is_too_old_is_told_with_its_age() -> None:
    site = world.town_hall()
    sealed = site.issue()
    site.files[world.STATUS_URI] = world.status_token(at=NOON.replace(day=12))
    answer = site.verifier.verify_seal(sealed, at=NOON)
    assert (answer.reason, answer.status_known.en) == (
        "status-expired",
        "Its status is known as of 3 days ago.",
    )

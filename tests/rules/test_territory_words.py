"""A territory speaks as the pages do, on which its services, papers, reasons and rules stand (docs/words.md)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.reason_rule import Reasons
from rukhsa.catalogue.territory import service_files
from rukhsa.project.config import PROJECT
from rukhsa.values.names import Text
from tests.rules.spoken import shapes_of, texts_of
from tests.rules.test_direction import turned
from tests.rules.test_words import (
    GRANTED,
    LONGEST_SENTENCE,
    is_any_body,
    is_unlike_the_pages,
    longest_sentence,
)

BOTH: Final = pytest.mark.parametrize("territory", ["bahrain", "spearfish"])
# A thing is not "no" thing, nothing stands in or is touched, and what is there stands where it can be seen.
QUAINT: Final = re.compile(
    r"(?<!there )\bis no (?!longer\b|more\b)|\bstands? in for\b|\bneither\b|\btouch(?:es|ed)?\b|\bin plain sight\b"
    r"|\bfor any body\b|\bnothing further\b|^(?:May|Those who)\b",
    re.IGNORECASE,
)
# What has to be done, said as if it were so already: "The site is fenced".
TOLD_AS_DONE: Final = re.compile(
    r"\b(?:is|are)(?: not| only)? (?:\w+ly )?(?:\w+ed|kept|taken|given|shown|sold|put|let|wet|on|off|silent)\b"
    r"|\b(?:stays?|stands?|follows?|goes)\b|^No \w+"
)
DUTY: Final = re.compile(r"\b(?:must|can|if|when|whose)\b", re.IGNORECASE)
# A body that is said to be which, one of any kind, and a side of a place.
OF_OTHERS: Final = re.compile("الجهة الطالبة|جهات الخدمات|أي جهة|جهة الطريق")
# The second sentence of a reason to return: what to do.
ASKS: Final = re.compile(r"\. (?:Upload|Correct|Change)\b")


def folder_of(territory: str) -> Path:
    return PROJECT / "territories" / territory


@BOTH
def test_a_territory_speaks_as_the_pages_do(territory: str) -> None:
    told = list(texts_of(folder_of(territory)))
    assert len(told) > 30
    assert [each for each in told if is_unlike_the_pages(each[1])] == []
    assert [each for each in told if longest_sentence(each[1].en) > LONGEST_SENTENCE] == []
    # An authority studies an application; مراجعة is what an applicant does with answers.
    assert [each for each in told if "مراجع" in each[1].ar] == []
    assert [each for each in told if QUAINT.search(each[1].en)] == []


@BOTH
def test_each_file_of_a_territory_is_read(territory: str) -> None:
    told = {place.partition(".")[0] for place, _ in texts_of(folder_of(territory))}
    assert {"territory", "policies", "reasons", "retention"} <= told
    assert (territory == "bahrain") == ({"violations", "camp-sites", "receipt"} <= told)


@BOTH
def test_a_body_is_said_to_be_which_and_an_application_to_be_approved(territory: str) -> None:
    told = list(texts_of(folder_of(territory)))
    assert [each for each in told if is_any_body(OF_OTHERS.sub("", each[1].ar))] == []
    assert [each for each in told if GRANTED.search(each[1].en)] == []


@BOTH
def test_every_code_in_the_arabic_of_a_territory_reads_from_left_to_right(territory: str) -> None:
    told = texts_of(folder_of(territory))
    assert {place: codes for place, text in told if (codes := turned(text.ar))} == {}


@BOTH
def test_a_condition_that_binds_says_must(territory: str) -> None:
    """A holder reads on the document what to do, and not what is said to be so."""
    told = list(conditions_of(folder_of(territory)))
    assert told
    assert [each for each in told if is_told_as_done(each[1])] == []


@BOTH
def test_a_reason_to_return_says_what_to_do(territory: str) -> None:
    """Where it can: what is wrong with drawings is in the officer's own words, beside the reason."""
    reasons = shapes_of(folder_of(territory))["reasons"]
    assert isinstance(reasons, Reasons)
    told = {code: each.text for code, each in reasons.reasons.items() if each.for_ == ("return",)}
    assert told
    assert {code: text for code, text in told.items() if not ASKS.search(text.en)} == {}


@BOTH
def test_an_account_is_asked_for_by_the_name_that_the_bank_writes(territory: str) -> None:
    """An IBAN is called so in both languages: an account number is another, and shorter."""
    asked = list(accounts_asked_for(folder_of(territory)))
    assert bool(asked) == (territory == "bahrain")
    assert [place for place, ask in asked if "IBAN" not in ask.en or "الآيبان" not in ask.ar] == []


@pytest.mark.parametrize(
    ("condition", "is_bad"),
    [
        ("The site is fenced.", True),
        ("The address plate is fixed in plain sight.", True),
        ("No loudspeaker is used.", True),
        ("Half the width of the road stays open.", True),
        ("Materials are not placed on the road.", True),
        ("The site must be fenced. The permit is displayed.", True),
        ("The site must be fenced.", False),
        ("The certificate is revoked if a document proves to be forged.", False),
        ("This certificate does not prove ownership.", False),
    ],
)
def test_a_duty_that_is_told_as_done_is_found(condition: str, *, is_bad: bool) -> None:
    assert is_told_as_done(condition) == is_bad


def test_a_quaint_word_is_found() -> None:
    assert QUAINT.search("This card is no proof of ownership.")
    assert QUAINT.search("May the road be cut?")
    assert not QUAINT.search("There is no damage. It is no longer valid.")


def is_told_as_done(condition: str) -> bool:
    """Whether a sentence of a condition says as a fact what its holder has to see to."""
    sentences = re.split(r"(?<=[.])\s+", condition)
    return any(TOLD_AS_DONE.search(each) and not DUTY.search(each) for each in sentences)


def conditions_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Each condition that a document prints, with its service."""
    for file in service_files(folder):
        for each in read_definition(file).value.instrument.conditions:
            yield file.stem, each.text.en


def accounts_asked_for(folder: Path) -> Iterator[tuple[str, Text]]:
    """Each question for an account at a bank, with its service."""
    for file in service_files(folder):
        for section in read_definition(file).value.sections:
            for each in section.questions:
                if each.type == "iban":
                    yield f"{file.stem}: {each.id}", each.ask

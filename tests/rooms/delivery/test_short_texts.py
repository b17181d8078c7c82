"""What a phone shows of each event: in one part of an SMS or two, with the longest values that occur."""

import dataclasses

import pytest
from django.utils import timezone, translation
from pytest_django import Settings

from rukhsa.catalogue.territory import territory
from rukhsa.delivery.notice import OF_ONES_OWN, SENTENCES, sentence, short_text
from rukhsa.payments.gateways.sadad import SadadGateway

# A part of an SMS holds 70 characters where one is Arabic, and 160 otherwise; of several parts each holds 67.
ARABIC, ARABIC_IN_TWO, ENGLISH = 70, 134, 160
LONGEST = {
    "reference": "CAP-2026-123456-K",
    "number": "CAP-RW-2026-123456-7",
    "amount": "12345.500",
    "kept": "12345.500",
    "currency": "BHD",
    "day": "2026-09-30",
    "time": "13:30",
}
SITE = "https://licences.municipality.bh"


@pytest.fixture(autouse=True)
def long_site(settings: Settings) -> None:
    addresses = dataclasses.replace(settings.CONFIG.addresses, portal_url=SITE)
    settings.CONFIG = dataclasses.replace(settings.CONFIG, addresses=addresses)


@pytest.mark.parametrize("event", SENTENCES)
def test_an_arabic_text_needs_two_parts_at_most(event: str) -> None:
    text = longest(event, "ar")
    assert parts(text) <= 2, f"{len(text)} characters: {text}"


@pytest.mark.parametrize("event", SENTENCES)
def test_an_english_text_needs_one_part(event: str) -> None:
    text = longest(event, "en")
    assert text.isascii()
    assert len(text) <= ENGLISH, f"{len(text)} characters: {text}"


@pytest.mark.parametrize("event", SENTENCES)
def test_a_text_names_the_authority_and_the_number(event: str) -> None:
    text = longest(event, "ar")
    assert text.startswith("بلدية المنطقة")
    numbers = (LONGEST["reference"], LONGEST["number"], "12345678901")
    assert any(number in text for number in numbers) is (event not in OF_ONES_OWN)


def test_a_text_that_is_too_long_is_found() -> None:
    assert parts("ا" * ARABIC) == 1
    assert parts("ا" * ARABIC_IN_TWO) == 2
    assert parts("ا" * (ARABIC_IN_TWO + 1)) == 3


def parts(text: str) -> int:
    """How many parts of an SMS an Arabic text takes."""
    return 1 if len(text) <= ARABIC else -(-len(text) // 67)


def longest(event: str, language: str) -> str:
    """The text of an event with the longest values."""
    facts = LONGEST | ({"number": "12345678901"} if event == "bill" else {})
    name = event.removesuffix("-promised")
    if name == event and f"{event}-promised" in SENTENCES:
        facts.pop("day")
    today = timezone.localdate()
    names = [one.name(on=today).in_language(language) for one in territory().authorities]
    bill = SadadGateway.capabilities.bill
    assert bill is not None
    where = bill.where.in_language(language)
    with translation.override(language):
        return short_text(sentence(name, {**facts, "where": where}), max(names, key=len))

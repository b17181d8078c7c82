"""Services are found by the words that people use."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rukhsa.catalogue.reading import read_definition
from rukhsa.catalogue.search import find
from rukhsa.catalogue.territory import service_files
from tests.rooms.catalogue.broken import BAHRAIN

SERVICES = [read_definition(file).value for file in service_files(BAHRAIN)]


def first(asked: str) -> list[str]:
    """What stands above the fold of a telephone."""
    return [each.service for each in find(SERVICES, asked)[:3]]


@pytest.mark.parametrize(
    ("asked", "service"),
    [
        ("أريد أن أحفر الشارع", "excavation-permit"),
        ("سأحفر خندقا", "excavation-permit"),
        ("حفريات", "excavation-permit"),
        ("الحُفَر", "excavation-permit"),
        ("والحفريات", "excavation-permit"),
        ("حفرايت", "excavation-permit"),
        ("I want to dig up the street", "excavation-permit"),
        ("excvation", "excavation-permit"),
        ("اثبات السكن", "proof-of-residence"),
        ("شهاده سكن", "proof-of-residence"),
        ("RENT", "proof-of-residence"),
        ("fence", "boundary-wall-permit"),
        ("أسوار", "boundary-wall-permit"),
        ("خيمة رمضان", "ramadan-tent-licence"),
        ("ابني غرفه", "small-building-permit"),
        ("تغيير العنوان", "address-change"),
        ("adress", "address-change"),
        ("إغلاق حاره", "road-works-licence"),
    ],
)
def test_everyday_words_find_the_service_among_the_first(asked: str, service: str) -> None:
    assert service in first(asked)


def test_the_beginning_of_a_word_is_enough() -> None:
    assert first("excav")[0] == "excavation-permit"


@pytest.mark.parametrize("asked", ["zzz", "؟؟؟", "أريد", "", "12"])
def test_words_that_fit_nothing_find_nothing(asked: str) -> None:
    assert find(SERVICES, asked) == []


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["C"]), max_size=100))
def test_whatever_is_typed_some_services_are_found_once_or_none(asked: str) -> None:
    found = [each.service for each in find(SERVICES, asked)]
    assert len(found) == len(set(found))

"""Services are found by the words that people use."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rukhsa.catalogue import service_search
from rukhsa.catalogue.definition import Definition, read_definition
from rukhsa.catalogue.service_search import find
from rukhsa.catalogue.territory import service_files
from tests.rooms.catalogue.broken import BAHRAIN


@cache
def services() -> list[Definition]:
    """All of Bahrain's."""
    return [read_definition(file).value for file in service_files(BAHRAIN)]


def first(asked: str) -> list[str]:
    """What stands above the fold of a telephone."""
    return [each.service for each in find(services(), asked)[:3]]


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
        ("adress", "address-change"),
        ("إغلاق حاره", "road-works-licence"),
    ],
)
def test_everyday_words_find_the_service_among_the_first(asked: str, service: str) -> None:
    assert service in first(asked)


EVERYDAY = [
    ("تغيير العنوان", "address-change"),
    ("نقل عنوان", "address-change"),
    ("أريد أن أحفر الشارع", "excavation-permit"),
    ("سور", "boundary-wall-permit"),
    ("خيمة رمضان", "ramadan-tent-licence"),
    ("مخيم في البر", "camping-registration"),
    ("فود ترك", "food-truck-licence"),
    ("عربة أكل", "food-truck-licence"),
    ("شهادة سكن", "proof-of-residence"),
    ("غرفة في السطح", "small-building-permit"),
    ("هدم بيت قديم", "demolition-permit"),
    ("لوحة محل", "advertisement-licence"),
    ("حاوية أنقاض أمام البيت", "road-occupation-licence"),
    ("تجديد الرخصة", "licence-renewal"),
    ("أكياس زبالة", "refuse-bags"),
    ("بناء بيت", "new-building-permit"),
    ("تسريب المطر في السقف", "home-repair-aid"),
    ("استرجاع التأمين", "deposit-refund"),
    ("رقم البيت", "address-plate"),
    ("مخالفة بلدية", "violation-settlement"),
    ("غرفة على السطح", "small-building-permit"),
    ("تعديل العنوان", "address-change"),
    ("عنوان جديد", "address-change"),
    ("شهادة عنوان", "proof-of-residence"),
    ("فتح محل", "premises-approval"),
    ("أبي أبني بيت", "new-building-permit"),
    ("تمديد كيبل", "excavation-permit"),
    ("سكر الشارع", "road-works-licence"),
    ("حفلة في الحديقة", "temporary-event-permit"),
    ("بسطة في السوق", "street-vendor-licence"),
    ("ضاعت الرخصة", "certified-copy"),
    ("حارس العمارة", "building-guard-certificate"),
    ("change of address", "address-change"),
    ("move house address", "address-change"),
    ("dig the road", "excavation-permit"),
    ("dig up the street", "excavation-permit"),
    ("fence", "boundary-wall-permit"),
    ("wall around my house", "boundary-wall-permit"),
    ("tent", "ramadan-tent-licence"),
    ("camping in the desert", "camping-registration"),
    ("food truck", "food-truck-licence"),
    ("proof of address", "proof-of-residence"),
    ("knock down my house", "demolition-permit"),
    ("shop sign", "advertisement-licence"),
    ("skip in front of my house", "road-occupation-licence"),
    ("rubbish bags", "refuse-bags"),
    ("build a house", "new-building-permit"),
    ("add a room", "small-building-permit"),
    ("leaking roof", "home-repair-aid"),
    ("get my deposit back", "deposit-refund"),
    ("house number", "address-plate"),
    ("pay a fine", "violation-settlement"),
    ("close a lane", "road-works-licence"),
    ("renew my licence", "licence-renewal"),
    ("lost document", "certified-copy"),
    ("split my house into two flats", "unit-separation-permit"),
    ("party in the park", "temporary-event-permit"),
    ("room on the roof", "small-building-permit"),
    ("open a shop", "premises-approval"),
    ("stall at the market", "street-vendor-licence"),
    ("mobile tower on the roof", "telecom-tower-permit"),
    ("appeal a refusal", "grievance"),
    ("coffee truck", "food-truck-licence"),
    ("plot corner", "corner-sale"),
    ("I lost my licence", "certified-copy"),
    ("close the street", "road-works-licence"),
    ("deposit back", "deposit-refund"),
]


@pytest.mark.parametrize(("asked", "service"), EVERYDAY)
def test_everyday_searches_have_their_service_first(asked: str, service: str) -> None:
    assert first(asked)[0] == service


def test_it_is_the_whole_expression_that_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert first("change of address")[0] == "address-change"
    monkeypatch.setattr(service_search, "IN_EXPRESSION", 0.0)
    assert first("change of address")[0] != "address-change"


def test_the_beginning_of_a_word_is_enough() -> None:
    assert first("excav")[0] == "excavation-permit"


@pytest.mark.parametrize("asked", ["zzz", "؟؟؟", "أريد", "", "12"])
def test_words_that_fit_nothing_find_nothing(asked: str) -> None:
    assert find(services(), asked) == []


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["C"]), max_size=100))
def test_whatever_is_typed_some_services_are_found_once_or_none(asked: str) -> None:
    found = [each.service for each in find(services(), asked)]
    assert len(found) == len(set(found))

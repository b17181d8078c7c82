"""What a register did not record is said, on the document and by the verifier, and never invented."""

import pytest
from django.utils import timezone, translation

from rukhsa.issuance import publishing
from rukhsa.issuance.legacy.issuable import NO_DAY, NO_NUMBER, ONLY_MONTH
from rukhsa.issuance.legacy.legacy_document import LegacyDocument
from rukhsa.issuance.legacy.reissue import Reissued
from rukhsa.issuance.models import Instrument
from rukhsa.web.public.wording import recorded_in_words
from tests import ceremony
from tests.rooms.issuance.legacy.conftest import City
from tests.rooms.issuance.legacy.registers import Desk

ROW = "2024,06,RBP-24-1,A PERSON,1 ROAD,ROOF,SELF,1.00,1.00,,"


def issued(city: City) -> list[Reissued]:
    """Issue again what was read, by a trust list that knows the service as it is now."""
    ceremony.hold(at=timezone.now())
    publishing.everything(at=timezone.now())
    return city.reissue()


@pytest.mark.slow
def test_a_document_without_a_recorded_day_says_so_and_seals_none(city: City, desk: Desk) -> None:
    desk.without_days()
    assert desk.read(ROW).imported == 1
    issued(city)
    intent = Instrument.objects.get().intent
    assert vars(NO_DAY) in intent.printed["conditions"]
    assert "not recorded in the register" in intent.facts.values()
    assert not [fact for key, fact in intent.facts.items() if key != "1" and isinstance(fact, int)]
    assert city.verdicts(*city.files) == 0


@pytest.mark.slow
def test_a_document_without_a_recorded_number_says_so(city: City, desk: Desk) -> None:
    desk.without_numbers()
    assert desk.read(ROW, ROW.replace("1 ROAD", "2 ROAD")).imported == 2
    assert set(LegacyDocument.objects.values_list("number", flat=True)) == {""}
    assert [done.code for done in issued(city)] == ["", ""]
    for instrument in Instrument.objects.select_related("intent"):
        assert vars(NO_NUMBER) in instrument.intent.printed["conditions"]
        assert "not recorded in the register" in instrument.intent.facts.values()
    assert desk.read(ROW, ROW.replace("1 ROAD", "2 ROAD")).present == 2


@pytest.mark.slow
def test_a_month_is_sealed_as_a_month_and_not_as_its_first_day(city: City, desk: Desk) -> None:
    desk.read(ROW)
    issued(city)
    intent = Instrument.objects.get().intent
    assert "2024-06" in intent.facts.values()
    assert vars(ONLY_MONTH) in intent.printed["conditions"]


@pytest.mark.parametrize(
    ("recorded", "english", "arabic"),
    [
        ("2024-06-15", "15 June 2024", "15 يونيو 2024"),
        ("2024-06", "June 2024", "يونيو 2024"),
        ("2024", "2024", "2024"),
        ("", "Not recorded in the register.", "لم يدوّنه السجل."),
    ],
)
def test_the_verifier_tells_a_day_as_it_was_recorded(recorded: str, english: str, arabic: str) -> None:
    for language, words in (("en", english), ("ar", arabic)):
        with translation.override(language):
            assert recorded_in_words(recorded, language) == words


def test_an_end_is_not_counted_from_a_day_that_nobody_recorded(desk: Desk) -> None:
    desk.service("validity: {permanent: yes}", "validity: {lasts: 1 year}")
    assert desk.read(ROW).refused == 1
    assert desk.report()[0]["code"] == "no-end"


def test_an_end_that_the_register_has_is_that_of_the_document(city: City, desk: Desk) -> None:
    desk.service(
        "validity: {permanent: yes}",
        "validity: {lasts: 1 year}",
        "  conditions:\n",
        "    - {id: until, label: {en: Until}, type: date, validity: end}\n  conditions:\n",
    )
    desk.change("amounts:\n", "expires: {column: hookup_fee, written: day-month-year}\namounts:\n")
    desk.change("  hookup-fee: {column: hookup_fee, currency: USD}\n", "")
    assert desk.read(ROW.replace("1.00,1.00,,", "1.00,1.00,31.12.2027,")).imported == 1
    issued(city)
    assert str(Instrument.objects.get().intent.valid_until) == "2027-12-31"

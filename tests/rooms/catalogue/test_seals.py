"""How the compiler reckons the code of a document, beside the encoder that draws it."""

import pytest

from rukhsa.catalogue.checks import seals
from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.territory import definition_files, read_territory
from rukhsa.issuance.compose import draw_code
from rukhsa.trust.qr import qr_text
from tests.rooms.catalogue.broken import BAHRAIN, SPEARFISH, changed, problems_in_text, read, text_of


@pytest.mark.parametrize("size", [200, 243, 289, 317, 320, 345, 381])
def test_the_version_reckoned_is_the_version_drawn(size: int) -> None:
    data = bytes(0xD2 - number % 200 for number in range(size))
    drawn = draw_code(qr_text("v.mun.example", data))
    assert drawn.modules == 17 + 4 * seals.version_of(seals.bits_of("v.mun.example", data))


def test_the_fullest_document_of_every_service_fits_version_15_with_a_name_of_40_letters() -> None:
    for folder in (BAHRAIN, SPEARFISH):
        territory = read_territory(folder)
        for file in definition_files(folder):
            subject = Subject(reading=read(file.read_text(encoding="utf-8")), territory=territory)
            size, bits = seals.fullest(subject)
            assert (seals.version_of(bits) <= 15, bits <= seals.CAPACITY) == (True, True), (file.stem, size)


def test_a_fact_counts_only_where_it_is_sealed() -> None:
    sealed = changed("demolition-permit", "part: name, sealed: no", "part: name")
    assert {problem.code for problem in problems_in_text(sealed)} == {"seal-too-large"}
    assert problems_in_text(text_of("demolition-permit")) == ()


def test_a_place_is_shown_of_a_line_or_an_area_that_is_always_drawn() -> None:
    def codes(old: str, new: str) -> set[str]:
        return {each.code for each in problems_in_text(changed("road-works-licence", old, new))}

    assert codes("shows-place: route", "shows-place: kind") == {"wrong-type"}
    assert codes("shows-place: route", "shows-place: root") == {"unknown-question"}
    # Another line, which is asked only where a lane is closed.
    text = changed("road-works-licence", "shows-place: route", "shows-place: detour")
    asked = "ask: {ar: أين المسار البديل؟, en: Where is the detour?}, when: {question: closes-lane, is: yes}"
    detour = f"      - {{id: detour, type: line, {asked}}}\n"
    problems = problems_in_text(text.replace("      - id: lanes", detour + "      - id: lanes", 1))
    assert [each.code for each in problems] == ["may-be-missing"]

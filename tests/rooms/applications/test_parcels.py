"""Questions about a parcel: checked, measured, charged and sealed where the territory has parcels, else as written."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from rukhsa.applications.answers import Reading, read_all
from rukhsa.applications.conflict import conflicts
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.compiler import problems_of
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.facts import sealed_facts
from rukhsa.catalogue.parcel_list import import_parcels
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.territory import read_territory, territory
from rukhsa.difference.answering import answers_along
from rukhsa.payments.tariff import price
from rukhsa.places.models import Block, ParcelEntry
from rukhsa.trust import profiles
from rukhsa.values.periods import Period
from rukhsa.web.shown import answer_shown
from rukhsa_rehearsal.walks.supplies import survey
from tests.rooms.catalogue.broken import BAHRAIN, read
from tests.rooms.catalogue.test_import_parcels import MADE_UP

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
SOUND = (Path(__file__).parents[1] / "catalogue" / "broken_files" / "sound.yaml").read_text(encoding="utf-8")
AREA = "      - {id: area, type: decimal, unit: m2, from: 1, to: 100, ask: {ar: كم مساحته؟, en: How large is it?}}\n"
PLOT = """\
      - {id: plot, type: parcel, ask: {ar: ما رقم العقار؟, en: What is the parcel's number?}}
      - {id: stand, type: area, within: plot, ask: {ar: أين الكشك فيه؟, en: Where on it is the kiosk?}}
"""
FACT = "    - {id: area, label: {ar: المساحة, en: Area}, type: decimal, question: area}\n"
FACTS = """\
    - {id: plot, label: {ar: العقار, en: Parcel}, type: text, question: plot, part: number}
    - {id: area, label: {ar: المساحة, en: Area}, type: decimal, question: plot, part: measure}
"""
BY_PARCEL = (
    SOUND.replace(AREA, PLOT)
    .replace(FACT, FACTS)
    .replace("question: area", "question: plot")
    .replace("square-metre-of: area", "square-metre-of: plot")
)
INSIDE = "26.2231, 50.5871\n26.2231, 50.5873\n26.2233, 50.5873"
OUTSIDE = "26.2231, 50.5871\n26.2231, 50.5883\n26.2233, 50.5883"


@pytest.fixture
def blocks(db: None) -> None:
    for ordinal, (code, number) in enumerate({"CAP": 317, "MUH": 203}.items(), 1):
        authority = Authority.objects.create(code=code, ordinal=ordinal)
        Block.objects.create(number=number, authority=authority)


@pytest.fixture
def with_parcels(blocks: None, tmp_path: Path, settings: Settings) -> None:
    """Bahrain as if it had parcels: those of the made-up list."""
    folder = Path(shutil.copytree(BAHRAIN, tmp_path / "bahrain"))
    file = folder / "territory.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\nparcels: yes\n", encoding="utf-8")
    settings.RUKHSA_TERRITORY = folder
    import_parcels(MADE_UP, effective_from=date(2026, 1, 1), source="made up", at=AT)


def answered(definition: Definition, plot: str, stand: str = INSIDE) -> Reading:
    typed = {
        "age": "30", "place": {"building": "12", "road": "1705", "block": "317"}, "plot": plot, "stand": stand,
        "use": "goods", "start": "2026-12-01", "end": "2026-12-31", "account": "BH67BMAG00001299123456",
        "area": "20",
    }  # fmt: skip
    return read_all(definition, typed, at=AT)


def test_a_parcel_is_checked_measured_charged_and_sealed(with_parcels: None) -> None:
    assert territory().parcels
    reading = read(BY_PARCEL)
    assert problems_of(reading, territory()) == ()
    definition = reading.value
    good = answered(definition, "٠٣-١٢٠٠٤٥")
    assert not good.problems
    assert good.values["plot"] == {"number": "03-120045", "measure": "2767.8", "block": 317}
    shown = answer_shown(definition.question("plot"), good.values["plot"])
    assert not shown.is_unchecked
    assert all(part in str(shown.answer) for part in ("03-120045", "2767.8", "317"))
    fee = price(definition.charges[0], good.values, "BHD", authority="CAP", on=AT.date())
    assert str(fee.money) == "692.000"  # 2768 square metres of 0.250
    period = Period(start=date(2026, 12, 1), end=date(2026, 12, 31))
    values = good.values | {"distance": 40}
    facts = sealed_facts(definition, values, holder="ليلى", masked_id=None, period=period)
    assert (facts[5], facts[6]) == ("03-120045", 27678)
    profiles.check(facts, definition.profile("BHD"))
    assert not conflicts(definition, good.values, at=AT)
    beyond = answered(definition, "03-120045", OUTSIDE)
    told = conflicts(definition, beyond.values, at=AT)
    assert [(each.about, each.code) for each in told] == [("stand", "outside-parcel")]
    assert "03-120045" in str(told[0].text)
    for plot, code in (
        ("03-999", "parcel-unknown"),
        ("شارع", "parcel-unreadable"),
        ("1\x00", "parcel-unreadable"),
    ):
        assert [each.code for each in answered(definition, plot).problems] == [code]


def test_where_there_are_no_parcels_the_number_is_taken_as_written_and_the_desk_says_so(blocks: None) -> None:
    bahrain = read_territory(BAHRAIN)
    assert not bahrain.parcels
    assert {each.code for each in problems_of(read(BY_PARCEL), bahrain)} == {"no-parcels"}
    text = SOUND.replace(AREA, AREA + PLOT).replace(FACT, FACT + FACTS.splitlines(keepends=True)[0])
    definition = read(text).value
    assert problems_of(read(text), bahrain) == ()
    reading = answered(definition, " ٠٣ / ab-7 ", OUTSIDE)
    assert not reading.problems
    assert reading.values["plot"] == {"number": "03/AB-7"}
    assert not conflicts(definition, reading.values, at=AT)  # its place is not known
    shown = answer_shown(definition.question("plot"), reading.values["plot"])
    assert shown.is_unchecked
    assert "03/AB-7" in str(shown.answer)


def test_a_drawing_comes_after_its_parcel_and_names_one() -> None:
    bahrain = read_territory(BAHRAIN)
    first, second = PLOT.splitlines(keepends=True)
    turned = SOUND.replace(AREA, AREA + second + first)
    assert [each.code for each in problems_of(read(turned), bahrain)] == ["asked-later"]
    other = SOUND.replace(AREA, AREA + second.replace("within: plot", "within: area"))
    assert [each.code for each in problems_of(read(other), bahrain)] == ["wrong-type"]
    compared = SOUND.replace(AREA, AREA + PLOT).replace(
        "when: {question: cooks, is: yes}}", "when: {question: plot, is: 03-1}}"
    )
    assert [each.code for each in problems_of(read(compared), bahrain)] == ["wrong-comparison"]


def test_walks_bring_the_parcels_that_they_name(with_parcels: None) -> None:
    definition = read(BY_PARCEL).value
    on = timezone.localdate(AT)
    for number, chosen in enumerate(({}, {"plot": "50"}, {"plot": "50.1"})):
        setting = Setting(number=number, on=on, block=317)
        survey(definition, chosen, setting, at=AT)
        reading = read_all(definition, answers_along(definition, chosen, setting), at=AT)
        assert not reading.problems
        if chosen:
            assert reading.values["plot"]["measure"] == f"{float(chosen['plot']):.1f}"
        else:
            assert not conflicts(definition, reading.values, at=AT)
    assert ParcelEntry.objects.filter(list__source="made up for a walk").count() == 3

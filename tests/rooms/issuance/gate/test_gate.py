"""The gate: the longest document of every service passes it, and what would not be read does not."""

import dataclasses
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image, ImageFilter, ImageOps
from pytest_django import Settings

from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import read_territory, service_files
from rukhsa.issuance.compose import QUIET_ZONE, TEMPLATE, compose, draw_code
from rukhsa.issuance.errors import ReleaseRefused
from rukhsa.issuance.gate import legible, longest, zbar
from rukhsa.issuance.gate.decoders import zxing
from rukhsa.issuance.gate.examine import Examination, examine, require
from rukhsa.issuance.gate.legible import NotLegible
from rukhsa.issuance.gate.wear import SCAN_DPI, SHEET_DPI, darkest_around, sampled
from rukhsa.issuance.gate.wears import WEARS
from rukhsa.issuance.printed_page import Page
from rukhsa.issuance.readback import read_back
from rukhsa.values.names import Text
from tests.rooms.issuance.sheets import QR_TEXT, road_works
from tools import gate_page

# Of each territory the service whose code says least, and most: any other says less than one and more than the other.
EACH = [
    (folder.name, end) for folder in sorted(gate_page.TERRITORIES.glob("*/")) for end in ("least", "most")
]
LONG_TEXT = "https://v.mun.example/#" + "0123456789" * 230

# What a template does wrong, and what it is refused for.
WRONG = {
    "too small": ("page-of.qr_side * 1mm", "page-of.qr_side * 0.92mm", "qr-too-fine"),
    "cut": ("width: page-of.qr_side * 1mm,", "width: page-of.qr_side * 1mm - 3mm,", "qr-too-close"),
    "framed": ("box(fill: white, image(", "box(fill: white, stroke: 2.2mm + black, image(", "qr-too-close"),
    "pale": ("bytes(qr-svg)", 'bytes(qr-svg.replace("<path", "<path fill=\'#808080\'"))', "qr-too-pale"),
    "hidden": ("bytes(qr-svg)", "bytes(crest-svg)", "qr-not-found"),
    # Both decoders read it clean; folded or photographed it is too much.
    "covered": (
        "bytes(qr-svg)",
        "bytes(qr-svg.replace(\"</svg>\", \"<path d='M60 60h36v36h-36z' fill='#fff'/></svg>\"))",
        "qr-not-legible",
    ),
}


@cache
def measured() -> dict[str, Path]:
    """The file of each of these services, by its name."""
    return gate_page.measured_files()


@cache
def examined(service: str) -> Examination:
    """The longest document of a service, worn once for all tests."""
    file = measured()[service]
    return longest.prove(read_definition(file).value, file.parents[1])


@pytest.mark.slow
@pytest.mark.xdist_group("gate")
@pytest.mark.parametrize("each", EACH, ids="-".join)
def test_the_longest_document_of_a_service_passes(each: tuple[str, str]) -> None:
    of_territory = [name for name, file in measured().items() if file.parents[1].name == each[0]]
    found = examined(of_territory[0 if each[1] == "least" else -1])
    assert found.faults == ()
    assert [each.wear.id for each in found.outcomes] == [wear.id for wear in WEARS]


@pytest.mark.parametrize("folder", sorted(gate_page.TERRITORIES.glob("*/")), ids=lambda folder: folder.name)
def test_the_longest_document_of_every_service_fits_into_a_seal(folder: Path) -> None:
    territory = read_territory(folder)
    for file in service_files(folder):
        assert longest.longest(read_definition(file).value, territory, crest="").qr_text


@pytest.mark.slow
@pytest.mark.xdist_group("gate")
def test_the_table_tells_what_was_measured() -> None:
    assert gate_page.FILE.read_text() == gate_page.page(
        {service: examined(service) for service in measured()}
    )


@pytest.mark.slow
@pytest.mark.xdist_group("gate")
def test_a_wear_that_is_strong_enough_is_found() -> None:
    torn = next(wear for wear in WEARS if wear.id == "torn")
    found = examine(compose(road_works()), wears=(dataclasses.replace(torn, must=True),))
    assert not any(found.outcomes[0].read.values())
    assert found.faults == ("torn",)


@pytest.mark.parametrize("wear", WEARS, ids=lambda wear: wear.id)
def test_a_wear_gives_the_same_picture_every_time_and_changes_the_sheet(wear: object) -> None:
    sheet = Image.effect_noise((240, 200), 80)
    kept = sheet.tobytes()
    first, second = wear.apply(sheet), wear.apply(sheet)  # type: ignore[attr-defined]
    assert first.tobytes() == second.tobytes()
    assert (first.mode, sheet.tobytes()) == ("L", kept)
    assert first.tobytes() != kept


def test_toner_creeps_as_far_as_pillow_s_own_filter_lets_it() -> None:
    sheet = Image.effect_noise((240, 200), 80)
    assert darkest_around(sheet).tobytes() == sheet.filter(ImageFilter.MinFilter(3)).tobytes()


@pytest.fixture
def wrong(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Path, str]:
    """A template with one thing wrong, and what it is to be refused for."""
    before, after, code = WRONG[request.param]
    assert before in TEMPLATE.read_text()
    template = tmp_path / TEMPLATE.name
    template.write_text(TEMPLATE.read_text().replace(before, after))
    return template, code


def with_long_text() -> Page:
    """A page whose code has 121 modules a side, so that it does not lose the size of a code by being made smaller."""
    return road_works(qr_text=LONG_TEXT)


@pytest.mark.parametrize("wrong", WRONG, indirect=True)
def test_a_code_that_would_not_be_read_everywhere_is_refused(wrong: tuple[Path, str]) -> None:
    template, code = wrong
    page = with_long_text()
    read_back(compose(page), page)
    with pytest.raises(ReleaseRefused) as refusal:
        read_back(compose(page, template=template), page)
    assert refusal.value.code == code


@pytest.mark.slow
@pytest.mark.xdist_group("gate")
@pytest.mark.parametrize("digits", [760, 920, 1100])
def test_what_reads_from_the_tired_copy_lives_through_every_wear_that_it_must(digits: int) -> None:
    """Codes with so many wrong modules, in thousandths: the tired copy gives up before any wear does."""
    gave_up, lived = 0, 0
    for wrong in (0, 7, 11):
        text, sheet = damaged(digits, wrong)
        clean = sampled(sheet, SCAN_DPI)
        assert [zxing(clean), zbar.read(clean)] == [[text], [text]]
        if not legible.require(clean, text):
            gave_up += 1
            continue
        lived += 1
        for wear in WEARS:
            worn = wear.apply(sheet)
            assert not wear.must or [zxing(worn), zbar.read(worn)] == [[text], [text]], (wrong, wear.id)
    assert min(gave_up, lived) > 0


def damaged(digits: int, thousandths: int) -> tuple[str, Image.Image]:
    """A sheet of 600 dpi with a code, of whose modules so many in a thousand are turned around, never in its eyes."""
    draw = np.random.default_rng(digits)
    text = "https://v.mun.example/#" + "".join(map(str, draw.integers(0, 10, digits)))
    side = draw_code(text).modules + 2 * QUIET_ZONE
    modules = np.full((side, side), 255, dtype=np.uint8)
    for x, y, width in bars(draw_code(text).svg):
        modules[y, x : x + width] = 0
    turned = draw.random(modules.shape) < thousandths / 1000
    edge, eye = QUIET_ZONE, QUIET_ZONE + 9
    turned[:edge] = turned[-edge:] = turned[:, :edge] = turned[:, -edge:] = False
    turned[:eye, :eye] = turned[:eye, -eye:] = turned[-eye:, :eye] = False
    dots = round(draw_code(text).module_mm * side / 25.4 * SHEET_DPI)
    drawn = Image.fromarray(np.where(turned, 255 - modules, modules).astype(np.uint8))
    return text, ImageOps.expand(drawn.resize((dots, dots), Image.Resampling.NEAREST), border=96, fill=255)


def bars(svg: str) -> Iterator[tuple[int, int, int]]:
    """Where each run of dark modules begins, from the left and from above, and how long it is."""
    for left, y, row in re.findall(r"M(\d+) (\d+)([^M\"]+)", svg):
        x = int(left)
        for width, on in re.findall(r"h(\d+)v1h-\d+zm(\d+) 0", row):
            yield x, int(y), int(width)
            x += int(on)


def test_a_code_of_another_text_is_refused() -> None:
    page = road_works()
    with pytest.raises(NotLegible, match="qr-differs"):
        require(compose(page), text=QR_TEXT + "0")


@pytest.mark.slow
def test_the_command_tells_what_reads_and_leaves_the_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "document.pdf"
    file.write_bytes(compose(road_works()))
    call_command("gate", str(file), pictures=tmp_path / "worn")
    said = capsys.readouterr().out
    assert "69 modules of 0.41 mm" in said
    assert all(wear.id in said for wear in WEARS)
    assert "FAILS" not in said
    assert {each.stem for each in (tmp_path / "worn").iterdir()} == {wear.id for wear in WEARS}


@pytest.mark.parametrize("wrong", ["pale"], indirect=True)
def test_the_command_fails_for_a_document_that_would_not_be_released(
    wrong: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "document.pdf"
    file.write_bytes(compose(road_works(), template=wrong[0]))
    with pytest.raises(CommandError, match="qr-too-pale"):
        call_command("gate", str(file))
    assert "Print it black on white" in capsys.readouterr().out
    for content in (b"no PDF", compose(road_works(), template=_blank(tmp_path))):
        file.write_bytes(content)
        with pytest.raises(CommandError, match=r"not a PDF|no code reads"):
            call_command("gate", str(file))


def _blank(folder: Path) -> Path:
    template = folder / "blank.typ"
    template.write_text(
        '#let instrument(..any) = { set document(title: "Blank"); set text(lang: "en"); [Blank] }'
    )
    return template


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["too small"], indirect=True)
def test_nothing_is_published_while_its_longest_document_would_not_be_released(
    wrong: tuple[Path, str], tmp_path: Path, settings: Settings
) -> None:
    folder = tmp_path / "bahrain"
    shutil.copytree(gate_page.TERRITORIES / "bahrain", folder)
    (folder / "documents").mkdir()
    own = shutil.copy(wrong[0], folder / "documents/instrument.typ")
    settings.RUKHSA_TERRITORY = folder
    with pytest.raises(CommandError, match=r"qr-too-fine.*Mend the template"):
        call_command("services", "publish", "proof-of-residence")
    assert not ServiceVersion.objects.exists()
    shutil.copy(TEMPLATE, own)
    call_command("services", "publish", "proof-of-residence")
    assert ServiceVersion.objects.count() == 1


def test_a_service_whose_facts_do_not_fit_into_a_seal_is_refused() -> None:
    file = gate_page.TERRITORIES / "bahrain/services/drawings-amendment.yaml"
    definition = read_definition(file).value
    fact = next(each for each in definition.instrument.facts if each.part == "name")
    more = tuple(fact.model_copy(update={"id": f"{fact.id}-{number}", "sealed": True}) for number in range(3))
    rule = definition.instrument.model_copy(update={"facts": (*definition.instrument.facts, *more)})
    with pytest.raises(longest.LongestRefused, match="does not fit into a seal"):
        longest.prove(definition.model_copy(update={"instrument": rule}), file.parents[1])


def test_a_name_in_arabic_is_worn_with_its_page() -> None:
    page = road_works(title=Text(ar="رخصة", en="Licence"))
    found = examine(compose(page), wears=WEARS[:1])
    assert found.symbol.text == QR_TEXT
    assert found.faults == ()

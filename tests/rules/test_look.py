"""The style sheet has the components that pages use and no other, and the small fonts have every letter of ours."""

import re
from pathlib import Path

import pytest

from rukhsa.web import look
from rukhsa.web.unused_rules import without_unused_rules
from tests.rules.source import SOURCE

CLASS = re.compile(r"\bds-[a-z]+(?:-[a-z]+)*(?![a-z-]*[:)])")
VARIABLE = re.compile(r"--(ds-[a-z-]+)")
FONTS = [name for sheet in look.SHEETS for name in look.fonts(sheet)]
WEIGHTS = [weight for sheet in look.SHEETS.values() for weight in sheet.weights]
# Classes that stand in the base of the design system.
OF_BASE = {"ds-sr-only"}
CATALOGUE = SOURCE / "web/locale/ar/LC_MESSAGES/django.po"
WRITTEN = re.compile(r'^(?:msgid|msgid_plural|msgstr(?:\[\d\])?)? ?"(.*)"$', re.MULTILINE)
# Marks of direction are not drawn; the sign of a key (⌘) and that for what could not be read are those of the device.
NOT_DRAWN = set(range(0x2066, 0x206A)) | {0x200E, 0x200F, 0x2318, 0xFFFD}


@pytest.mark.parametrize("sheet", look.SHEETS)
def test_every_component_that_a_page_uses_is_in_its_style_sheet_and_no_other(sheet: str) -> None:
    used = used_by(sheet)
    components = look.SHEETS[sheet].components
    missing = {name for name in used if not any(is_of(name, part) for part in components)} - OF_BASE
    assert not missing, "the sheet in rukhsa.web.look lacks them"
    assert {part for part in components if not any(is_of(name, part) for name in used)} == set()


def test_a_class_is_found_where_it_stands() -> None:
    assert classes('<p class="ds-alert wide"><b class="ds-error-summary">') == {
        "ds-alert",
        "ds-error-summary",
    }


def test_a_variable_that_nothing_reads_is_left_out_and_every_other_stands() -> None:
    styles = look.made(look.STYLES).read_text("utf-8")
    declared, read = (
        set(re.findall(r"(--[\w-]+)\s*:", styles)),
        set(re.findall(r"var\(\s*(--[\w-]+)", styles)),
    )
    source = "".join(path.read_text("utf-8") for path in (SOURCE / "web/static").rglob("*.css"))
    assert "--authority" in declared
    assert not any(name.startswith(("--ds-color-brand", "--ds-body-long")) for name in declared)
    own = set(re.findall(r"var\(\s*(--(?:ds-)?[\w-]+)", source))
    assert own - declared - set(re.findall(r"(--[\w-]+)\s*:", source)) == set()
    assert len(read) > 100


def test_every_colour_of_the_map_stands_in_the_sheet() -> None:
    """Its scripts and pictures read them by names that they wrote out; put together, no name is found."""
    styles = look.made(look.STYLES).read_text("utf-8")
    theme = (SOURCE / "web/static/web/theme.css").read_text("utf-8")
    of_map = set(re.findall(r"(--map-[\w-]+)\s*:", theme))
    assert len(of_map) > 10
    assert of_map - set(re.findall(r"(--map-[\w-]+)\s*:", styles)) == set()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_fonts_that_each_page_fetches_have_every_letter_of_our_sentences(weight: int) -> None:
    there = look.code_points(f"arabic-{weight}") | look.code_points(f"latin-{weight}")
    assert letters(CATALOGUE) - there - NOT_DRAWN == set()
    assert ord("ښ") not in there, "a letter that no sentence has is fetched where it stands"


@pytest.mark.parametrize("weight", WEIGHTS)
def test_what_each_page_fetches_is_in_no_rare_font(weight: int) -> None:
    rare = [name for name in FONTS if any(part in name for part in look.RARE) and f"-{weight}" in name]
    for used in look.USED:
        assert not any(look.code_points(f"{used}-{weight}") & look.code_points(name) for name in rare)


def used_by(sheet: str) -> set[str]:
    """The design system's classes that the pages of a sheet use, in templates or by the verifier's modules."""
    verifier = SOURCE / "web/templates/public"
    if sheet == look.VERIFIER:
        modules = "".join(path.read_text("utf-8") for path in (SOURCE / "web/public").rglob("*.js"))
        named = set(CLASS.findall(modules)) - set(VARIABLE.findall(modules))
        return named | {
            name for path in verifier.rglob("*.html") for name in classes(path.read_text("utf-8"))
        }
    others = (path for path in SOURCE.rglob("*.html") if verifier not in path.parents)
    return {name for path in others for name in classes(path.read_text("utf-8"))}


def classes(text: str) -> set[str]:
    """The design system's classes that a template names."""
    return {name for value in re.findall(r'class="([^"]*)"', text) for name in CLASS.findall(value)}


def is_of(name: str, component: str) -> bool:
    """Whether a class is that of a component, or of a part of it."""
    return name == f"ds-{component}" or name.startswith(f"ds-{component}__")


def letters(catalogue: Path) -> set[int]:
    """The code points of all sentences in both languages."""
    text = "".join(WRITTEN.findall(catalogue.read_text("utf-8")))
    return set(map(ord, text)) - {ord("\\")}


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (".verdict{top:0}", ".verdict{top:0}"),
        (".none{top:0}", ""),
        (".none,.verdict b{top:0}", ".verdict b{top:0}"),
        (".verdict.none{top:0}", ""),
        (".state-late{top:0}", ".state-late{top:0}"),
        ("[data-color=danger]{top:0}", "[data-color=danger]{top:0}"),
        ('[data-color="other"]{top:0}', ""),
        ("[type=other]{top:0}", "[type=other]{top:0}"),
        (".verdict:not(.none){top:0}", ".verdict:not(.none){top:0}"),
        ("@media print{.none{top:0}}", ""),
        ("@layer a{.none{top:0}p{top:0}}", "@layer a{p{top:0}}"),
        ("@font-face{src:url(none)}", "@font-face{src:url(none)}"),
        (":root{--a:.5}", ":root{--a:.5}"),
    ],
)
def test_a_rule_that_no_page_can_meet_is_left_out_and_every_other_stands(rule: str, kept: str) -> None:
    pages = '<p class="verdict state-{{ state }}" data-color="danger">'
    assert without_unused_rules(rule, pages) == kept


def test_what_the_pages_of_the_verifier_include_is_among_what_makes_them() -> None:
    templates = SOURCE / "web/templates"
    makers = {path.resolve() for path in look._makers(look.VERIFIER)}
    texts = [path.read_text("utf-8") for path in makers if path.suffix == ".html"]
    included = {name for text in texts for name in re.findall(r'{% (?:include|extends) "([^"]+)"', text)}
    assert included
    assert {name for name in included if (templates / name).resolve() not in makers} == set()

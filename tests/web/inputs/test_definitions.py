"""A definition with an unknown word: the finding names file, line, field and what to write instead."""

import io
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from rukhsa.project.config import PROJECT

ONE = "road-works-licence.yaml"
SERVICES = tuple(sorted((PROJECT / "territories/bahrain/services").glob("*.yaml")))

# what is replaced in the road works licence, by what, and what the finding must name
MISTAKES = {
    "an unknown field": ("    questions:\n", "    qestions:\n", ("qestions", "questions")),
    "an unknown type of question": ("type: line", "type: polyline", ("polyline",)),
    "a question that is not asked": (
        "{question: on-behalf, is: yes}",
        "{question: onbehalf, is: yes}",
        ("onbehalf",),
    ),
    "an unknown unit of time": ("within: 1 working day", "within: 1 moon", ("1 moon",)),
    "an unknown moment": ("due: after decision", "due: after lunch", ("after lunch",)),
    "an unknown step": ("- decide: officer", "- ponder: officer", ("check, refer, inspect, decide",)),
    "a name in one language": (
        "name: {ar: خطاب المقاول, en: Letter from the contractor}",
        "name: {en: Letter}",
        ("ar",),
    ),
    "an unknown agency": ("refer: ewa", "refer: ewaa", ("ewaa",)),
}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_definition_is_named_with_its_line(
    mistake: str, language: str, tmp_path: Path, settings: Settings
) -> None:
    wrong, instead, named = MISTAKES[mistake]
    file = with_one_service(tmp_path / "bahrain")
    text = file.read_text()
    assert wrong in text
    file.write_text(text.replace(wrong, instead, 1))
    line = text[: text.index(wrong)].count("\n") + 1
    settings.RUKHSA_TERRITORY = tmp_path / "bahrain"
    exit_code, told = check(language)
    assert exit_code == 1, told
    assert "road-works-licence.yaml" in told
    assert any(f":{near}" in told for near in range(max(line - 3, 1), line + 4)), told
    assert all(word in told for word in named), told


def test_the_same_definitions_without_a_mistake_are_sound(tmp_path: Path, settings: Settings) -> None:
    with_one_service(tmp_path / "bahrain")
    for folder in (PROJECT / "territories/bahrain", tmp_path / "bahrain"):
        settings.RUKHSA_TERRITORY = folder
        assert check("en")[0] == 0


def with_one_service(folder: Path) -> Path:
    """Bahrain in a folder of its own with the road works licence alone, without reasons for others, and that file."""
    others = shutil.ignore_patterns(
        "legacy", "reasons.yaml", *(file.name for file in SERVICES if file.name != ONE)
    )
    shutil.copytree(PROJECT / "territories/bahrain", folder, ignore=others)
    return folder / "services" / ONE


def check(language: str) -> tuple[int, str]:
    """The exit code of `rukhsa services check`, and what it printed."""
    out = io.StringIO()
    try:
        call_command("services", "check", "--language", language, stdout=out, stderr=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()

"""A definition with a word that the vocabulary does not have: file, line, field and what to write instead."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rukhsa.project.config import PROJECT

# what is replaced in the road works licence, by what, and what the message must name
MISTAKES = {
    "an unknown field": ("    questions:\n", "    qestions:\n", ("qestions", "questions")),
    "an unknown type of question": ("type: line", "type: polyline", ("polyline",)),
    "a question that is not asked": ("{question: on-behalf, is: yes}", "{question: onbehalf, is: yes}", ("onbehalf",)),
    "an unknown unit of time": ("within: 1 working day", "within: 1 moon", ("1 moon",)),
    "an unknown moment": ("due: after decision", "due: after lunch", ("after lunch",)),
    "an unknown step": ("- decide: officer", "- ponder: officer", ("ponder",)),
    "a name in one language": ("name: {ar: خطاب المقاول, en: Letter of the contractor}", "name: {en: Letter}", ("ar",)),
    "an unknown agency": ("refer: ewa", "refer: ewaa", ("ewaa",)),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_definition_is_named_with_its_line(mistake: str, tmp_path: Path) -> None:
    wrong, instead, named = MISTAKES[mistake]
    shutil.copytree(PROJECT / "territories", tmp_path / "territories")
    file = tmp_path / "territories/bahrain/services/road-works-licence.yaml"
    text = file.read_text()
    assert wrong in text
    file.write_text(text.replace(wrong, instead, 1))
    line = text[: text.index(wrong)].count("\n") + 1
    for language in ("en", "ar"):
        said = check(tmp_path / "territories", language)
        told = said.stdout + said.stderr
        assert said.returncode == 1, told
        assert "road-works-licence.yaml" in told
        assert any(f":{near}" in told for near in range(max(line - 3, 1), line + 4)), told
        assert all(word in told for word in named), told
        assert "Traceback" not in told


def check(territories: Path, language: str) -> "subprocess.CompletedProcess[str]":
    """`rukhsa services check` on territories of one's own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RUKHSA_")}
    return subprocess.run(
        [sys.executable, "-m", "rukhsa.project.command", "services", "check", "--language", language],
        env=environment | {"RUKHSA_TERRITORIES": str(territories), "RUKHSA_DATA": str(territories.parent / "data")},
        capture_output=True,
        text=True,
    )

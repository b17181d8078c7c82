"""The command `rukhsa` explains itself and begins nothing meanwhile."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands

from rukhsa.project import command
from rukhsa.project.config import config
from rukhsa.project.databases import at_hand
from rukhsa.project.postgres import PostgresError
from rukhsa.project.processes import RUKHSA


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--help"], "--serve-only"),
        (["issuing", "--help"], "usage: rukhsa issuing"),
        (["services", "check", "--help"], "usage: rukhsa services"),
    ],
    ids=["run", "issuing", "services"],
)
def test_whoever_asks_is_told_and_nothing_is_begun(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["rukhsa", *arguments])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 0
    assert said in capsys.readouterr().out


def test_whoever_knows_no_command_yet_reads_a_line_about_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["rukhsa", "--help"])
    command.main()
    told = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")}
    ours = {name for name, room in get_commands().items() if str(room).startswith("rukhsa")}
    assert told == {"run", "serve"} | {name.replace("_", "-") for name in ours}


def test_a_server_that_does_not_answer_is_told_in_words_and_none_is_begun_instead(tmp_path: Path) -> None:
    nowhere = "postgresql://rukhsa:of-nobody@127.0.0.1:1/rukhsa"
    elsewhere = replace(config(), database_url=nowhere, data=tmp_path)
    with (
        pytest.raises(PostgresError, match="that DATABASE_URL names does not let us in") as refused,
        at_hand(elsewhere),
    ):
        pass
    assert "of-nobody" not in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_a_database_without_tables_is_told_in_words(
    unmigrated: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["rukhsa", "staff", "list", "CAP"])
    with pytest.raises(SystemExit, match=r"run `rukhsa setup`, .* \(relation .* does not exist\)"):
        command.main()


def test_a_service_that_is_not_there_is_not_drawn_and_the_nearest_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r'no service "road-works-license"\. Write "road-works-licence"'):
        call_command("services", "draw", "road-works-license", "--to", str(tmp_path))
    call_command("services", "draw", "road-works-licence", "--to", str(tmp_path))
    assert {file.name for file in tmp_path.iterdir()} == {
        "road-works-licence.ar.svg",
        "road-works-licence.en.svg",
    }


def test_the_first_territory_is_begun_in_an_empty_folder(tmp_path: Path) -> None:
    folder = tmp_path / "territories"
    folder.mkdir()
    told = os.environ | {"RUKHSA_TERRITORIES": str(folder), "RUKHSA_TERRITORY": "riverside"}
    for arguments in (["--help"], ["territory", "new", "--help"], ["territory", "new", "riverside"]):
        done = subprocess.run([*RUKHSA, *arguments], env=told, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert (folder / "riverside" / "territory.yaml").exists()

"""The command `rukhsa` explains itself and begins nothing meanwhile."""

import argparse
import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from rukhsa.project import command
from rukhsa.project.config import config
from rukhsa.project.databases import at_hand
from rukhsa.project.postgres import PostgresError
from rukhsa.project.processes import RUKHSA
from rukhsa.trust import __main__ as verifier
from rukhsa.values.written_day import day_given


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


def _arguments_of(parser: argparse.ArgumentParser, command: str) -> Iterator[tuple[str, argparse.Action]]:
    for each in parser._actions:
        if isinstance(each, argparse._SubParsersAction):
            for name, own in each.choices.items():
                yield from _arguments_of(own, f"{command} {name}")
        else:
            yield command, each


def _given() -> list[tuple[str, argparse.Action]]:
    """Every argument of every command of ours, and of the verifier's, which needs no Django."""
    found = [
        one
        for name, room in get_commands().items()
        if str(room).startswith("rukhsa")
        for one in _arguments_of(load_command_class(room, name).create_parser("rukhsa", name), name)
    ]
    return [*found, *_arguments_of(verifier._parser(), "python -m rukhsa.trust")]


def test_an_argument_that_cannot_be_read_is_answered_with_how_it_is_written() -> None:
    """What argparse says of its own accord names our functions: "invalid fromisoformat value"."""
    read = [(name, each) for name, each in _given() if each.type not in (None, str, int, float, Path)]
    assert len(read) > 10
    for name, each in read:
        assert callable(each.type), name
        with pytest.raises(argparse.ArgumentTypeError, match=r"^'32 of June' .*write "):
            each.type("32 of June")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-02-30", "'2026-02-30' is no day: February 2026 has 28 days"),
        ("tomorrow", "'tomorrow' is no day: write it as 2026-12-31"),
        ("03/12/2026", "'03/12/2026' is no day: write it as 2026-12-31"),  # 3 December, or 12 March
    ],
)
def test_a_wrong_day_is_told_in_a_line(
    typed: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["rukhsa", "mandates", "today", "CAP", "--on", typed])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"argument --on: {said}\n")


def test_days_that_can_be_one_only_are_read() -> None:
    assert {day_given(each) for each in ("2026-12-20", "20/12/2026", "20 December 2026", "12/20/2026")} == {
        date(2026, 12, 20)
    }


def test_a_service_that_is_not_there_is_not_walked_and_nothing_is_begun() -> None:
    with pytest.raises(CommandError, match=r'no service "road-works-license"\. Write "road-works-licence"'):
        call_command("services", "walk", "road-works-license")


READING = {
    "services propose": ["--as", "salem@mun.example"],
    "services diff published": [],
    "trust-list publish": [],
    "map ground": ["--attribution", "x"],
    "ground import blocks": ["--source", "x"],
    "legacy import": ["--mapping", "road-works"],
    "gate": [],
    "statements take-in": ["--gateway", "national", "--day", "2026-11-26", "--by", "huda.salem@mun.example"],
}


@pytest.mark.django_db
@pytest.mark.parametrize("words", READING)
def test_a_file_that_is_not_there_is_told_in_a_line(
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    absent = str(tmp_path / "absent.yaml")
    monkeypatch.setattr(sys, "argv", ["rukhsa", *words.split(), absent, *READING[words]])
    with pytest.raises(SystemExit) as ended:
        command.main()
    said = str(ended.value.code) if isinstance(ended.value.code, str) else capsys.readouterr().err
    assert "absent.yaml" in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1, said


def test_a_fault_of_a_file_that_nobody_named_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: where the file is ours, who is on call needs to see where it was opened."""
    monkeypatch.setattr(sys, "argv", ["rukhsa", "services", "list"])
    monkeypatch.setattr(command, "_run_of_the_house", lambda _: Path("/nowhere/at-all").read_text())
    with pytest.raises(FileNotFoundError):
        command.main()


@pytest.mark.parametrize("place", ["a-file", "a-file/beneath"])
def test_a_folder_of_data_that_cannot_be_made_is_told_in_a_line(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").write_text("")
    monkeypatch.setattr(command, "config", lambda: replace(config(), data=tmp_path / place))
    monkeypatch.setattr(
        command, "_run_of_the_house", lambda _: (tmp_path / place / "log").mkdir(parents=True)
    )
    monkeypatch.setattr(sys, "argv", ["rukhsa", "run"])
    with pytest.raises(SystemExit, match=r"Not a directory.*RUKHSA_DATA names another folder\."):
        command.main()


def test_a_full_disk_is_told_in_a_line_and_a_file_that_should_be_there_with_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "config", lambda: replace(config(), data=tmp_path))
    monkeypatch.setattr(sys, "argv", ["rukhsa", "fsck"])

    def full(_: list[str]) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "files/blob"))

    monkeypatch.setattr(command, "_run_of_the_house", full)
    with pytest.raises(SystemExit, match="No space left on device"):
        command.main()
    monkeypatch.setattr(command, "_run_of_the_house", lambda _: (tmp_path / "absent").read_text())
    with pytest.raises(FileNotFoundError):
        command.main()

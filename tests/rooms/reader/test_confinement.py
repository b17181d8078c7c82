"""What a captured child of the reader can do: nothing, and each try is possible where the protection is off."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from rukhsa import reader
from rukhsa.project.config import PROJECT
from rukhsa.reader import confinement, warm
from tests.rooms.reader.captured import tries

TRIES = tuple(tries(os.getpid(), ""))
# What a list of open files, of sizes and of processes does not stop: the reason for the filter.
BY_THE_FILTER = (
    "send a signal",
    "trace a process",
    "new program code",
    "another user",
    "longer than its time",
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    folder = tmp_path_factory.mktemp("captured")
    return {word: _told(word, folder) for word in ("free", "limits", "filter", "threads")}


@pytest.mark.parametrize("attempt", TRIES)
def test_a_captured_child_is_refused_what_another_process_may(
    attempt: str, told: dict[str, dict[str, str]]
) -> None:
    assert told["free"][attempt] == "done"
    assert told["filter"][attempt] == "EPERM"


@pytest.mark.parametrize("attempt", TRIES)
def test_a_child_that_may_start_threads_may_do_nothing_else(
    attempt: str, told: dict[str, dict[str, str]]
) -> None:
    assert told["threads"][attempt] == "EPERM"


def test_a_picture_of_a_telephone_needs_a_thread() -> None:
    assert reader.ask("check-heic", warm.HEIC, accept=["image"])["media_type"] == "image/heic"
    with pytest.raises(reader.Unread):
        reader.ask("check-file", warm.HEIC, accept=["image"])


@pytest.mark.parametrize("attempt", BY_THE_FILTER)
def test_under_limits_alone_some_of_it_goes_through(attempt: str, told: dict[str, dict[str, str]]) -> None:
    assert told["limits"][attempt] == "done"


@pytest.mark.parametrize(
    "attempt", [each for each in TRIES if each.startswith(("open", "make", "list", "a "))]
)
def test_limits_alone_open_nothing(attempt: str, told: dict[str, dict[str, str]]) -> None:
    assert told["limits"][attempt] == "EMFILE"


def test_this_machine_has_a_filter() -> None:
    assert confinement.machine() == platform.machine()


@pytest.mark.parametrize("name", ["x86_64", "aarch64"])
def test_no_call_that_opens_starts_or_sends_is_in_a_list(name: str) -> None:
    never = {
        # open, openat, openat2, socket, connect, clone, clone3, fork, vfork, execve, execveat, kill, ptrace, prlimit64
        "x86_64": {2, 257, 437, 41, 42, 56, 435, 57, 58, 59, 322, 62, 101, 302},
        "aarch64": {56, 437, 198, 203, 220, 435, 221, 281, 129, 117, 261},
    }
    assert not never[name] & confinement._ALLOWED[name]
    assert len(confinement._program(name, 1)) % 8 == 0


def _told(word: str, folder: Path) -> dict[str, str]:
    secret = folder / "secret"
    secret.write_text("a key")
    (folder / "secret.gone").touch()
    (folder / "secret.new").unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.rooms.reader.captured", word, str(secret)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT, timeout=300)
    found: dict[str, str] = json.loads(done.stdout)
    return found

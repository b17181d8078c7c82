"""Issuing again: each imported document becomes one sealed instrument, whatever dies in between."""

import signal
import time
from pathlib import Path

import pytest

from rukhsa.issuance.models import Instrument, Intent
from tests.rooms.issuance.legacy.conftest import MAPPING, REGISTER, SMALL, City

SAMPLE = 40


def imported(city: City, register: Path) -> None:
    city.run("legacy", "import", str(register), "--mapping", str(MAPPING))


@pytest.mark.slow
def test_every_imported_document_is_issued_and_a_stranger_finds_it_valid(city: City) -> None:
    imported(city, SMALL)
    said = city.run("legacy", "reissue", "--register", REGISTER, "--processes", "2")
    assert "5 documents: 5 issued" in said
    files = sorted(city.files.glob("*.pdf"))
    assert [file.stem for file in files] == ["23-0415", "240901", "RBP-23-77", "RBP-24-101", "RBP-24-102"]
    assert "5 documents, 5 valid, 0 not valid" in city.verify(*files)


@pytest.mark.slow
def test_a_file_with_one_byte_changed_is_refused_and_its_neighbour_is_not(city: City) -> None:
    imported(city, SMALL)
    city.run("legacy", "reissue", "--register", REGISTER, "--limit", "2", "--processes", "1")
    genuine, changed = sorted(city.files.glob("*.pdf"))
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    assert "2 documents, 1 valid, 1 not valid" in city.verify(genuine, changed)


@pytest.mark.slow
def test_issuing_again_a_second_time_makes_no_second_instrument_and_restores_a_lost_file(city: City) -> None:
    imported(city, SMALL)
    reissue = ("legacy", "reissue", "--register", REGISTER, "--limit", "2", "--processes", "1")
    city.run(*reissue)
    lost = sorted(city.files.glob("*.pdf"))[0]
    before = lost.read_bytes()
    lost.unlink()
    city.run(*reissue)
    assert lost.read_bytes() == before
    assert (Intent.objects.count(), Instrument.objects.count()) == (2, 2)


@pytest.mark.slow
def test_nothing_imported_is_said_in_one_sentence(city: City) -> None:
    process = city.start("legacy", "reissue", "--register", REGISTER)
    _, errors = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "nothing of the register" in errors
    assert "Traceback" not in errors


@pytest.mark.slow
def test_a_run_over_the_real_register_killed_in_the_middle_continues_and_issues_nothing_twice(
    city: City, real_register: Path
) -> None:
    imported(city, real_register)
    reissue = ("legacy", "reissue", "--register", REGISTER, "--limit", str(SAMPLE), "--processes", "2")
    killed = city.start(*reissue)
    _wait_until(lambda: len(list(city.files.glob("*.pdf"))) >= SAMPLE // 4)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    done = len(list(city.files.glob("*.pdf")))
    assert 0 < done < SAMPLE, "the kill came too late to show anything"

    said = city.run(*reissue)
    assert f"{SAMPLE} documents: {SAMPLE} issued" in said
    assert (Intent.objects.count(), Instrument.objects.count()) == (SAMPLE, SAMPLE)
    files = sorted(city.files.glob("*.pdf"))
    assert f"{SAMPLE} documents, {SAMPLE} valid, 0 not valid" in city.verify(*files)


def _wait_until(condition: object) -> None:
    deadline = time.monotonic() + 300
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "nothing happened for five minutes"
        time.sleep(0.2)

"""Issuing again: each imported document becomes one sealed instrument, whatever dies in between."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from rukhsa.issuance.models import Instrument, Intent
from tests.rooms.issuance.legacy.conftest import REGISTER, SMALL, City

# The whole register where WHOLE_REGISTER is set (`make register`); so many of it in the ordinary run.
SAMPLE = 40


@pytest.mark.slow
def test_every_imported_document_is_issued_and_a_stranger_finds_it_valid(city: City) -> None:
    city.read(SMALL)
    assert [done.refusal for done in city.reissue()] == [""] * 5
    names = [file.stem for file in city.files]
    assert names == ["23-0415", "240901", "RBP-23-77", "RBP-24-101", "RBP-24-102"]
    assert city.verdicts(*city.files) == 0


@pytest.mark.slow
def test_a_file_with_one_byte_changed_is_refused_and_its_neighbour_is_not(city: City) -> None:
    city.read(SMALL)
    city.reissue(limit=2)
    genuine, changed = city.files
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    assert city.verdicts(genuine) == 0
    assert city.verdicts(changed) == 1


@pytest.mark.slow
def test_a_second_run_makes_no_second_instrument_and_restores_a_lost_file(city: City) -> None:
    city.read(SMALL)
    city.reissue(limit=2)
    before = city.files[0].read_bytes()
    city.files[0].unlink()
    city.reissue(limit=2)
    assert city.files[0].read_bytes() == before
    assert (Intent.objects.count(), Instrument.objects.count()) == (2, 2)


def test_nothing_imported_is_said_in_one_sentence(city: City) -> None:
    with pytest.raises(CommandError, match="nothing of the register"):
        call_command("legacy", "reissue", f"--register={REGISTER}")


def test_a_register_without_a_mapping_is_said_in_one_sentence(city: City) -> None:
    with pytest.raises(CommandError, match="no mapping"):
        call_command("legacy", "reissue", "--register=unheard-of", "--share", "0", "1")


@pytest.mark.slow
def test_a_run_over_the_real_register_killed_in_the_middle_continues_and_issues_nothing_twice(
    city: City, real_register: Path
) -> None:
    city.read(real_register)
    arguments = ("legacy", "reissue", "--register", REGISTER, "--processes", "2", *_limit())
    killed = city.start(*arguments)
    _wait_until(lambda: len(city.files) >= SAMPLE // 4)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    wanted = int(_limit()[1]) if _limit() else 5_171
    assert 0 < len(city.files) < wanted, "the kill came too late to show anything"

    again = city.start(*arguments)
    output, errors = again.communicate()
    assert again.returncode == 0, errors
    assert f"{wanted:,} documents: {wanted:,} issued" in output
    assert (Intent.objects.count(), Instrument.objects.count()) == (wanted, wanted)
    assert len(city.files) == wanted
    assert city.verdicts(*city.files) == 0


def _limit() -> tuple[str, ...]:
    return () if os.environ.get("WHOLE_REGISTER") else ("--limit", str(SAMPLE))


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline, "nothing happened for five minutes"
        time.sleep(0.2)

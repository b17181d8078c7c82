"""Issuing again: each imported document becomes one sealed instrument, whatever dies in between."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from rukhsa.issuance.models import Instrument, Intent, LogLeaf
from tests.database import waiting_for_a_lock
from tests.rooms.issuance.legacy.conftest import REGISTER, SMALL, City
from tests.running import children_of
from tests.waiting import LONGEST, wait_until

# So many of the real register in the ordinary run; `make register` takes them all.
SAMPLE = 64


@pytest.mark.slow
def test_every_imported_document_is_issued_and_a_stranger_finds_it_valid(city: City) -> None:
    city.read(SMALL)
    assert [done.code for done in city.reissue()] == [""] * 5
    numbers = Instrument.objects.values_list("intent__number", flat=True)
    assert [file.stem for file in city.files] == sorted(numbers)
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


@pytest.mark.slow
@pytest.mark.parametrize("point", ["seal:before", "log:after", "sign:after"])
def test_a_batch_killed_between_two_steps_is_continued_and_sealed_once(city: City, point: str) -> None:
    city.read(SMALL)
    share = ("legacy", "reissue", "--register", REGISTER, "--share", "0", "1")
    killed = city.start(*share, RUKHSA_FAULTPOINT=point)
    _, errors = killed.communicate(timeout=LONGEST)
    assert killed.returncode == -signal.SIGKILL, errors
    assert not city.files
    assert [done.code for done in city.reissue()] == [""] * 5
    assert made() == {"intents": 5, "instruments": 5, "seals": 5, "files": 5}


def test_nothing_imported_is_said_in_one_sentence(city: City) -> None:
    with pytest.raises(CommandError, match="nothing of the register"):
        call_command("legacy", "reissue", f"--register={REGISTER}")


def test_a_register_that_nobody_imported_is_said_in_one_sentence(city: City) -> None:
    with pytest.raises(CommandError, match="nothing of the register"):
        call_command("legacy", "reissue", "--register=unheard-of", "--share", "0", "1")


@pytest.mark.slow
def test_a_run_over_the_real_register_killed_in_the_middle_continues_and_issues_nothing_twice(
    city: City, real_register: Path
) -> None:
    city.read(real_register)
    city.reissue(limit=SAMPLE // 4)
    arguments = ("legacy", "reissue", "--register", REGISTER, "--processes", "2", "--limit", str(SAMPLE))
    with transaction.atomic(), connection.cursor() as cursor:
        # Each file is completed from this table: both shares stop where theirs are made and none is handed out.
        cursor.execute("LOCK TABLE issuance_timestamp IN ACCESS EXCLUSIVE MODE")
        killed = city.start(*arguments)
        wait_until(lambda: ended(killed) or waiting_for_a_lock() == 2)
        assert killed.poll() is None, killed.communicate(timeout=LONGEST)
        killed.kill()
        assert killed.wait(LONGEST) == -signal.SIGKILL
    killed.communicate(timeout=LONGEST)  # until the shares have noticed
    assert 0 < len(city.files) < SAMPLE, "the kill came too late to show anything"

    again = city.start(*arguments)
    output, errors = again.communicate()
    assert again.returncode == 0, errors
    assert f"{SAMPLE:,} documents: {SAMPLE:,} issued" in output
    assert made() == {"intents": SAMPLE, "instruments": SAMPLE, "seals": SAMPLE, "files": SAMPLE}
    assert len(city.files) == SAMPLE
    assert city.verdicts(*city.files) == 0


@pytest.mark.slow
def test_a_run_ends_at_once_when_one_of_its_processes_dies(city: City) -> None:
    city.read(SMALL)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE issuance_timestamp IN ACCESS EXCLUSIVE MODE")
        running = city.start("legacy", "reissue", "--register", REGISTER, "--processes", "2")
        wait_until(lambda: ended(running) or waiting_for_a_lock() == 2)
        share, *_ = children_of(running.pid)
        os.kill(share, signal.SIGKILL)
        _, errors = running.communicate(timeout=LONGEST)  # though the other share waits for the table
    assert running.returncode == 1
    assert "a process failed (-9)" in errors
    assert [done.code for done in city.reissue()] == [""] * 5


def ended(process: "subprocess.Popen[str]") -> bool:
    """Whether the process has ended, so that the test does not wait for it in vain."""
    return process.poll() is not None


def made() -> dict[str, int]:
    """How many of each there are, in the database and in the log."""
    leaves = LogLeaf.objects.filter(place__isnull=False)
    return {
        "intents": Intent.objects.count(),
        "instruments": Instrument.objects.count(),
        "seals": leaves.filter(kind="seal").count(),
        "files": leaves.filter(kind="file").count(),
    }

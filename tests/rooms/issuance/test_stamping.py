"""Time stamps: issuing never waits for them, what failed is stamped later, and everything is stamped once."""

import signal
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from rukhsa.issuance import cycle, site, time_stamp
from rukhsa.issuance.models import Instrument, TimeStamp, WaitingStamp
from rukhsa.issuance.time_stamp import NotStamped, TimeStampingAuthority
from rukhsa.project.config import TimeStamping
from rukhsa.trust import coverage
from rukhsa.trust.sources import FolderSource
from rukhsa.trust.verdict import Verdict
from rukhsa.trust.verifier import Verifier
from rukhsa_rehearsal.sandbox.serve import Running, running
from rukhsa_rehearsal.sandbox.tsa import POLICY
from tests import children
from tests.outside import break_down, everything_works
from tests.rooms.issuance.conftest import Grant

POINTS = ["stamp:before", "stamp:after", "keep-stamp:before", "keep-stamp:after"]
FOR_EVER = ("down", "error", "html", "busy", "redirect", "cut", "cut-before", "truncated")
WRONG = {
    "reject": "tsa-refused",
    "other-imprint": "stamp-of-another",
    "other-nonce": "stamp-of-another",
    "no-nonce": "stamp-of-another",
    "other-policy": "stamp-of-another",
    "bad-signature": "bad-stamp",
    "expired": "bad-stamp-certificate",
    "stranger": "tsa-not-listed",
}


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    folder = tmp_path_factory.mktemp("tsa")
    with running(folder) as sandbox:
        yield sandbox, folder / "tsa.crt"


@pytest.fixture
def tsa(outside: tuple[Running, Path], settings: Settings) -> Running:
    """A time stamping authority, which the trust list of a town names that is built after it."""
    sandbox, certificate = outside
    everything_works(sandbox)
    settings.RUKHSA_TSA = TimeStamping(
        address=f"{sandbox.address}/tsa", policy=POLICY, certificates=certificate
    )
    return sandbox


def verdict(instrument: Instrument, at: datetime) -> Verdict:
    """A stranger's verdict on the file as it is handed out, with its pages."""
    listed = site.trust_list()
    assert listed is not None
    source = FolderSource(
        folder=Path(django_settings.RUKHSA_PUBLIC), stands_for=f"https://{listed.verifiers[0]}/"
    )
    verifier = Verifier(trust_list=listed, status=source, log=source)
    return verifier.verify_pdf(time_stamp.handed_out(instrument), at=at)


def test_an_issue_goes_on_though_another_worker_queues_the_stamping_at_the_same_moment(
    tsa: Running, granted: Grant, town: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, the whole issue failed for it, once in some twenty documents of two workers, and was done again."""
    queue = time_stamp.run_later

    def both(*given: Any, **how: Any) -> None:
        queue(*given, **how)
        queue(*given, **how)  # the second one of the two is refused

    monkeypatch.setattr(time_stamp, "run_later", both)
    instrument = cycle.issue(granted(), at=town)
    assert WaitingStamp.objects.get().file.intent == instrument.intent


def test_a_file_is_stamped_after_its_issue_and_nothing_of_it_moves(
    tsa: Running, granted: Grant, town: datetime
) -> None:
    instrument = cycle.issue(granted(), at=town)
    before = time_stamp.handed_out(instrument)
    assert (verdict(instrument, town).word, verdict(instrument, town).stamp) == ("valid", "not-stamped")

    began = int(time.time())
    assert time_stamp.stamp_waiting(at=town) == 1

    after, found = time_stamp.handed_out(instrument), verdict(instrument, town)
    assert (found.word, found.stamp) == ("valid", "stamped"), found.detail
    assert found.stamped_at is not None
    assert began <= found.stamped_at <= time.time()
    assert len(after) == len(before)
    assert after != before
    assert coverage.read(after).digest == coverage.read(before).digest
    assert time_stamp.stamp_waiting(at=town) == 0


@pytest.mark.parametrize("fault", FOR_EVER)
def test_an_authority_that_fails_stops_no_issuing_and_stamps_later(
    fault: str, tsa: Running, granted: Grant, town: datetime
) -> None:
    break_down(tsa, "tsa", fault)
    instrument = cycle.issue(granted(), at=town)
    with pytest.raises(NotStamped, match="tsa-unavailable"):
        time_stamp.stamp_waiting(at=town)
    assert verdict(instrument, town).stamp == "not-stamped"
    assert WaitingStamp.objects.count() == 1

    everything_works(tsa)
    assert time_stamp.stamp_waiting(at=town + timedelta(hours=3)) == 1
    assert verdict(instrument, town).stamp == "stamped"


@pytest.mark.parametrize(("fault", "code"), WRONG.items())
def test_a_wrong_stamp_is_not_kept(
    fault: str, code: str, tsa: Running, granted: Grant, town: datetime
) -> None:
    instrument = cycle.issue(granted(), at=town)
    break_down(tsa, "tsa", fault, times=1)
    with pytest.raises(NotStamped) as refused:
        time_stamp.stamp_waiting(at=town)
    assert refused.value.code == code
    assert not TimeStamp.objects.exists()
    assert time_stamp.stamp_waiting(at=town) == 1
    assert verdict(instrument, town).stamp == "stamped"


def test_it_is_asked_again_with_growing_pauses_and_then_no_more(tsa: Running, town: datetime) -> None:
    listed = site.trust_list()
    assert listed is not None
    authority = TimeStampingAuthority(address=f"{tsa.address}/tsa", pause=0.01)
    break_down(tsa, "tsa", "error", times=2)
    _, read = authority.stamp(b"a signature", trust_list=listed)
    assert read.policy == POLICY
    break_down(tsa, "tsa", "error", times=3)
    with pytest.raises(NotStamped, match="tsa-unavailable"):
        authority.stamp(b"a signature", trust_list=listed)
    assert authority.stamp(b"a signature", trust_list=listed)
    authority.close()


def test_one_that_hangs_is_left_after_the_time_limit(tsa: Running, town: datetime) -> None:
    listed = site.trust_list()
    assert listed is not None
    authority = TimeStampingAuthority(address=f"{tsa.address}/tsa", seconds=0.3, tries=2, pause=0.01)
    break_down(tsa, "tsa", "hang", times=2)
    with pytest.raises(NotStamped, match="ReadTimeout"):  # what hangs, hangs for an hour
        authority.stamp(b"a signature", trust_list=listed)
    authority.close()


def test_without_an_authority_nothing_waits(granted: Grant, town: datetime) -> None:
    instrument = cycle.issue(granted(), at=town)
    assert not WaitingStamp.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name=time_stamp.stamp_files.name).exists()
    assert time_stamp.stamp_waiting(at=town) == 0
    assert verdict(instrument, town).stamp == "not-stamped"


def test_many_that_wait_share_one_job_and_one_damaged_file_stops_no_other(
    tsa: Running, granted: Grant, town: datetime
) -> None:
    instruments = [cycle.issue(granted(), at=town) for _ in range(3)]
    assert ProcrastinateJob.objects.filter(task_name=time_stamp.stamp_files.name).count() == 1
    (stored,) = Path(django_settings.MEDIA_ROOT).rglob(instruments[0].file_digest)
    whole = stored.read_bytes()
    stored.write_bytes(whole[:-1] + b" ")
    assert time_stamp.stamp_waiting(at=town) == 2
    stored.write_bytes(whole)
    assert time_stamp.stamp_waiting(at=town) == 1
    assert {verdict(each, town).stamp for each in instruments} == {"stamped"}


def test_a_stamp_is_written_once(tsa: Running, granted: Grant, town: datetime) -> None:
    cycle.issue(granted(), at=town)
    time_stamp.stamp_waiting(at=town)
    with pytest.raises(DatabaseError, match="facts are written once"), transaction.atomic():
        TimeStamp.objects.update(token=b"")


def test_a_stamp_that_finds_no_room_is_refused(
    tsa: Running, granted: Grant, town: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle.issue(granted(), at=town)
    monkeypatch.setattr(time_stamp, "ROOM_FOR_PROOF", 12_000)
    with pytest.raises(NotStamped, match="stamp-too-large"):
        time_stamp.stamp_waiting(at=town)
    assert WaitingStamp.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_every_point_the_next_process_stamps_and_once(
    tsa: Running, granted: Grant, town: datetime
) -> None:
    instrument = cycle.issue(granted(), at=town)

    said = stamp_in_children(*POINTS[:-1], POINTS[-1], "")

    assert [each["ended"] for each in said if "point" in each] == [-signal.SIGKILL] * 4 + [0]
    assert [each["stamped"] for each in said if "stamped" in each] == [0, 0, 0, 0, 1]
    assert TimeStamp.objects.count() == 1
    assert not WaitingStamp.objects.exists()
    assert verdict(instrument, town).stamp == "stamped"


def stamp_in_children(*points: str) -> list[dict[str, Any]]:
    """Stamp in one child after another that dies at each of the points in turn; each says how many stamps it found."""
    tsa = django_settings.RUKHSA_TSA.address
    return children.run("tests.rooms.issuance.stamping_process", django_settings, die_at=points, tsa=tsa)

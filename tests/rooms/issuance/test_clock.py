"""A machine whose clock is wrong signs nothing and says so; with the comparison switched off it freezes revocations."""

from datetime import UTC, datetime, timedelta

import pytest

from rukhsa.authorities.models import Authority
from rukhsa.issuance import clock, cycle, publishing, sequencer, site
from rukhsa.issuance.clock import ClockDiffers
from rukhsa.issuance.models import Intent, LogCheckpoint
from rukhsa.issuance.publishing import NotAllPublished
from rukhsa.issuance.sequencer import ClockWentBack
from rukhsa.project.config import Witnesses
from rukhsa.trust import tlog
from tests import public_folder
from tests.rooms.issuance.conftest import Grant

AHEAD = timedelta(days=2)


@pytest.fixture
def capital(town: datetime) -> Authority:
    return Authority.objects.get(code="CAP")


def put_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """The clock of this machine, and not of the database's, is wrong."""
    monkeypatch.setattr(clock, "machine_time", lambda: datetime.now(UTC) + by)


@pytest.mark.parametrize("by", [AHEAD, -AHEAD, timedelta(minutes=3)])
def test_with_a_wrong_clock_nothing_is_signed_and_with_the_right_one_all_goes_on(
    by: timedelta, granted: Grant, capital: Authority, town: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    application, before = granted(), LogCheckpoint.objects.count()
    with monkeypatch.context() as wrong:
        put_clock(wrong, by)
        with pytest.raises(ClockDiffers, match="correct the clock"):
            cycle.issue(application, at=town)
        with pytest.raises(ClockDiffers):
            publishing.status_list(capital, 0, at=town)
        with pytest.raises(NotAllPublished, match="correct the clock"):
            publishing.everything(at=town)
    assert not Intent.objects.exists()
    assert LogCheckpoint.objects.count() == before
    assert not public_folder.path_of(site.status_address("CAP", 0)).exists()
    assert cycle.issue(application, at=town)


def test_without_the_comparison_one_run_ahead_stops_the_lists_for_days(
    granted: Grant, capital: Authority, town: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    cycle.issue(granted(), at=town)
    with monkeypatch.context() as off:
        put_clock(off, AHEAD)
        off.setattr(clock, "MOST_APART", timedelta(days=9))
        publishing.status_list(capital, 0, at=town + AHEAD)
        sequencer.integrate(capital, at=town + AHEAD)
    with pytest.raises(ClockWentBack):
        publishing.status_list(capital, 0, at=town)
    with pytest.raises(NotAllPublished, match="is before what was last published"):
        publishing.everything(at=town)


def test_a_little_difference_stops_nothing(
    capital: Authority, town: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_clock(monkeypatch, timedelta(seconds=100))
    publishing.status_list(capital, 0, at=town)
    sequencer.integrate(capital, at=town)
    assert tlog.published(site.log_tiles("CAP"))


def test_where_database_and_machine_are_wrong_together_the_quorum_of_witnesses_stops_them(
    capital: Authority, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "RUKHSA_WITNESSES", Witnesses(named=(), quorum=2))
    monkeypatch.setattr(clock, "_contradicted_by", set())
    now = datetime.now(UTC)
    clock.hear_witness("w1.example", now)
    with pytest.raises(ClockDiffers, match="the witness says"):
        clock.hear_witness("w1.example", now - AHEAD)
    clock.require_right()  # one alone may be wrong itself
    with pytest.raises(ClockDiffers):
        clock.hear_witness("w2.example", now - AHEAD)
    with pytest.raises(ClockDiffers, match=r"w1\.example, w2\.example"):
        clock.require_right()
    clock.hear_witness("w2.example", now)
    clock.require_right()

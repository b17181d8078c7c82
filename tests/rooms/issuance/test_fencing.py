"""The fence of the sequencer: lost sessions, two sequencers and one that wakes late leave one history, without a lock.

Each control switches the fence off: files written without a condition, before their rows are kept.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import Error, IntegrityError, connection, transaction
from pytest_django import Settings

from rukhsa.authorities.models import Authority
from rukhsa.issuance import log, publishing, sequencer, site
from rukhsa.issuance.log import LogCheckpoint, LogPlace, head_of, state_of
from rukhsa.issuance.publishing import NotAllPublished, Overtaken
from rukhsa.issuance.rebuilding import rebuild
from rukhsa.issuance.sequencer import LogMissing, LogRolledBack
from rukhsa.issuance.signers import Gathered, Signer
from rukhsa.trust import tiles, tlog
from rukhsa.trust.errors import BadLog, TrustError
from rukhsa.trust.tiles import FolderTiles, TilesBeside
from tests import public_folder
from tests.rooms.issuance.conftest import Grant, build_town

NOW = datetime.fromisoformat("2026-11-24T09:30:00+00:00")


@pytest.fixture
def capital(town: datetime) -> Authority:
    return Authority.objects.get(code="CAP")


def wait(authority: Authority, count: int, *, mark: str = "entry") -> None:
    """Leaves that wait for their places."""
    with transaction.atomic():
        for number in range(count):
            sequencer.add(authority, kind="trust-list", entry=f"{mark} {number}".encode(), at=NOW)


def grow(authority: Authority, count: int, *, mark: str = "entry") -> None:
    wait(authority, count, mark=mark)
    sequencer.integrate(authority, at=NOW)


def grow_to(authority: Authority, size: int, *, mark: str = "entry") -> None:
    """Grow a log that has a few entries from its ceremony to a size."""
    head = head_of(authority.code)
    grow(authority, size - (head.size if head else 0), mark=mark)


def files(authority: Authority) -> dict[str, bytes]:
    folder = site.log_tiles(authority.code).folder
    found = (each for each in folder.rglob("*") if each.is_file() and each.name != tiles.LOCK_FILE)
    return {str(each.relative_to(folder)): each.read_bytes() for each in found}


def assert_whole(authority: Authority) -> None:
    """The public log is that of the last committed checkpoint, and every row stands in it once."""
    storage, head = site.log_tiles(authority.code), head_of(authority.code)
    assert head is not None
    assert tlog.published(storage) == head.note
    assert tiles.root(storage.read, head.size) == state_of(head).root
    assert LogPlace.objects.filter(authority=authority).count() == head.size
    assert rebuild(authority, writes=False).is_whole


class Held(Signer):
    """The signer, whose caller is held up after it answered: a process that is paused before it keeps the answer."""

    def __init__(self) -> None:
        self.signed, self.go_on = Event(), Event()

    def checkpoint(self, authority: str, *, at: datetime) -> Gathered:
        gathered = super().checkpoint(authority, at=at)
        self.signed.set()
        assert self.go_on.wait(30)
        return gathered


@pytest.mark.django_db(transaction=True)
def test_a_sequencer_whose_session_was_lost_writes_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RUKHSA_KEYS, settings.RUKHSA_PUBLIC = tmp_path / "keys", tmp_path / "public"
    build_town()
    capital = Authority.objects.get(code="CAP")
    grow_to(capital, 250)
    wait(capital, 6, mark="of the first")  # the tile of 256 becomes full
    held, ended = Held(), []
    with monkeypatch.context() as patch:
        patch.setattr(sequencer, "signer", lambda: held)
        first = Thread(target=lambda: ended.append(refused_by_the_database(capital)))
        first.start()
        assert held.signed.wait(30)
    with connection.cursor() as cursor:  # its session ends, and with it its lock
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND classid = %s AND pid <> pg_backend_pid()",
            [sequencer.LOCK],
        )
        assert cursor.rowcount == 1
    grow(capital, 9, mark="of the second")
    before = files(capital)
    held.go_on.set()
    first.join()
    assert ended == [True]
    assert files(capital) == before
    grow(capital, 1)
    assert_whole(capital)


def refused_by_the_database(authority: Authority) -> bool:
    try:
        sequencer.integrate(authority, at=NOW)
    except Error:
        return True
    finally:
        connection.close()
    return False


def test_tiles_written_before_their_rows_stop_the_log_and_rebuilding_repairs_it(capital: Authority) -> None:
    """The control of the test before: what the first sequencer did, when it wrote its tiles before it kept the rows."""
    grow_to(capital, 250)
    wait(capital, 6, mark="of the first")
    storage = site.log_tiles("CAP")
    unkept = tiles_of_what_waits(capital)
    log.WaitingLeaf.objects.all().delete()
    grow(capital, 9, mark="of the second")
    for path, tile in unkept.items():
        storage.write(path, tile)
    with pytest.raises(BadLog, match="tiles-do-not-match"):
        grow(capital, 1)
    with pytest.raises(BadLog, match="tile-differs"):  # with the fence they would have been refused
        storage.create("tile/0/000", bytes(256 * 32))

    found = rebuild(capital, writes=False)
    assert (found.is_whole, found.other > 0) == (False, True)
    rebuild(capital, writes=True)
    grow(capital, 1)
    assert_whole(capital)


def tiles_of_what_waits(authority: Authority) -> dict[str, bytes]:
    head = head_of(authority.code)
    assert head is not None
    beside = TilesBeside(under=site.log_tiles(authority.code))
    entries = [bytes(leaf.entry) for leaf in log.waiting_of(authority.code, 9)]
    key = _key(authority)
    tlog.integrate(beside, state_of(head), entries, origin=site.log_origin("CAP"), signer=key, at=NOW)
    return dict(beside.files)


def _key(authority: Authority) -> Any:
    from rukhsa.issuance import key_index
    from rukhsa.issuance.signers.holder import HeldKey

    return HeldKey(key=key_index.key_for(authority.code, "log", at=NOW))


def test_one_that_wakes_after_an_hour_changes_nothing(capital: Authority) -> None:
    grow_to(capital, 20)
    before, head = files(capital), head_of("CAP")
    assert head is not None
    late = state_of(head)
    grow_to(capital, 320)
    after, storage = files(capital), site.log_tiles("CAP")

    placed = LogPlace.objects.filter(authority=capital, index__lt=20).order_by("index")
    entries = [bytes(each) for each in placed.values_list("leaf__entry", flat=True)]
    tlog.complete(storage, 0, entries, late)
    tlog.publish(storage, late)
    assert {path: files(capital)[path] for path in after} == after
    assert_whole(capital)

    storage.write(tlog.CHECKPOINT_PATH, before[tlog.CHECKPOINT_PATH])  # the control: the fence is off
    assert tlog.published(storage) == late.note
    sequencer.publish(capital)
    assert_whole(capital)


@pytest.mark.django_db(transaction=True)
def test_two_sequencers_without_any_lock_keep_one_history(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RUKHSA_KEYS, settings.RUKHSA_PUBLIC = tmp_path / "keys", tmp_path / "public"
    build_town()
    capital = Authority.objects.get(code="CAP")
    monkeypatch.setattr(sequencer, "locked", unlocked)
    second = Thread(target=lambda: many_times(capital, "second"))
    second.start()
    many_times(capital, "first")
    second.join()
    sequencer.integrate(capital, at=NOW)
    assert LogPlace.objects.filter(authority=capital, leaf__kind="trust-list").count() >= 40
    assert_whole(capital)


@contextmanager
def unlocked(authority: Authority) -> Iterator[None]:
    with transaction.atomic():
        yield


def many_times(authority: Authority, mark: str) -> None:
    for number in range(20):
        wait(authority, 1, mark=f"{mark} {number}")
        with suppress(IntegrityError, TrustError):  # the other one was first, or has not written its tiles
            sequencer.integrate(authority, at=NOW)
    if mark == "second":
        connection.close()


def test_a_process_that_died_after_the_commit_is_continued_from_the_rows(capital: Authority) -> None:
    grow_to(capital, 10)
    wait(capital, 5)
    head = head_of("CAP")
    assert head is not None
    gathered = Signer().checkpoint("CAP", at=NOW)
    sequencer._record(capital, gathered.leaves, head.sequence + 1, gathered.state)  # and it dies
    assert tlog.published(site.log_tiles("CAP")) == head.note
    grow(capital, 4)
    assert_whole(capital)


def test_an_older_folder_is_brought_forward_and_an_empty_one_is_not_believed(capital: Authority) -> None:
    grow_to(capital, 20)
    older = files(capital)
    for number in range(5):
        grow(capital, 100, mark=str(number))
    newer, storage = files(capital), site.log_tiles("CAP")
    replace_all(storage, older)
    sequencer.publish(capital)
    assert_whole(capital)

    replace_all(storage, {})
    with pytest.raises(LogMissing):
        grow(capital, 1)
    assert not files(capital)
    rebuild(capital, writes=True)
    assert {path for path in newer if path not in files(capital)} == set()
    grow(capital, 1)
    assert_whole(capital)


def replace_all(storage: FolderTiles, content: dict[str, bytes]) -> None:
    for each in list(storage.folder.rglob("*")):
        if each.is_file():
            each.unlink()
    for path, data in content.items():
        storage.write(path, data)


def test_a_log_that_the_rows_do_not_lead_to_is_not_rebuilt(
    capital: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    grow_to(capital, 20)
    grow(capital, 3)
    newer = files(capital)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("logplace", "logcheckpoint"):
            cursor.execute(f"ALTER TABLE issuance_{table} DISABLE TRIGGER USER")
    LogPlace.objects.filter(authority=capital, index__gte=20)._raw_delete("default")
    with pytest.raises(SystemExit):
        call_command("log", "rebuild")
    assert "CAP: rows-do-not-match" in capsys.readouterr().out
    LogCheckpoint.objects.filter(authority=capital, size__gt=20)._raw_delete("default")
    with pytest.raises(LogRolledBack):
        rebuild(capital, writes=True)
    assert files(capital) == newer


def test_rebuilding_says_what_it_found_and_the_exit_code_follows(
    capital: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    grow_to(capital, 300)
    call_command("log", "rebuild", "--check")
    assert "CAP: 300 entries and" in capsys.readouterr().out
    storage = site.log_tiles("CAP")
    storage.write("tile/0/000", bytes(256 * 32))
    with pytest.raises(SystemExit):
        call_command("log", "rebuild", "--check", "--authority", "CAP")
    assert "with other bytes 1" in capsys.readouterr().out
    call_command("log", "rebuild")
    assert_whole(capital)


def test_partial_tiles_go_once_a_full_one_covers_them(capital: Authority) -> None:
    for size in range(50, 251, 50):
        grow_to(capital, size)
    assert sum(".p/" in path for path in files(capital)) >= 10
    early = state_of(LogCheckpoint.objects.get(authority=capital, size=50))
    grow_to(capital, 260)
    kept = {path for path in files(capital) if ".p/" in path}
    assert kept == {"tile/0/001.p/4", "tile/entries/001.p/4", "tile/1/000.p/1"}
    # Who holds an earlier checkpoint takes the beginning of the full tile.
    assert tiles.root(site.log_tiles("CAP").read, early.size) == early.root
    assert_whole(capital)


def test_one_broken_log_stops_no_other_authority(granted: Grant, town: datetime) -> None:
    authorities = list(Authority.objects.order_by("ordinal"))
    for each in authorities:
        grow(each, 2)
    broken, *others = authorities
    head = head_of(broken.code)
    assert head is not None
    site.log_tiles(broken.code).write(f"tile/0/000.p/{head.size}", bytes(32 * head.size))
    for each in authorities:
        wait(each, 1, mark="later")
    with pytest.raises(NotAllPublished, match=broken.code):
        publishing.everything(at=town)
    for each in others:
        assert_whole(each)


def test_a_list_that_another_process_published_meanwhile_is_not_replaced(
    granted: Grant, capital: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing.status_list(capital, 0, at=NOW)
    path = public_folder.path_of(site.status_address("CAP", 0))

    class Slow(Signer):
        def status_list(self, authority: str, number: int, *, at: datetime) -> Any:
            tokens = super().status_list(authority, number, at=at)
            path.write_bytes(super().status_list(authority, number, at=at + timedelta(minutes=4)).cwt)
            return tokens

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "signer", Slow)
        with pytest.raises(Overtaken):
            publishing.status_list(capital, 0, at=NOW + timedelta(minutes=1))
    assert publishing.shown_since("CAP", 0) == NOW + timedelta(minutes=5)

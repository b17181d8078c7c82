"""A bucket keeps the promises of a folder: made once, replaced under a condition, and never by two at once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rukhsa.objects import Account, Bucket, Store, store_at
from rukhsa.objects.recent import Recent
from rukhsa.trust import tlog
from rukhsa.trust.errors import BadLog, Unavailable
from rukhsa.trust.tiles import held
from tests.object_store import ObjectStore, before
from tests.waiting import wait_until

pytestmark = [pytest.mark.own_clock, pytest.mark.xdist_group("objects")]


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A folder and a bucket: every promise is asked of both."""
    if request.param == "folder":
        return store_at(tmp_path)
    objects: ObjectStore = request.getfixturevalue("objects")
    return store_at(objects.place(), objects.account)


def test_a_file_is_read_as_it_was_written_by_its_name_or_by_the_rest_of_it(store: Store) -> None:
    store.write("log/capital/checkpoint", b"one")
    assert store.read("log/capital/checkpoint") == b"one"
    assert store.under("log/capital/").read("checkpoint") == b"one"
    assert set(store.under("log/").names()) == {"capital/checkpoint"}
    assert held(store, "log/capital") is None
    with pytest.raises(Unavailable, match="no-such-file"):
        store.read("log/muharraq/checkpoint")


def test_a_file_is_made_once_and_never_with_other_bytes(store: Store) -> None:
    store.create("tile/0/000", b"bytes")
    store.create("tile/0/000", b"bytes")
    with pytest.raises(BadLog, match="tile-differs"):
        store.create("tile/0/000", b"others")
    assert store.read("tile/0/000") == b"bytes"


def test_a_file_is_replaced_only_where_it_holds_what_was_read(store: Store) -> None:
    assert not store.swap("checkpoint", b"there", b"new")
    assert store.swap("checkpoint", None, b"first")
    assert not store.swap("checkpoint", None, b"second")
    assert not store.swap("checkpoint", b"another", b"second")
    assert store.swap("checkpoint", b"first", b"second")
    assert store.read("checkpoint") == b"second"


def test_of_many_that_replace_a_file_at_once_one_succeeds(store: Store) -> None:
    store.write("checkpoint", b"0")
    won = at_once(8, lambda number: store.swap("checkpoint", b"0", b"%d" % (number + 1)))
    assert sum(won) == 1
    assert store.read("checkpoint") == b"%d" % (won.index(True) + 1)


def test_without_the_condition_several_would_believe_that_they_replaced_it(
    objects: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same eight writers, and nothing is asked of the store but to keep what comes."""
    store = store_at(objects.place(), objects.account)
    store.write("checkpoint", b"0")
    together = threading.Barrier(8)
    put = Bucket._put

    def unconditional(bucket: Bucket, path: str, data: bytes, **condition: str) -> bool:
        together.wait()
        return put(bucket, path, data)

    monkeypatch.setattr(Bucket, "_put", unconditional)
    assert sum(at_once(8, lambda number: store.swap("checkpoint", b"0", b"%d" % (number + 1)))) == 8


def test_partial_files_of_a_full_tile_are_removed_and_others_stay(store: Store) -> None:
    for name in ("tile/0/000.p/1", "tile/0/000.p/255", "tile/0/000", "tile/0/001.p/3"):
        store.create(name, b"x")
    assert store.prune("tile/0/000") == 2
    assert set(store.names()) == {"tile/0/000", "tile/0/001.p/3"}


def test_an_object_is_stored_with_the_headers_that_it_is_served_with(objects: ObjectStore) -> None:
    def headers(name: str) -> dict[str, str]:
        return {"ContentType": "text/plain", "CacheControl": f"max-age={len(name)}"}

    store = store_at(objects.place(), objects.account, headers)
    assert isinstance(store, Bucket)
    store.under("log/").write("checkpoint", b"x")
    stored = store._ask("head_object", "log/checkpoint")
    assert (stored["ContentType"], stored["CacheControl"]) == ("text/plain", "max-age=14")


def test_what_this_process_wrote_is_seen_at_once_though_reading_is_remembered(objects: ObjectStore) -> None:
    store = store_at(objects.place(), objects.account)
    assert isinstance(store, Bucket)
    store.write("list", b"old")
    assert store.recent("list") == b"old"
    store.write("list", b"new")
    assert store.recent("list") == b"new"


@pytest.mark.parametrize("trouble", ["silent", "503"])
def test_readers_go_on_with_what_they_read_while_the_store_is_away(
    objects: ObjectStore, trouble: str, tmp_path: Path
) -> None:
    """Silent, it would hold a verdict for sixteen seconds, the time of three tries."""
    with before(objects, tmp_path / "switch") as account:
        bucket = store_at(objects.place(), account)
        assert isinstance(bucket, Bucket)
        bucket.write("list", b"old")
        recent, asked = Recent(seconds=0), list[str]()

        def ask(name: str) -> bytes:
            asked.append(name)
            return bucket.read(name)

        def read(name: str = "list") -> bytes:
            return recent.read(name, lambda: ask(name), written=0)

        assert read() == b"old"
        (tmp_path / "switch").write_text({"silent": "3600"}.get(trouble, trouble))
        before_it = len(asked)
        assert [read() for _ in range(20)] == [b"old"] * 20
        if trouble == "silent":
            assert len(asked) == before_it + 1  # one question is on its way, and no reader sends another
        else:
            with pytest.raises(Unavailable, match="store-away"):
                bucket.read("list")
            with pytest.raises(Unavailable, match="store-away"):
                read("never-read")
        (tmp_path / "switch").unlink()
        bucket.write("list", b"new")
        wait_until(lambda: read() == b"new")


def test_one_reader_waits_for_a_silent_store_and_no_other_of_any_file() -> None:
    """A verdict reads five files, and would wait for each of them in turn."""
    answers, recent = threading.Event(), Recent(seconds=0, patience=0.01, rest=3600)
    names = ("trust list", "root key", "checkpoint", "status list", "policy")
    silent = False

    def ask(name: str) -> bytes:
        if silent:
            answers.wait()
        return name.encode()

    def read(name: str) -> bytes:
        return recent.read(name, lambda: ask(name), written=0)

    for name in names:
        read(name)
    silent = True
    assert read(names[0]) == b"trust list"  # waits in vain
    recent.patience = 3600
    given: list[bytes] = []
    reader = threading.Thread(target=lambda: given.extend(map(read, names)), daemon=True)
    reader.start()
    try:
        wait_until(lambda: given == [name.encode() for name in names])
    finally:
        answers.set()


def test_a_store_that_is_away_is_no_missing_file() -> None:
    """A log that cannot be read must not be taken for one that was never published."""
    account = Account(endpoint="http://127.0.0.1:9", key_id="a", secret="b", region="us-east-1")
    store = store_at("s3://rukhsa/away", account)
    for ask in (lambda: store.read("x"), lambda: held(store, "x"), lambda: tlog.published(store)):
        with pytest.raises(Unavailable, match="store-away"):
            ask()


def test_a_bucket_that_does_not_exist_is_no_missing_file(objects: ObjectStore) -> None:
    store = store_at("s3://no-such-bucket/x", objects.account)
    with pytest.raises(Unavailable, match="NoSuchBucket"):
        held(store, "checkpoint")
    stranger = store_at(objects.place(), replace(objects.account, secret="another"))
    with pytest.raises(Unavailable, match="store-away"):
        held(stranger, "checkpoint")


def at_once(count: int, act: Callable[[int], bool]) -> list[bool]:
    """The answers of so many threads that act together."""
    answers, together = [False] * count, threading.Barrier(count)

    def one(number: int) -> None:
        together.wait()
        answers[number] = act(number)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers

"""An outsider follows a log by its public files; whatever an honest log never does raises an alarm."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from rukhsa.trust import __main__ as command
from rukhsa.trust import checkpoint, reading, seal, tlog
from rukhsa.trust.errors import Unavailable
from rukhsa.trust.expected import load
from rukhsa.trust.monitor import Monitor
from rukhsa.trust.sources import MemorySource
from rukhsa.trust.tiles import tile_path
from rukhsa.trust.trustlist import TrustList
from tests.trust import world
from tests.trust.world import CAPITAL, LOG, LOG_SIGNER, NOON, Site

LATER = NOON + timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
W1 = world.WITNESSES[0].name


def entries(start: int, end: int) -> list[bytes]:
    return [tlog.entry("file", b"%d" % number) for number in range(start, end)]


@dataclass(kw_only=True)
class Outsider:
    """A monitor with a file of state, a site to look at, and a clock."""

    state: Path
    site: Site = field(default_factory=Site)
    trust_list: TrustList = world.TRUST_LIST
    at: datetime = LATER
    more: dict[str, Any] = field(default_factory=dict)

    def monitor(self) -> Monitor:
        source = MemorySource(files=self.site.files)
        return Monitor(trust_list=self.trust_list, source=source, state=self.state, **self.more)

    def look(self) -> list[str]:
        """The codes of the alarms of one look, by a monitor that has just started."""
        return [alarm.code for alarm in self.alarms()]

    def alarms(self) -> list[Any]:
        monitor = self.monitor()
        found = monitor.look(self.trust_list.authority("capital"), at=self.at)
        return [*found, *monitor.missing(at=self.at)]

    @property
    def days(self) -> dict[str, dict[str, int]]:
        return self.monitor().followed(CAPITAL).done.days

    @property
    def size(self) -> int:
        return self.monitor().followed(CAPITAL).size


@pytest.fixture
def outsider(tmp_path: Path) -> Outsider:
    found = Outsider(state=tmp_path / "monitor.json")
    found.site.log(*entries(0, 700), at=NOON)
    return found


def test_a_log_that_grows_is_counted_by_day_and_kind(outsider: Outsider) -> None:
    assert outsider.look() == []
    outsider.site.log(
        tlog.entry("status-list", b"x"), *entries(700, 701), b"no CBOR", at=NOON + timedelta(days=1)
    )
    outsider.at += timedelta(days=1)
    assert outsider.look() == []
    assert outsider.look() == []
    assert outsider.days == {
        "2020-11-15": {"file": 700},
        "2020-11-16": {"status-list": 1, "file": 1, "other": 1},
    }


@pytest.mark.parametrize(
    "sizes", [(1, 255, 256, 257, 511, 512, 513), (300, 66_000), (65_536,), (65_535, 65_537)]
)
def test_whatever_the_size_each_entry_is_counted_once(sizes: tuple[int, ...], tmp_path: Path) -> None:
    outsider = Outsider(state=tmp_path / "monitor.json")
    for size in sizes:
        known = outsider.site.checkpoint.size if outsider.site.checkpoint else 0
        outsider.site.log(*entries(known, size), at=NOON)
        assert outsider.look() == []
        assert outsider.size == size
    assert outsider.days == {"2020-11-15": {"file": sizes[-1]}}


def test_a_fork_of_the_same_size_is_an_alarm_with_both_notes(outsider: Outsider) -> None:
    assert outsider.look() == []
    seen = outsider.site.files[f"{LOG}checkpoint"].decode()
    outsider.site = Site()
    outsider.site.log(*entries(1, 701), at=NOON)
    (alarm,) = outsider.alarms()
    assert alarm.code == "log-forked"
    assert alarm.notes == (seen, outsider.site.files[f"{LOG}checkpoint"].decode())
    assert outsider.look() == ["log-forked"]


def test_a_fork_that_is_longer_is_an_alarm(outsider: Outsider) -> None:
    assert outsider.look() == []
    outsider.site = Site()
    outsider.site.log(*entries(1, 900), at=NOON)
    assert outsider.look() == ["log-forked"]
    assert outsider.size == 700


def test_a_log_that_shrinks_is_an_alarm_until_it_is_whole_again(outsider: Outsider) -> None:
    backup = dict(outsider.site.files)
    outsider.site.log(*entries(700, 720), at=NOON + MINUTE)
    whole = dict(outsider.site.files)
    assert outsider.look() == []
    outsider.site.files = backup
    assert outsider.look() == ["time-went-back", "log-shrank"]
    outsider.site.files = whole
    assert outsider.look() == []


def test_a_time_that_goes_back_is_an_alarm(outsider: Outsider) -> None:
    assert outsider.look() == []
    state = outsider.site.checkpoint
    assert state is not None
    earlier = checkpoint.sign(replace(state, at=NOON - MINUTE), LOG_SIGNER)
    outsider.site.files[f"{LOG}checkpoint"] = earlier.note.encode()
    assert outsider.look() == ["time-went-back"]


def test_a_time_ahead_and_a_checkpoint_that_is_too_old_are_alarms(outsider: Outsider) -> None:
    outsider.at = NOON - timedelta(minutes=6)
    assert outsider.look() == ["time-ahead"]
    outsider.at = NOON + timedelta(minutes=61)
    assert outsider.look() == ["checkpoint-old"]
    outsider.more = {"maximum_age": 7200}
    assert outsider.look() == []


def test_a_signature_of_nobody_is_an_alarm(outsider: Outsider) -> None:
    state = outsider.site.checkpoint
    assert state is not None
    stranger = world.WITNESS_SIGNERS[W1]
    outsider.site.files[f"{LOG}checkpoint"] = checkpoint.sign(state, stranger).note.encode()
    assert outsider.look() == ["bad-signature"]


def paths(number: int) -> list[str]:
    return ["tile/0/000", "tile/0/001", f"tile/1/000.p/{number}", "tile/0/002.p/188", "tile/entries/001",
            "tile/entries/002.p/188"]  # fmt: skip


@pytest.mark.parametrize("path", paths(2))
@pytest.mark.parametrize("at", [5, -1])
def test_a_file_with_a_bit_changed_is_an_alarm(path: str, at: int, outsider: Outsider) -> None:
    whole = outsider.site.files[LOG + path]
    changed = bytearray(whole)
    changed[at] ^= 1
    outsider.site.files[LOG + path] = bytes(changed)
    assert outsider.look() == ["tiles-broken"]
    assert outsider.size == 0
    outsider.site.files[LOG + path] = whole
    assert outsider.look() == []
    assert outsider.days == {"2020-11-15": {"file": 700}}


def test_an_entry_rewritten_after_it_was_read_is_an_alarm(outsider: Outsider) -> None:
    """The tail of the last look is read again: its entries must still be those that were signed."""
    assert outsider.look() == []
    outsider.site.log(*entries(700, 710), at=NOON)
    path = f"{LOG}tile/entries/002.p/198"
    outsider.site.files[path] = outsider.site.files[path].replace(
        entries(600, 601)[0], entries(6000, 6001)[0]
    )
    assert outsider.look() == ["tiles-broken"]


def test_a_full_tile_of_a_higher_level_is_held_to_its_leaves(tmp_path: Path) -> None:
    outsider = Outsider(state=tmp_path / "monitor.json")
    outsider.site.log(*entries(0, 65_536), at=NOON)
    assert outsider.look() == []
    outsider.state.unlink()
    path = LOG + tile_path(1, 0)
    outsider.site.files[path] = outsider.site.files[path][:-1] + b"\0"
    assert outsider.look() == ["tiles-broken"]


def test_a_reading_that_was_cut_off_goes_on_where_it_stopped(
    outsider: Outsider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_SAVE_EVERY", 1)
    gone = f"{LOG}tile/entries/001"
    kept = outsider.site.files.pop(gone)
    with pytest.raises(Unavailable):
        outsider.look()
    underway = outsider.monitor().followed(CAPITAL).underway
    assert underway is not None
    assert underway.tiles == 1
    outsider.site.files[gone] = kept
    first = outsider.site.files.pop(f"{LOG}tile/entries/000")
    assert outsider.look() == []
    assert outsider.days == {"2020-11-15": {"file": 700}}
    assert first


# Witnesses.


@pytest.fixture
def witnessed(outsider: Outsider) -> Outsider:
    outsider.trust_list = world.witnessed_trust_list(1)
    return outsider


def test_a_log_that_nobody_cosigns_is_an_alarm(witnessed: Outsider) -> None:
    assert witnessed.look() == ["not-witnessed"]
    witnessed.site.cosign(W1)
    assert witnessed.look() == []
    witnessed.site.log(*entries(700, 720), at=NOON + MINUTE)
    assert witnessed.look() == []
    witnessed.at = NOON + timedelta(minutes=60, seconds=30)
    assert witnessed.look() == ["not-witnessed"]


def test_a_cosignature_that_does_not_hold_is_an_alarm(witnessed: Outsider) -> None:
    line = witnessed.site.cosign(W1).splitlines(keepends=True)[-1]
    state = witnessed.site.log(*entries(700, 720), at=NOON)
    witnessed.site.files[f"{LOG}checkpoint"] = (state.note + line).encode()
    assert witnessed.look() == ["bad-signature"]


def test_a_split_view_is_seen_beside_what_a_witness_saw(outsider: Outsider) -> None:
    """The operator shows the public one history and the witness another."""
    for other in (entries(1, 701), entries(1, 800), entries(1, 400)):
        hidden = Site()
        hidden.log(*other, at=NOON)
        shown = hidden.files[f"{LOG}checkpoint"]
        outsider.more = {"witnesses": [lambda origin, shown=shown: shown]}
        assert outsider.look() == ["log-forked"]


def test_a_witness_that_is_down_or_a_little_behind_accuses_nobody(outsider: Outsider) -> None:
    behind = outsider.site.files[f"{LOG}checkpoint"]
    outsider.site.log(*entries(700, 720), at=NOON)

    def down(origin: str) -> bytes:
        raise Unavailable("unreachable", origin)

    outsider.more = {"witnesses": [down, lambda origin: behind]}
    assert outsider.look() == []


# What we were told of.


def issue(site: Site) -> bytes:
    """A seal in the log, at its place."""
    assert site.checkpoint is not None
    sealed = world.make_seal(log_index=site.checkpoint.size)
    site.log(seal.leaf_entry(seal.read(sealed)), at=NOON)
    return sealed


def test_a_seal_that_is_in_the_log_is_found_and_one_that_is_not_is_an_alarm(
    outsider: Outsider, tmp_path: Path
) -> None:
    sealed = issue(outsider.site)
    folder = tmp_path / "licences"
    folder.mkdir()
    (folder / "licence.cwt").write_bytes(sealed)
    outsider.more = {"expected": load([folder], outsider.trust_list)}
    outsider.at = LATER
    assert "entry-missing" not in outsider.look()
    for index in (3, 5000, None):
        (folder / "another.cwt").write_bytes(
            world.make_seal(replace(world.CLAIMS, version=2), log_index=index)
        )
        outsider.more = {"expected": load([folder], outsider.trust_list)}
        alarms = [alarm.detail for alarm in outsider.alarms() if alarm.code == "entry-missing"]
        assert alarms == ["another.cwt"]


def test_a_hash_is_found_wherever_it_stands_and_again_after_the_log_grew(
    outsider: Outsider, tmp_path: Path
) -> None:
    told = tmp_path / "told.txt"
    told.write_text(f"# files\n{hashlib.sha256(b'650').hexdigest()}\n{hashlib.sha256(b'705').hexdigest()}\n")
    outsider.more = {"expected": load([told], outsider.trust_list)}
    assert outsider.look() == ["entry-missing"]
    assert outsider.look() == ["entry-missing"]
    outsider.site.log(*entries(700, 720), at=NOON)
    assert outsider.look() == []


def test_a_qr_s_text_can_be_told_of(outsider: Outsider, tmp_path: Path) -> None:
    told = tmp_path / "told.txt"
    told.write_text(world.text_of(issue(outsider.site)) + "\n")
    (wanted,) = load([told], outsider.trust_list)
    assert (wanted.origin, wanted.index) == (CAPITAL.log_origin, 700)


# The command, over HTTP.


@contextmanager
def served(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def publish(site: Site, folder: Path) -> None:
    for address, data in site.files.items():
        path = folder / address.removeprefix(world.SITE)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "trust-list.jws").write_text(world.signed_trust_list(site.trust_list))


def test_the_command_follows_a_site_and_tells_in_lines_of_json(
    outsider: Outsider, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capital = replace(world.TRUST_LIST, authorities=(CAPITAL,))
    outsider.site.trust_list = capital
    public, root = tmp_path / "public", tmp_path / "root.jwk"
    root.write_text(json.dumps(dict(world.ROOT.jwk)))
    publish(outsider.site, public)
    with served(public) as address:
        asked = ["monitor", address, "--root", str(root), "--state", str(tmp_path / "state.json"), "--once"]
        asked += ["--at", LATER.isoformat()]
        assert command.main(asked) == 0
        assert json.loads(capsys.readouterr().out) == {
            "log": CAPITAL.log_origin, "size": 700, "at": "2020-11-15T09:00:00+00:00",
            "days": {"2020-11-15": {"file": 700}},
        }  # fmt: skip
        forked = Site(trust_list=capital)
        forked.log(*entries(1, 702), at=NOON)
        publish(forked, public)
        assert command.main(asked) == 1
        alarm = json.loads(capsys.readouterr().out)
        assert (alarm["alarm"], alarm["log"]) == ("log-forked", CAPITAL.log_origin)
        assert alarm["ar"]
        assert alarm["en"]
        assert len(alarm["notes"]) == 2
    assert command.main(asked) == 2
    assert "error" in json.loads(capsys.readouterr().out)


def test_without_a_look_at_the_tiles_a_longer_fork_would_pass(
    outsider: Outsider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the consistency check: the entries alone are then still hashed, and tell."""
    assert outsider.look() == []
    outsider.site = Site()
    outsider.site.log(*entries(1, 900), at=NOON)
    monkeypatch.setattr("rukhsa.trust.tiles.check_continues", lambda *_: None)
    assert outsider.look() == ["tiles-broken"]
    monkeypatch.setattr("rukhsa.trust.reading._root", lambda *_: outsider.site.checkpoint.root)  # type: ignore[union-attr]
    assert outsider.look() == []

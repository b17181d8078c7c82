"""A log that ended and its successor: lists that follow, readers with a memory, monitors; each protection off once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rukhsa.trust import tlog, trustlist
from rukhsa.trust.errors import BadLog, BadTrustList
from rukhsa.trust.kept import Kept
from rukhsa.trust.memory import Memory, Seen
from rukhsa.trust.monitor import Monitor
from rukhsa.trust.sources import MemorySource
from rukhsa.trust.succession import changes, check_follows
from rukhsa.trust.tiles import MemoryTiles
from rukhsa.trust.trustlist import TrustList
from rukhsa.trust.verifier import Verifier
from tests.trust import world
from tests.trust.test_verdicts import CASES
from tests.trust.test_verdicts import test_a_row_of_the_truth_table_comes_out_as_written as check_row
from tests.trust.vectors.case import issued
from tests.trust.world import CAPITAL, LOG, NOON, ROOT, Site

LATER = NOON + timedelta(minutes=10)


@pytest.fixture
def site() -> Site:
    return issued()[0]


def next_list(after: Site, **changed: Any) -> TrustList:
    """The list of the ceremony, with what it says of the log that ended changed."""
    capital = after.trust_list.authority("capital")
    ended = replace(capital.former_logs[0], **changed)
    capital = replace(capital, former_logs=(ended, *capital.former_logs[1:]))
    return replace(after.trust_list, version=8, authorities=(capital, world.SOUTHERN))


def grown(site: Site) -> Site:
    """The same log with an entry more, as the machine that was thought lost publishes it."""
    more = Site(tiles=MemoryTiles(files=dict(site.tiles.files)), checkpoint=site.checkpoint)
    more.log(tlog.entry("file", b"beyond the end"), at=LATER)
    return more


def test_a_list_with_former_logs_reads_back(site: Site) -> None:
    thrice = site.succeeded().succeeded(3)
    assert len(thrice.trust_list.authority("capital").former_logs) == 2
    signed = world.signed_trust_list(thrice.trust_list)
    assert trustlist.read(signed, ROOT.jwk) == thrice.trust_list


@pytest.mark.parametrize(
    "changed",
    [{"size": 0}, {"size": -1}, {"root": "00"}, {"origin": CAPITAL.log_origin}, {"address": "http://x/"}],
)
def test_a_successor_that_is_not_well_formed_spoils_the_list(changed: dict[str, Any], site: Site) -> None:
    document = trustlist.to_document(site.succeeded().trust_list)
    document["authorities"][0]["log"]["successors"][0] |= changed
    with pytest.raises(BadTrustList):
        trustlist.from_document(document)


def test_a_list_may_end_a_log_and_name_its_successor(site: Site) -> None:
    new = next_list(site.succeeded())
    check_follows(new, world.TRUST_LIST)
    said = "\n".join(changes(new, world.TRUST_LIST))
    assert f"the log {CAPITAL.log_origin} ENDED with 6 entries" in said
    assert f"its log is {CAPITAL.log_origin}.2" in said


def refused(new: TrustList, old: TrustList) -> None:
    with pytest.raises(BadTrustList, match="something-lost: the log of capital"):
        check_follows(new, old)


def test_a_list_that_drops_moves_or_shortens_a_log_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = site.succeeded()
    ended = replace(first.trust_list, version=7)
    dropped = replace(CAPITAL, log_origin=f"{CAPITAL.log_origin}.2")
    lists = [
        (replace(world.TRUST_LIST, version=8, authorities=(dropped, world.SOUTHERN)), world.TRUST_LIST),
        (replace(world.TRUST_LIST, version=8), ended),  # back to the log that ended
        (next_list(first, root=bytes(32)), ended),
        (next_list(first, size=5), ended),
        (next_list(first, size=7), ended),
        (next_list(first, origin="v.mun.example/log/other"), world.TRUST_LIST),
        (next_list(first, size=1), world.TRUST_LIST),  # below the mark of compromise at 2
    ]
    for new, old in lists:
        refused(new, old)
    # The control.
    monkeypatch.setattr("rukhsa.trust.succession._keeps_logs", lambda new, old: True)
    for new, old in lists:
        check_follows(new, old)


def verdict(after: Site, text: str, memory: Memory) -> tuple[str, str]:
    source = MemorySource(files=after.files)
    verifier = Verifier(trust_list=after.trust_list, status=source, log=source, memory=memory)
    found = verifier.verify_text(text, at=NOON)
    return found.word, found.reason


def test_a_reader_that_saw_more_than_the_announced_end_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    site, sealed = issued()
    after, text = site.succeeded(), world.text_of(sealed)
    longer = grown(site).checkpoint
    assert longer
    assert site.checkpoint
    knows = Memory(logs={CAPITAL.log_origin: Seen(size=6, root=site.checkpoint.root)})
    saw_more = Memory(logs={CAPITAL.log_origin: Seen(size=longer.size, root=longer.root)})
    another = Memory(logs={CAPITAL.log_origin: Seen(size=3, root=bytes(32))})
    assert verdict(after, text, knows) == ("valid", "in-force")
    assert verdict(after, text, saw_more) == ("cannot-tell", "log-rolled-back")
    assert verdict(after, text, another) == ("cannot-tell", "log-forked")
    # The control.
    monkeypatch.setattr("rukhsa.trust.evidence.Logs._check_succeeds", lambda *_: None)
    assert verdict(after, text, saw_more) == verdict(after, text, another) == ("valid", "in-force")


@pytest.mark.parametrize(
    ("switched_off", "name"),
    [
        ("rukhsa.trust.evidence.Logs._check_succeeds", "a list with another root than the log before had"),
        ("rukhsa.trust.evidence.Logs._check_succeeds", "a list with more entries than the successor has"),
        ("rukhsa.trust.evidence.Logs._check_succeeds", "a successor with another history"),
        ("rukhsa.trust.evidence.is_within", "a proof beyond the end of a log"),
    ],
)
def test_without_its_protection_a_row_of_the_table_would_be_valid(
    switched_off: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the table's rows."""
    check_row(name)
    monkeypatch.setattr(switched_off, lambda *_: True)
    assert CASES[name]["word"] != "valid"
    with pytest.raises(AssertionError):
        check_row(name)


def test_a_reader_that_knows_no_successors_believes_what_it_believed() -> None:
    """Readers of the first release pass over the member, and read the log that ended as before."""
    site, sealed = issued()
    assert site.checkpoint is not None
    proof = tlog.proof(site.tiles, 5, site.checkpoint)
    document = trustlist.to_document(site.succeeded().trust_list)
    del document["authorities"][0]["log"]["successors"]
    old = Verifier(trust_list=trustlist.from_document(document), status=site.source, log=site.source)
    assert old.trust_list.authority("capital") == CAPITAL
    assert old.verify_seal(sealed, at=NOON).valid
    assert old.verify_seal(sealed, at=NOON, proof=proof).valid


def alarms(after: Site, state: Path, **more: Any) -> list[str]:
    source = MemorySource(files=after.files)
    monitor = Monitor(trust_list=after.trust_list, source=source, state=state, **more)
    return [each.code for each in monitor.look(after.trust_list.authority("capital"), at=LATER)]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "monitor.json"


def test_a_monitor_goes_on_in_the_successor_where_it_stopped(site: Site, state: Path) -> None:
    site.log(at=NOON)
    assert alarms(site, state) == []
    after = site.succeeded()
    after.log(at=NOON)
    files = after.files | site.files
    after.files = {
        path: data for path, data in files.items() if path != f"{after.log_address}tile/entries/000.p/6"
    }
    assert alarms(after, state) == []
    monitor = Monitor(trust_list=after.trust_list, source=after.source, state=state)
    followed = monitor.followed(after.trust_list.authority("capital"))
    assert followed.size == 7
    assert followed.done.days["2020-11-15"] == {"file": 5, "seal": 1, "former-log": 1}


@pytest.mark.parametrize("seen", ["before", "shown", "by a witness"])
def test_a_log_that_grew_after_its_end_is_an_alarm(
    seen: str, site: Site, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.log(at=NOON)
    after, more = site.succeeded(), grown(site)
    after.log(at=NOON)
    witnesses = []
    if seen == "before":
        assert alarms(more, state) == []
    elif seen == "shown":
        after.files |= more.files
    else:
        note = more.files[f"{LOG}checkpoint"]
        witnesses = [
            lambda origin: (
                note if origin == CAPITAL.log_origin else after.files[f"{after.log_address}checkpoint"]
            )
        ]
    assert alarms(after, state, witnesses=witnesses) == ["log-grew-after-its-end"]
    # The control.
    monkeypatch.setattr("rukhsa.trust.monitor._Look._check_ended", lambda *_: None)
    assert alarms(after, state, witnesses=witnesses) == []


def test_a_successor_that_begins_otherwise_is_an_alarm(
    site: Site, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = site.succeeded()
    after.log(at=NOON)
    after.trust_list = next_list(after, root=bytes(32))
    assert alarms(after, state) == ["log-forked"]
    # The control.
    monkeypatch.setattr("rukhsa.trust.monitor._Look._check_succeeds", lambda *_: None)
    assert alarms(after, state) == []


def test_a_copy_that_was_kept_of_more_than_the_announced_end_stops_keeping(
    site: Site, tmp_path: Path
) -> None:
    def keep(of: Site) -> int:
        signed = world.signed_trust_list(of.trust_list)
        return Kept(folder=tmp_path).keep(signed, ROOT.jwk, world.SITE, MemorySource(files=of.files))

    keep(site)
    assert keep(site.succeeded())
    keep(grown(site))
    with pytest.raises(BadLog, match="log-rolled-back"):
        keep(site.succeeded())

"""Drills: an operator forks the log, edits it, restores an older one or turns the clock, and is found out."""

import dataclasses
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from django.db import connection
from pytest_django import Settings

from rukhsa.authorities.models import Authority
from rukhsa.issuance import key_index, publishing, sequencer, site, time_stamp
from rukhsa.issuance.log import read_note, seal_bytes_of
from rukhsa.issuance.models import LogCheckpoint
from rukhsa.issuance.publishing import NotAllPublished
from rukhsa.issuance.sequencer import LogRolledBack
from rukhsa.issuance.signers.holder import HeldKey
from rukhsa.issuance.witnesses import cosign
from rukhsa.project.config import SANDBOX_WITNESS, Witnesses
from rukhsa.trust import checkpoint, tlog, witness
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import BadLog
from rukhsa.trust.expected import load
from rukhsa.trust.monitor import Monitor, witness_source
from rukhsa.trust.tiles import MemoryTiles
from rukhsa_rehearsal.sandbox.serve import Running, running
from tests import town as towns
from tests.journeys import facts
from tests.town import Town
from tests.waiting import LONGEST

MINUTES = timedelta(minutes=1)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Running]:
    """A sandbox of this test's own, whose witness watches this town's logs."""
    with running(tmp_path / "sandbox", logs=tmp_path / "town/public") as sandbox:
        yield sandbox


@pytest.fixture
def town(db: None, surroundings: None, outside: Running, settings: Settings) -> Town:
    """The town, now, whose trust list wants the sandbox's witness."""
    named = ((SANDBOX_WITNESS, f"{outside.address}/witness"),)
    settings.RUKHSA_WITNESSES = Witnesses(named=named, quorum=1)
    return towns.build()


class Outsider:
    """A monitor that follows the logs, and asks the witness too."""

    def __init__(self, state: Path, outside: Running) -> None:
        self.state = state
        self.witness = f"{outside.address}/witness/"

    def look(self, at: datetime, *told_of: Path) -> list[str]:
        """The codes of the alarms about the Capital's log."""
        trust_list = facts.anyone().trust_list
        source = site.source()
        witnesses = [
            witness_source(
                lambda path: httpx.get(self.witness + path, trust_env=False, timeout=LONGEST).content
            )
        ]
        monitor = Monitor(
            trust_list=trust_list, source=source, state=self.state, witnesses=witnesses,
            expected=load(list(told_of), trust_list),
        )  # fmt: skip
        alarms = monitor.look(trust_list.authority("capital"), at=at)
        return [alarm.code for alarm in [*alarms, *monitor.missing(at=at)]]


@pytest.fixture
def outsider(tmp_path: Path, outside: Running) -> Outsider:
    return Outsider(tmp_path / "monitor.json", outside)


def capital() -> Authority:
    return Authority.objects.get(code="CAP")


def shown() -> Checkpoint:
    note = tlog.published(site.log_tiles("CAP"))
    assert note is not None
    return read_note(note, "CAP")


def log_key(at: datetime) -> HeldKey:
    return HeldKey(key=key_index.key_for("CAP", "log", at=at))


def another_history(size: int, at: datetime) -> tuple[MemoryTiles, Checkpoint]:
    """A log of other entries under the same key."""
    storage = MemoryTiles()
    entries = [tlog.entry("file", b"another %d" % number) for number in range(size)]
    state = tlog.integrate(storage, None, entries, origin=site.log_origin("CAP"), signer=log_key(at), at=at)
    tlog.publish(storage, state)
    return storage, state


def put_in_place(storage: MemoryTiles) -> None:
    folder = site.log_tiles("CAP").folder
    shutil.rmtree(folder)
    for path, data in storage.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def test_an_honest_town_is_followed_and_its_documents_are_found(
    town: Town, outsider: Outsider, tmp_path: Path
) -> None:
    instrument = town.issue("proof-of-residence")
    cosign(capital(), at=town.at)
    told = tmp_path / "licence.pdf"
    told.write_bytes(time_stamp.handed_out(instrument))
    assert outsider.look(town.at, told) == []
    verdict = facts.verdict_on(instrument, at=town.at)
    assert (verdict.word, verdict.witnessed) == ("valid", True)
    town.later(hours=2)
    town.issue("proof-of-residence")
    assert outsider.look(town.at, told) == ["not-witnessed"]
    cosign(capital(), at=town.at)
    assert outsider.look(town.at, told) == []


def test_the_operator_forks_the_log(town: Town, outsider: Outsider, outside: Running) -> None:
    """Another history of the same size and of a larger one: no witness signs it, and who followed sees it."""
    town.issue("proof-of-residence")
    cosign(capital(), at=town.at)
    assert outsider.look(town.at) == []
    state = shown()
    for size in (state.size, state.size + 3):
        storage, fork = another_history(size, town.at)
        question = witness.write(old_size=state.size, proof=(), note=fork.note)
        answer = httpx.post(
            f"{outside.address}/witness/add-checkpoint", content=question, trust_env=False, timeout=LONGEST
        )
        assert answer.status_code == 422
        put_in_place(storage)
        assert "log-forked" in outsider.look(town.at)


def test_the_operator_shows_the_public_one_history_and_the_witness_another(
    town: Town, outsider: Outsider
) -> None:
    """A monitor that looks for the first time has nothing to compare with, but the witness has."""
    instrument = town.issue("proof-of-residence")
    cosign(capital(), at=town.at)
    storage, _ = another_history(shown().size, town.at)
    put_in_place(storage)
    assert "log-forked" in outsider.look(town.at)
    assert facts.verdict_on(instrument, at=town.at).word == "not-registered"


def test_a_licence_that_was_taken_out_of_the_log_is_missed(
    town: Town, outsider: Outsider, tmp_path: Path
) -> None:
    instrument = town.issue("proof-of-residence")
    told = tmp_path / "licence.pdf"
    told.write_bytes(time_stamp.handed_out(instrument))
    storage, _ = another_history(shown().size, town.at)
    put_in_place(storage)
    assert outsider.look(town.at, told).count("entry-missing") == 2  # the seal and the file


def test_the_database_is_edited_by_hand(town: Town, outsider: Outsider) -> None:
    """A leaf and an instrument's facts, with the triggers off: the log and the seal still say what was signed."""
    instrument = town.issue("proof-of-residence")
    cosign(capital(), at=town.at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE issuance_intent DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE issuance_intent SET facts = jsonb_set(facts, '{2}', %s) WHERE id = %s",
            ['"منتحل الصفة"', instrument.intent.pk],
        )
        cursor.execute("ALTER TABLE issuance_intent ENABLE TRIGGER USER")
    intent = type(instrument.intent).objects.get(pk=instrument.intent.pk)
    forged = seal_bytes_of(intent)
    assert forged is not None
    answer = facts.anyone().verify_seal(forged, at=town.at)
    assert (answer.word, answer.reason) == ("altered", "bad-signature")
    assert outsider.look(town.at) == []


@pytest.mark.parametrize("which", ["tile/0/", "tile/entries/"])
def test_a_stored_tile_is_edited_by_hand(which: str, town: Town, outsider: Outsider) -> None:
    town.issue("proof-of-residence")
    cosign(capital(), at=town.at)
    size = shown().size
    path = site.log_tiles("CAP").folder / f"{which}000.p/{size}"
    content = bytearray(path.read_bytes())
    content[10] ^= 1
    path.write_bytes(content)
    assert outsider.look(town.at) == ["tiles-broken"]
    if which == "tile/0/":
        with pytest.raises(BadLog, match="tiles-do-not-match"):
            town.issue("proof-of-residence")


def test_an_old_backup_of_the_database_is_restored(town: Town, outsider: Outsider) -> None:
    """The published log is longer than the database knows: nothing smaller or other is signed."""
    town.issue("proof-of-residence")
    public = site.log_tiles("CAP").folder
    newer = dataclasses.replace(shown(), size=shown().size + 2)
    put(checkpoint.sign(newer, log_key(town.at)))
    with pytest.raises(LogRolledBack):
        town.issue("proof-of-residence")
    # Of the same size and another root: as little.
    other = dataclasses.replace(shown(), size=newer.size - 2, root=bytes(32))
    put(checkpoint.sign(other, log_key(town.at)))
    with pytest.raises(LogRolledBack):
        sequencer.publish(capital())
    assert public.is_dir()


def test_an_old_backup_of_everything_is_restored(
    town: Town, outsider: Outsider, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Database and files agree with each other; the witness and the monitor that followed know better."""
    town.issue("proof-of-residence")
    folder, backup = site.log_tiles("CAP").folder, tmp_path / "backup"
    shutil.copytree(folder, backup)
    kept = shown()
    ahead, later = MemoryTiles(files=_files_of(folder)), town.at + MINUTES
    entries = [tlog.entry("file", b"lost")]
    newer = tlog.integrate(ahead, kept, entries, origin=kept.origin, signer=log_key(later), at=later)
    tlog.publish(ahead, newer)
    put_in_place(ahead)
    answer = httpx.post(
        outsider.witness + "add-checkpoint",
        content=witness.write(old_size=0, proof=(), note=newer.note),
        trust_env=False,
        timeout=LONGEST,
    )
    assert answer.status_code == 200
    outsider.look(later)

    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    alarms = outsider.look(later)
    assert "log-shrank" in alarms
    cosign(capital(), at=later)
    assert "witness-saw-more" in caplog.text
    assert LogCheckpoint.objects.filter(cosignatures__isnull=False).count() == 0


def test_the_clock_goes_back(town: Town, outsider: Outsider) -> None:
    town.issue("proof-of-residence")
    cosign(capital(), at=town.at)
    assert outsider.look(town.at) == []
    with pytest.raises(NotAllPublished, match="is before what was last published"):
        publishing.everything(at=town.at - timedelta(hours=1))
    earlier = dataclasses.replace(shown(), at=shown().at - timedelta(hours=1))
    put(checkpoint.sign(earlier, log_key(town.at)))
    assert "time-went-back" in outsider.look(town.at)


def put(shown: Checkpoint) -> None:
    """Put a checkpoint on the site without a question, as another hand would."""
    site.log_tiles("CAP").write(tlog.CHECKPOINT_PATH, shown.note.encode())


def _files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

"""Witnesses: the log is cosigned apart from issuing, whatever the witness does."""

import dataclasses
import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from pytest_django import Settings

from rukhsa.authorities.models import Authority
from rukhsa.issuance import cycle, key_index, site, witnesses
from rukhsa.issuance.log import read_note
from rukhsa.issuance.models import Cosignature, LogCheckpoint
from rukhsa.issuance.signers.holder import HeldKey
from rukhsa.issuance.witnesses import cosign, cosign_logs, named_witnesses
from rukhsa.project.config import SANDBOX_WITNESS, Witnesses
from rukhsa.trust import checkpoint, cosignature, tlog, witness
from rukhsa_rehearsal.sandbox.log_witness import NAME, SIGNER
from rukhsa_rehearsal.sandbox.serve import Running, running
from tests import ceremony
from tests.outside import begin_anew, break_down, everything_works, shared
from tests.rooms.issuance.conftest import Grant
from tests.waiting import LONGEST, wait_until


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    folder = tmp_path_factory.mktemp("witness")
    with shared(folder) as sandbox:
        yield sandbox, folder


@pytest.fixture
def outside(sandbox: tuple[Running, Path], town: datetime, settings: Settings) -> Running:
    """A sandbox whose witness watches this town's logs."""
    found, folder = sandbox
    begin_anew(folder, logs=settings.RUKHSA_PUBLIC)
    named = ((SANDBOX_WITNESS, f"{found.address}/witness"),)
    settings.RUKHSA_WITNESSES = Witnesses(named=named, quorum=1)
    return found


def capital() -> Authority:
    return Authority.objects.get(code="CAP")


def shown(path: str = tlog.CHECKPOINT_PATH) -> str:
    note = tlog.published(site.log_tiles("CAP"), path)
    assert note is not None
    return note


def cosigners(note: str) -> int:
    return len(cosignature.verify(note, named_witnesses()))


def test_the_witness_of_the_sandbox_is_the_one_that_production_refuses() -> None:
    assert cosignature.verifier_key(NAME, SIGNER.jwk) == SANDBOX_WITNESS


def test_a_checkpoint_is_published_cosigned_and_the_log_goes_on(
    granted: Grant, town: datetime, outside: Running
) -> None:
    cycle.issue(granted(), at=town)
    assert cosigners(shown()) == 0
    cosign(capital(), at=town)
    assert cosigners(shown()) == 1
    assert shown(tlog.WITNESSED_PATH) == shown()
    witnessed = read_note(shown(tlog.WITNESSED_PATH), "CAP").size

    cycle.issue(granted(), at=town)
    assert cosigners(shown()) == 0
    assert read_note(shown(tlog.WITNESSED_PATH), "CAP").size == witnessed < read_note(shown(), "CAP").size
    cosign(capital(), at=town)
    assert cosigners(shown()) == 1
    assert shown(tlog.WITNESSED_PATH) == shown()


def test_the_trust_list_names_the_witness_and_the_quorum(town: datetime, outside: Running) -> None:
    ceremony.hold(at=town)
    listed = site.trust_list()
    assert listed is not None
    authority = listed.authority("capital")
    assert [(each.name, each.public.kid) for each in authority.witnesses] == [(NAME, SIGNER.kid)]
    assert authority.quorum == 1


def test_asking_twice_keeps_one_cosignature(granted: Grant, town: datetime, outside: Running) -> None:
    cycle.issue(granted(), at=town)
    cosign_logs(timestamp=0)
    cosign_logs(timestamp=0)
    assert Cosignature.objects.filter(checkpoint__authority="CAP").count() == 1


@pytest.mark.parametrize(
    "mode", ["down", "slow", "cut-before", "truncated", "html", "error", "busy", "redirect"]
)
def test_a_witness_that_fails_stops_nothing_and_is_asked_again(
    mode: str, granted: Grant, town: datetime, outside: Running,
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(witnesses, "SECONDS", 0.5)
    break_down(outside, "witness", mode, seconds=1)
    assert cycle.issue(granted(), at=town)
    with caplog.at_level(logging.WARNING):
        cosign(capital(), at=town)
    assert "did not cosign CAP" in caplog.text
    assert cosigners(shown()) == 0
    assert cycle.issue(granted(), at=town)

    everything_works(outside)
    if mode == "slow":  # what was asked is answered at last, and no test after this one is told of it
        wait_until(lambda: seen_by_the_witness(outside) == 200)
    cosign(capital(), at=town)
    assert cosigners(shown()) == 1


def seen_by_the_witness(outside: Running) -> int:
    origin = hashlib.sha256(site.log_origin("CAP").encode()).hexdigest()
    return httpx.get(
        f"{outside.address}/witness/{origin}/checkpoint", trust_env=False, timeout=LONGEST
    ).status_code


@pytest.mark.parametrize("mode", ["refuses", "wrong-signature"])
def test_what_is_no_cosignature_is_never_published(
    mode: str, granted: Grant, town: datetime, outside: Running, caplog: pytest.LogCaptureFixture
) -> None:
    cycle.issue(granted(), at=town)
    break_down(outside, "witness", mode)
    cosign(capital(), at=town)
    assert "did not cosign CAP" in caplog.text
    assert Cosignature.objects.count() == 0
    assert cosigners(shown()) == 0


def test_an_answer_that_was_lost_is_asked_for_again(granted: Grant, town: datetime, outside: Running) -> None:
    """The witness has seen more than we know of: it says so with 409, and the proof then starts there."""
    cycle.issue(granted(), at=town)
    cosign(capital(), at=town)
    cycle.issue(granted(), at=town)
    break_down(outside, "witness", "cut", times=1)
    cosign(capital(), at=town)
    assert cosigners(shown()) == 0
    cycle.issue(granted(), at=town)
    cosign(capital(), at=town)
    assert cosigners(shown()) == 1


def test_a_witness_that_lost_its_memory_begins_anew(granted: Grant, town: datetime, outside: Running) -> None:
    cycle.issue(granted(), at=town)
    cosign(capital(), at=town)
    cycle.issue(granted(), at=town)
    break_down(outside, "witness", "forgets", times=1)
    cosign(capital(), at=town)
    assert cosigners(shown()) == 1


def test_the_witness_remembers_when_it_starts_again(
    granted: Grant, town: datetime, settings: Settings, tmp_path: Path
) -> None:
    instrument = cycle.issue(granted(), at=town)
    size = read_note(shown(), "CAP").size
    question = witness.write(old_size=0, proof=(), note=shown())
    for answer in (200, 409):
        with running(tmp_path / "sandbox", logs=settings.RUKHSA_PUBLIC) as sandbox:
            found = httpx.post(
                f"{sandbox.address}/witness/add-checkpoint",
                content=question,
                trust_env=False,
                timeout=LONGEST,
            )
            assert found.status_code == answer
    assert found.text == f"{size}\n"
    assert found.headers["content-type"] == "text/x.tlog.size"
    assert instrument


def test_what_the_witness_saw_last_can_be_read_there(
    granted: Grant, town: datetime, outside: Running
) -> None:
    import hashlib

    cycle.issue(granted(), at=town)
    cosign(capital(), at=town)
    name = hashlib.sha256(site.log_origin("CAP").encode()).hexdigest()
    assert (
        httpx.get(f"{outside.address}/witness/{name}/checkpoint", trust_env=False, timeout=LONGEST).text
        == shown()
    )
    assert (
        httpx.get(
            f"{outside.address}/witness/{'0' * 64}/checkpoint", trust_env=False, timeout=LONGEST
        ).status_code
        == 404
    )


def test_a_log_that_is_not_in_the_trust_list_is_not_cosigned(
    granted: Grant, town: datetime, outside: Running
) -> None:
    cycle.issue(granted(), at=town)
    question = witness.write(old_size=0, proof=(), note=shown().replace("log/capital", "log/other"))
    found = httpx.post(
        f"{outside.address}/witness/add-checkpoint", content=question, trust_env=False, timeout=LONGEST
    )
    assert found.status_code == 404


def test_a_fork_signed_with_the_log_s_own_key_is_not_cosigned(
    granted: Grant, town: datetime, outside: Running
) -> None:
    """The operator of the log shows the witness another history: of the same size, and of a larger one."""
    cycle.issue(granted(), at=town)
    cosign(capital(), at=town)
    state = read_note(shown(), "CAP")
    for size in (state.size, state.size + 1):
        fork = dataclasses.replace(state, root=bytes(32), size=size)
        note = checkpoint.sign(fork, HeldKey(key=key_index.key_for("CAP", "log", at=town))).note
        proof = () if size == state.size else (bytes(32),)
        question = witness.write(old_size=state.size, proof=proof, note=note)
        found = httpx.post(
            f"{outside.address}/witness/add-checkpoint", content=question, trust_env=False, timeout=LONGEST
        )
        assert found.status_code == 422


def test_a_database_older_than_what_the_witness_saw_is_told(
    granted: Grant, town: datetime, outside: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Database and public folder are both restored from a backup: only an outsider can tell."""
    cycle.issue(granted(), at=town)
    state = read_note(shown(), "CAP")
    longer = checkpoint.sign(
        dataclasses.replace(state, size=state.size + 3), HeldKey(key=key_index.key_for("CAP", "log", at=town))
    )
    question = witness.write(old_size=0, proof=(), note=longer.note)
    httpx.post(
        f"{outside.address}/witness/add-checkpoint", content=question, trust_env=False, timeout=LONGEST
    ).raise_for_status()
    cosign(capital(), at=town)
    assert "witness-saw-more" in caplog.text
    assert {record.levelno for record in caplog.records} == {logging.ERROR}
    assert LogCheckpoint.objects.filter(cosignatures__isnull=False).count() == 0


def test_no_witness_is_asked_where_none_is_named(granted: Grant, town: datetime) -> None:
    cycle.issue(granted(), at=town)
    cosign(capital(), at=town)
    assert cosigners(shown()) == 0
    assert tlog.published(site.log_tiles("CAP"), tlog.WITNESSED_PATH) is None

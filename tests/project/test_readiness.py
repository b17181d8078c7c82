"""A process is checked before it starts: every fault at once, with what to do, and an exit code for supervisors."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.checks import ERROR
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError

from rukhsa.project import readiness
from rukhsa.project.config import ConfigError, config, read
from rukhsa.project.processes import RUKHSA

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data in which every process can start."""
    for name in ("files", "public", "look", "static", "keys"):
        (tmp_path / name).mkdir()
    (tmp_path / "static/staticfiles.json").touch()
    found = replace(config(), data=tmp_path)
    monkeypatch.setattr(readiness, "config", lambda: found)
    return tmp_path


@pytest.mark.parametrize("process", sorted(readiness.NEEDS))
def test_it_lacks_nothing_but_a_role_of_its_own(data: Path, process: str) -> None:
    # The tests come as the owner of the tables, as no process may.
    assert [fault.id for fault in readiness.faults(process)] == ["rukhsa.E008"]


def test_it_tells_every_fault_at_once_and_what_to_do(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "files").rmdir()
    (data / "static/staticfiles.json").unlink()
    with pytest.raises(SystemExit) as ended:
        call_command("check", "--process", "portal")
    told = capsys.readouterr().err
    assert ended.value.code == 78
    assert f"{data}/files is not there. Make it and give it to user" in told
    assert "staticfiles.json is not there. Run `rukhsa setup` as the owner of the tables." in told
    assert "Give it a DATABASE_URL of the role rukhsa_serving" in told
    assert "The portal was not started: 3 faults." in told


def test_a_database_that_is_away_is_worth_another_try_and_stops_no_verifier(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("connection refused")

    for name in readiness.NEEDS:
        monkeypatch.setitem(readiness.NEEDS, name, replace(readiness.NEEDS[name], role=away))  # type: ignore[arg-type]
    assert [fault.level >= ERROR for fault in readiness.faults("verifier")] == [False]
    with pytest.raises(SystemExit) as ended:
        call_command("check", "--process", "worker")
    assert ended.value.code == 69


def test_the_signers_role_is_not_asked_for_migrations_that_it_may_not_read(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(self: object, targets: object) -> None:
        raise ProgrammingError("permission denied for table django_migrations")

    monkeypatch.setattr(readiness.MigrationExecutor, "migration_plan", forbidden)
    assert {fault.id for fault in readiness.faults("signer")} == {"rukhsa.E008"}
    assert {fault.id for fault in readiness.faults("worker")} == {"rukhsa.E007"}  # the control


def test_it_is_told_of_migrations_that_were_not_applied(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = [("payments", False)]
    monkeypatch.setattr(readiness.MigrationExecutor, "migration_plan", lambda self, targets: plan)
    assert "rukhsa.E007" in {fault.id for fault in readiness.faults("worker")}


def test_every_fault_of_the_settings_stands_on_a_line_of_its_own() -> None:
    settings = {"RUKHSA_ENVIRONMENT": "production", "RUKHSA_NO_SETTING": "1"}
    with pytest.raises(ConfigError) as refused:
        read(settings)
    environment = {"PATH": os.environ["PATH"], **settings}
    ended = subprocess.run(
        [*RUKHSA, "serve", "portal"], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 78
    lines = ended.stderr.splitlines()
    assert [line.removeprefix("- ") for line in lines[1:]] == list(refused.value.faults)
    assert len(lines) > 10
    assert "- RUKHSA_NO_SETTING is not a setting" in lines


def test_the_role_of_the_processes_has_no_fault(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = replace(readiness.NEEDS["worker"], role=lambda: None)
    monkeypatch.setitem(readiness.NEEDS, "worker", worker)  # type: ignore[arg-type]
    assert readiness.faults("worker") == []
    call_command("check", "--process", "worker")

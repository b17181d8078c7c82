"""A backup to the store while people are served, and its restore to a point, in a place of its own."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg

from rukhsa.project.postgres.location import locate
from rukhsa.project.processes import RUKHSA
from rukhsa_rehearsal.cluster import primary
from rukhsa_rehearsal.cluster.layout import Layout
from rukhsa_rehearsal.cluster.parts import environment
from rukhsa_rehearsal.cluster.programs import output, program


def restore(layout: Layout) -> str:
    """Back up, commit before and after a point, restore to it with the product's own drill, and look at both rows."""
    place, files = layout.folder / "drill", layout.folder / "backup"
    files.mkdir(exist_ok=True)
    node = primary.primary(layout)
    with archiving(layout, node):
        point = _back_up(layout, node)
        (files / "point.json").write_text(json.dumps(point))
        told = _drill(layout, node, files, place)
    kept = _words(layout, node, place)
    assert kept == ["before"], f"restored to another point: {kept}"
    report = json.loads((files / "report.json").read_text())
    assert report["whole"], told
    seconds = report["seconds"]
    return f"restored in {seconds['restore']:.0f} s, served {seconds['recovery']:.0f} s later, whole by fsck"


@contextmanager
def archiving(layout: Layout, node: int) -> Iterator[None]:
    """Each segment of the write-ahead log goes to the store within the block."""
    _archive_by(
        layout, f"{program('pgbackrest')} --config={_settings(layout, node)} --stanza=rukhsa archive-push %p"
    )
    try:
        yield
    finally:
        _archive_by(layout, "/bin/true")


def _archive_by(layout: Layout, command: str) -> None:
    told = {"postgresql": {"parameters": {"archive_command": command}}}
    address = primary.address(layout, primary.primary(layout))
    httpx.patch(f"{address}/config", json=told, timeout=10, trust_env=False).raise_for_status()
    primary.wait_for(lambda: _asked(layout, "SHOW archive_command") == command)


def _back_up(layout: Layout, node: int) -> dict[str, str]:
    _backrest(layout, node, "stanza-create")
    _backrest(layout, node, "backup", "--type=full")
    _asked(layout, "DROP TABLE IF EXISTS words; CREATE TABLE words (word text)")
    _asked(layout, "INSERT INTO words VALUES ('before')")
    at = _asked(layout, "SELECT clock_timestamp()::text")
    _asked(layout, "SELECT pg_create_restore_point('outage')")
    _asked(layout, "INSERT INTO words VALUES ('after')")
    _asked(layout, "SELECT pg_switch_wal()")
    _backrest(layout, node, "check")
    return {"point": "outage", "at": at}


def _drill(layout: Layout, node: int, files: Path, place: Path) -> str:
    account, programs = layout.accounts[f"node-{node}"], locate(layout.folder / "postgres").programs
    assert account
    arguments = (
        *("backup", "drill", "--files", str(files), "--place", str(place), "--keep"),
        *("--config", str(_settings(layout, node)), "--programs", str(programs), "--account", account.name),
        *("--report", str(files / "report.json")),
    )
    told = {**os.environ, **environment(layout), "PATH": f"{programs}:{os.environ['PATH']}"}
    answer = subprocess.run([*RUKHSA, *arguments], env=told, check=False, capture_output=True, text=True)  # noqa: S603
    assert answer.returncode in (0, 1), answer.stderr
    return answer.stdout


def _words(layout: Layout, node: int, place: Path) -> list[str]:
    """What the restored database has, which serves once more for this."""
    control = str(locate(layout.folder / "postgres").programs / "pg_ctl")
    asked = (control, "-D", str(place / "postgres"), "-w", "-s")
    _as(layout, node, *asked, "-l", str(place / "server.log"), "start")
    try:
        with psycopg.connect(host=str(place), user="postgres", dbname="postgres") as connection:
            return [word for (word,) in connection.execute("SELECT word FROM words")]
    finally:
        _as(layout, node, *asked, "-m", "fast", "stop")


def _backrest(layout: Layout, node: int, *arguments: str) -> None:
    settings = f"--config={_settings(layout, node)}"
    _as(layout, node, program("pgbackrest"), settings, "--stanza=rukhsa", *arguments)


def _as(layout: Layout, node: int, *command: str) -> None:
    account = layout.accounts[f"node-{node}"]
    assert account
    output("runuser", "-u", account.name, "--", *command)


def _settings(layout: Layout, node: int) -> Path:
    return layout.folder / f"node-{node}" / "pgbackrest.conf"


def _asked(layout: Layout, statement: str) -> str:
    with psycopg.connect(layout.database_url("postgres", database="postgres"), autocommit=True) as connection:
        answer = connection.execute(statement)
        return str(answer.fetchone()[0]) if answer.description else ""  # type: ignore[index]

"""A drill of the restore: the newest backup in a place of its own, proven by fsck, and how long each part took."""

import json
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from rukhsa.issuance import site
from rukhsa.project.processes import RUKHSA

POINT: Final = "point.json"
DATABASE: Final = "rukhsa"
PORT: Final = 5432  # of the name of the socket alone: the restored server listens on no port
GIGABYTE: Final = 1_000_000_000
RECKONED_FOR: Final = 100 * GIGABYTE
SECONDS_TO_PROMOTE: Final = 24 * 3600
SETTINGS: Final = """
listen_addresses = ''
port = {port}
unix_socket_directories = '{place}'
unix_socket_permissions = 0777
archive_mode = off
synchronous_standby_names = ''
hba_file = '{place}/pg_hba.conf'
ident_file = '{place}/pg_ident.conf'
"""


class DrillFailed(Exception):
    """The backup could not be restored; the text has what the program said."""

    code = "drill-failed"


@dataclass(frozen=True, kw_only=True)
class Backup:
    """Where a backup lies, and the programs that restore it."""

    files: Path  # what rukhsa-backup copied: files, public, point.json
    stanza: str
    programs: Path  # of PostgreSQL
    account: str  # who runs PostgreSQL; it owns what is restored
    pinned: Path  # the root's public key, as this deployment believes it
    configuration: str = ""  # of pgBackRest; empty: its own default


@dataclass(kw_only=True)
class Report:
    """What was restored, to when, how long it took, and what fsck said of it."""

    point: str
    at: str
    began: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    seconds: dict[str, float] = field(default_factory=dict)
    database_bytes: int = 0
    files_bytes: int = 0
    fsck: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong with what was restored."""
        return not self.fsck.get("faults", 1) and not self.fsck.get("stored", {}).get("faults", 1)

    @property
    def reckoned_minutes(self) -> float:
        """Minutes until a database of 100 GB serves again, by the rate of this drill; files are read in place."""
        restored = self.seconds["restore"] * RECKONED_FOR / max(self.database_bytes, 1)
        return (restored + self.seconds["recovery"]) / 60

    def as_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "whole": self.is_whole,
            "point": self.point,
            "at": self.at,
            "began": self.began,
            "seconds": {name: round(each, 1) for name, each in self.seconds.items()},
            "database-bytes": self.database_bytes,
            "files-bytes": self.files_bytes,
            "minutes-at-100-gb": round(self.reckoned_minutes, 1),
            "fsck": self.fsck,
        }


def drill(backup: Backup, place: Path) -> Report:
    """Restore a backup to its newest consistent point in `place`, which is emptied, and look at all of it.

    The copied files are read where they lie, and never written. Raises DrillFailed.
    """
    told = json.loads((backup.files / POINT).read_text())
    report = Report(point=told["point"], at=told["at"])
    data, cluster = place / "data", place / "postgres"
    _empty(place, backup.account)
    with _timed(report, "restore"):
        _restore(backup, cluster, report.point)
    report.database_bytes = _size(cluster)
    with _timed(report, "files"):
        data.mkdir()
        if (backup.files / "files").is_dir():  # else a store of objects holds them, and is read itself
            (data / "files").symlink_to(backup.files / "files")
        if (backup.files / "public").is_dir():
            shutil.copytree(backup.files / "public", data / "public")
        else:  # readers' files are in a store of objects: the list by which the logs are proven is read from there
            (data / "public").mkdir()
            (data / "public" / site.TRUST_LIST).write_bytes(site.files().read(site.TRUST_LIST))
        # The root is pinned beside the keys; a drill needs no key.
        (data / "keys").mkdir(mode=0o700)
        shutil.copy(backup.pinned, data / "keys" / backup.pinned.name)
    with _serving(backup, cluster, report):
        environment = {
            **os.environ,
            "RUKHSA_DATA": str(data),
            "RUKHSA_PUBLIC_STORE": "",  # never the place that readers see
            "DATABASE_URL": f"postgresql:///{DATABASE}?{urlencode({'host': place, 'user': 'postgres'})}",
        }
        with _timed(report, "tiles"):
            _run([*RUKHSA, "log", "rebuild"], environment)
        with _timed(report, "fsck"):
            report.fsck = json.loads(_run([*RUKHSA, "fsck", "--files", "--json"], environment, faults=True))
    report.files_bytes = report.fsck["stored"]["bytes"]
    return report


def _empty(place: Path, account: str) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, mode=0o711)
    if os.geteuid() == 0:
        entry = pwd.getpwnam(account)
        os.chown(place, entry.pw_uid, entry.pw_gid)


def _restore(backup: Backup, cluster: Path, point: str) -> None:
    named = [f"--config={backup.configuration}"] if backup.configuration else []
    _as_account(
        backup,
        *(
            "pgbackrest",
            *named,
            f"--stanza={backup.stanza}",
            f"--pg1-path={cluster}",
            "--log-level-console=error",
        ),
        *("--type=name", f"--target={point}", "--target-action=promote", "restore"),
    )
    place, me = cluster.parent, pwd.getpwuid(os.geteuid()).pw_name
    settings = {
        cluster / "postgresql.auto.conf": SETTINGS.format(place=place, port=PORT),
        place / "pg_hba.conf": "local all all peer map=drill\n",
        place / "pg_ident.conf": "".join(f"drill {name} postgres\n" for name in {me, backup.account}),
    }
    for path, text in settings.items():
        with path.open("a") as file:
            file.write(text)
        path.chmod(0o644)


@contextmanager
def _serving(backup: Backup, cluster: Path, report: Report) -> Iterator[None]:
    """Serve the restored database at a socket in its folder, once it has come to the point."""
    command = [str(backup.programs / "pg_ctl"), "-D", str(cluster), "-w", "-s"]
    configuration = cluster / "postgresql.conf"
    if not configuration.exists():  # Debian keeps it elsewhere, and restores none
        configuration.write_text("include_if_exists = 'postgresql.auto.conf'\n")
        configuration.chmod(0o644)
    log = str(cluster.parent / "server.log")
    asked = ["psql", "-XAtq", "-h", str(cluster.parent), "-p", str(PORT), "-d", "postgres", "-U", "postgres"]
    began = time.monotonic()
    _as_account(backup, *command, "-t", str(SECONDS_TO_PROMOTE), "-l", log, "start")
    try:
        while _as_account(backup, *asked, "-c", "SELECT pg_is_in_recovery()").strip() != "f":
            if time.monotonic() - began > SECONDS_TO_PROMOTE:
                raise DrillFailed(f"The database did not come to {report.point}: {log}.")
            time.sleep(0.2)
        report.seconds["recovery"] = time.monotonic() - began
        yield
    finally:
        _as_account(backup, *command, "-m", "fast", "stop")


def _as_account(backup: Backup, *command: str) -> str:
    if os.geteuid() == 0 and backup.account != "root":
        command = ("runuser", "-u", backup.account, "--", *command)
    return _run([*command], {**os.environ, "LC_ALL": "C"})


def _run(command: list[str], environment: Mapping[str, str], *, faults: bool = False) -> str:
    """The output of a program; raises DrillFailed where it fails, except where it ends with 1 for `faults`."""
    done = subprocess.run(  # noqa: S603 - our own words
        command, env=dict(environment), cwd="/", capture_output=True, text=True, check=False
    )
    if done.returncode not in ((0, 1) if faults else (0,)):
        raise DrillFailed(
            f"{Path(command[0]).name} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-1000:]}"
        )
    return done.stdout


@contextmanager
def _timed(report: Report, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    report.seconds[name] = time.monotonic() - began


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())

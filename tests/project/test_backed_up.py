"""A backup into a store of objects by the script of the release while documents are issued, restored to a second."""

import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from rukhsa.issuance import cycle
from rukhsa.issuance.intent import SignedFile
from rukhsa.objects import Account
from rukhsa.project.config import PROJECT, config
from rukhsa.project.databases import NAMES
from rukhsa.project.postgres import Location, locate
from rukhsa.project.processes import RUKHSA
from tests import ceremony, object_store, opinions
from tests.certificate_authority import own_certificate
from tests.rooms.issuance.conftest import HOME, build_town, granted_application, published
from tests.waiting import wait_until

BACKUP = PROJECT / "deploy/backup"
SERVICE = "refuse-bags"
BUCKET = "rukhsa"  # of the store of the tests


@dataclass(kw_only=True)
class Machine:
    """A machine of backup.md in a folder: PostgreSQL with its archive, the files of the town, and the store."""

    folder: Path
    account: Account
    https: int
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def location(self) -> Location:
        """Where PostgreSQL's programs are, and who runs them."""
        return locate(config().data / "postgres")

    def as_postgres(self, *command: str) -> str:
        """What a program says to the user of PostgreSQL."""
        other = ("runuser", "-u", self.location.account, "--") if opinions.AS_ROOT else ()
        done = subprocess.run(
            [*other, *command], env=self.environment, cwd="/", capture_output=True, text=True
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def own(self, path: Path) -> Path:
        """Give a file or folder to the user of PostgreSQL."""
        if opinions.AS_ROOT:
            shutil.chown(path, self.location.account)
        return path

    def program(self, name: str) -> str:
        """A program of PostgreSQL."""
        return str(self.location.programs / name)

    def set_up(self) -> None:
        """The settings of backup.md, with the store in the place of a disk."""
        (self.folder / "pgbackrest.conf").write_text(self._settings_of_pgbackrest())
        told = {
            "RUKHSA_DATA": self.folder / "data",
            "BACKUP_TO": f"store:{BUCKET}/copies",
            "STANZA": "rukhsa",
        }
        told["PG_USER"] = self.location.account
        lines = "".join(f"{name}={value}\n" for name, value in told.items())
        (self.folder / "backup.env").write_text(lines)
        remote = {
            "TYPE": "s3",
            "PROVIDER": "SeaweedFS",
            "ENDPOINT": str(self.account.endpoint),
            "ACCESS_KEY_ID": self.account.key_id,
            "SECRET_ACCESS_KEY": self.account.secret,
        }
        self.environment = {
            "PATH": f"{self.location.programs}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "PGBACKREST_CONFIG": str(self.folder / "pgbackrest.conf"),
            "PGHOST": str(self.folder),
            "PGUSER": "postgres",
            "RUKHSA_BACKUP_SETTINGS": str(self.folder / "backup.env"),
            "RCLONE_CONFIG": str(self.folder / "rclone.conf"),
            **{f"RCLONE_CONFIG_STORE_{name}": value for name, value in remote.items()},
        }

    def _settings_of_pgbackrest(self) -> str:
        """The file of the release with its lines of an S3 store, and what a port and a certificate of ours need."""
        text = (BACKUP / "pgbackrest.conf").read_text()
        told = {
            "repo1-path": "/",
            "repo1-s3-endpoint": "127.0.0.1",
            "repo1-s3-bucket": BUCKET,
            "repo1-s3-key": self.account.key_id,
            "repo1-s3-key-secret": self.account.secret,
            "repo1-cipher-pass": "passphrase-of-the-tests",
            "spool-path": f"{self.folder}/spool",
            "pg1-path": f"{self.folder}/server",
        }
        text = re.sub(r"^# (repo1-[a-z0-9-]+=)", r"\1", text, flags=re.MULTILINE)
        for name, value in told.items():
            text, found = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
            assert found == 1, f"{name} is not in the file of the release"
        of_ours = {
            "repo1-storage-host": "127.0.0.1",
            "repo1-storage-port": str(self.https),
            "repo1-storage-ca-file": f"{self.folder}/server.crt",
            "log-level-file": "off",
            "lock-path": f"{self.folder}/spool",
        }
        lines = "".join(f"{name}={value}\n" for name, value in of_ours.items())
        return (
            text.replace("[global]\n", f"[global]\n{lines}")
            + f"pg1-user=postgres\npg1-socket-path={self.folder}\n"
        )

    @contextmanager
    def serving(self) -> Iterator[None]:
        """With a new server, which sends every segment to the archive."""
        data = self.folder / "server"
        self.as_postgres(self.program("initdb"), "-U", "postgres", "--auth=trust", "-D", str(data))
        own = f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nfsync = off\n"
        with (data / "postgresql.conf").open("a") as file:
            file.write(own + (BACKUP / "postgresql.conf").read_text())
        control = (self.program("pg_ctl"), "-D", str(data), "-w", "-s")
        self.as_postgres(*control, "-l", str(self.folder / "server.log"), "start")
        try:
            self.as_postgres("pgbackrest", "--stanza=rukhsa", "stanza-create")
            yield
        finally:
            self.as_postgres(*control, "-m", "immediate", "stop")

    @contextmanager
    def database(self) -> Iterator[None]:
        """With what the test has made so far in a database of this server, to which its connection goes."""
        known = connection.settings_dict
        dump = self.folder / "town.dump"
        here = {libpq: known[django] for libpq, django in NAMES.items() if known[django]}
        address = " ".join(f"{name}={value}" for name, value in here.items())
        subprocess.run([self.program("pg_dump"), "--format=custom", f"--file={dump}", address], check=True)
        self.own(dump)
        self.as_postgres("createdb", "rukhsa")
        self.as_postgres(
            "pg_restore", "--no-owner", "--no-acl", "--exit-on-error", "--dbname=rukhsa", str(dump)
        )
        before = {name: known[name] for name in NAMES.values()}
        connection.close()
        known.update(NAME="rukhsa", USER="postgres", PASSWORD="", HOST=str(self.folder), PORT="5432")
        try:
            yield
        finally:
            connection.close()
            known.update(before)

    def drilled(self, files: Path, place: Path) -> tuple[int, dict[str, Any]]:
        """The exit code of the product's own drill, and its report."""
        report = self.folder / "report.json"
        command = [*RUKHSA, "backup", "drill", "--files", str(files), "--place", str(place)]
        command += ["--config", self.environment["PGBACKREST_CONFIG"], "--report", str(report)]
        command += ["--programs", str(self.location.programs), "--account", self.location.account]
        told = {"RUKHSA_ENVIRONMENT": "development", "DJANGO_SETTINGS_MODULE": "rukhsa.project.settings"}
        told |= {"RUKHSA_DATA": str(self.folder / "data"), "PATH": self.environment["PATH"]}
        told["DATABASE_URL"] = f"postgresql:///rukhsa?host={self.folder}&user=postgres"
        done = subprocess.run(command, env=os.environ | told, cwd=PROJECT, capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode, json.loads(report.read_text())

    def restored(self, options: str, place: Path) -> list[str]:
        """The documents that a restore by these options of backup.md has, once it takes statements that write."""
        place.mkdir(mode=0o700)
        self.own(place)
        self.as_postgres(
            "pgbackrest", "--stanza=rukhsa", f"--pg1-path={place}", *shlex.split(options), "restore"
        )
        own = f"-c unix_socket_directories={place} -c archive_mode=off"
        control = (self.program("pg_ctl"), "-D", str(place), "-w", "-s")
        self.as_postgres(*control, "-l", f"{place}.log", "-o", own, "start")
        try:
            with psycopg.connect(host=str(place), user="postgres", dbname="rukhsa", autocommit=True) as there:
                wait_until(lambda: there.execute("SELECT pg_is_in_recovery()").fetchone() == (False,))
                there.execute("CREATE TABLE written ()")
                found = there.execute("SELECT number FROM issuance_intent ORDER BY number").fetchall()
                return [number for (number,) in found]
        finally:
            self.as_postgres(*control, "-m", "immediate", "stop")


@pytest.fixture
def machine(transactional_db: None, settings: Settings) -> Iterator[Machine]:
    """A town at work on a machine whose backup goes to a store of objects."""
    for program, package in (("pgbackrest", "pgbackrest"), ("rclone", "rclone")):
        opinions.program(program, package=package)
    # Below a folder that the user of PostgreSQL may enter, which pytest's own is not.
    folder = Path(tempfile.mkdtemp(prefix="rukhsa-backup-", dir="/var/tmp"))
    folder.chmod(0o755)
    data = folder / "data"
    settings.RUKHSA_KEYS, settings.RUKHSA_PUBLIC, settings.MEDIA_ROOT = (
        data / "keys",
        data / "public",
        data / "files",
    )
    try:
        with object_store.running(own_certificate(folder)) as store:
            made = Machine(folder=folder, account=store.account, https=store.https)
            for name in ("server", "spool"):
                (folder / name).mkdir()
                made.own(folder / name)
            made.own(folder)
            made.set_up()
            build_town()
            published(SERVICE)
            ceremony.make_keys(at=timezone.now(), ahead=1)
            ceremony.hold(at=timezone.now())
            with made.serving(), made.database():
                yield made
    finally:
        shutil.rmtree(folder)


def issue_one() -> str:
    """The number of one more document, for which nothing is paid."""
    application = granted_application(SERVICE, {"home": HOME, "account": 12_345_678, "own-use": "yes"})
    return cycle.issue(application, at=timezone.now()).number


@pytest.mark.own_clock
@pytest.mark.slow
def test_a_backup_taken_while_documents_are_issued_is_whole_and_goes_back_to_a_second(
    machine: Machine,
) -> None:
    issued = [issue_one()]
    with (machine.folder / "said").open("w") as out:
        script = subprocess.Popen(
            [str(BACKUP / "rukhsa-backup"), "full"], env=machine.environment, stdout=out, stderr=out
        )
        while script.poll() is None:
            issued.append(issue_one())
    assert script.returncode == 0, (machine.folder / "said").read_text()
    assert len(issued) > 2, "under load"
    copies = machine.folder / "copies"
    subprocess.run(
        [opinions.program("rclone", package="rclone"), "copy", f"store:{BUCKET}/copies", str(copies)],
        env=machine.environment,
        check=True,
    )
    code, report = machine.drilled(copies, machine.folder / "drill")
    assert (code, report["whole"]) == (0, True), json.dumps(report)
    assert report["point"] == json.loads((copies / "point.json").read_text())["point"]
    assert report["fsck"]["stored"]["files"] > 0
    # The control: a file that a row of the point names is not there. One written after the point has no row there.
    digest = SignedFile.objects.get(intent__number=issued[0]).digest
    (named,) = (copies / "files").rglob(digest)
    named.unlink()
    assert machine.drilled(copies, machine.folder / "drill")[0] == 1

    before = issue_one()
    moment = next_second()
    after = issue_one()
    machine.as_postgres("psql", "-d", "postgres", "-c", "SELECT pg_switch_wal()")
    machine.as_postgres("pgbackrest", "--stanza=rukhsa", "check")
    found = machine.restored(restore_to(moment), machine.folder / "second")
    assert before in found
    assert after not in found
    assert set(issued) <= set(found)


def next_second() -> str:
    """The next whole second of the database's clock, once it is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT date_trunc('second', clock_timestamp()) + interval '1 second'")
        moment = cursor.fetchone()[0]

        def is_over() -> bool:
            cursor.execute("SELECT clock_timestamp() > %s", [moment])
            return bool(cursor.fetchone()[0])

        wait_until(is_over)
    return f"{moment:%Y-%m-%d %H:%M:%S%z}"


def restore_to(moment: str) -> str:
    """The options of backup.md for a restore to a moment."""
    page = (PROJECT / "docs/operating/backup.md").read_text()
    (options,) = re.findall(r"`(--type=time [^`]*)`", page)
    return re.sub('"[^"]*"', f'"{moment}"', options)

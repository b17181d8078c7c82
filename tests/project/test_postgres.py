"""The embedded server: shared, private, durable, and there again after whatever happened to it."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from rukhsa.project import postgres
from rukhsa.project.postgres.cluster import SUPERUSER, conninfo, is_running
from rukhsa.project.postgres.log_settings import SILENT, of_server, telling
from rukhsa.project.users import Account, _is_let_in
from tests.waiting import wait_until

HOLD = """
import sys, time
from pathlib import Path
from rukhsa.project import postgres
held = postgres.hold(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(3600)
"""

pytestmark = pytest.mark.xdist_group("embedded server")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("embedded") / "postgres"
    yield folder
    postgres.remove(folder)


def test_what_is_written_is_there_after_a_clean_stop(folder: Path) -> None:
    held = postgres.hold(folder)
    _execute(held, "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 'ليلى' AS name")
    held.release()
    wait_until(lambda: not is_running(held.location))
    held = postgres.hold(folder)
    assert _execute(held, "SELECT name FROM kept") == "ليلى"
    held.release()


def test_what_is_written_is_there_after_the_server_is_killed(folder: Path) -> None:
    held = postgres.hold(folder)
    _execute(held, "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 1 AS one")
    os.kill(_pid(held), signal.SIGKILL)
    again = postgres.hold(folder)
    assert _execute(again, "SELECT one FROM kept") == 1
    held.release()
    again.release()


def test_the_servers_own_log_tells_nothing_that_people_typed(folder: Path) -> None:
    """Neither the statement nor the detail of an error; the control is a server as it comes."""
    held = postgres.hold(folder)
    log = held.location.log / "server.log"
    # Not by the roles of ours: these may not set what the log tells.
    superuser = conninfo(held.location, role=SUPERUSER, database="postgres")
    with psycopg.connect(superuser, autocommit=True) as server:
        server.execute("CREATE TABLE person (name text UNIQUE, CHECK (name <> 'ليلى 7'))")
        told = of_server(server.cursor())
        assert told.keys() == SILENT.keys()
        assert telling(told) == {}

        def refused(name: str) -> None:
            with suppress(psycopg.IntegrityError):
                psycopg.ClientCursor(server).execute("INSERT INTO person VALUES (%s)", [name])

        for name in ("ليلى 1", "ليلى 1", "ليلى 7"):
            refused(name)
        wait_until(lambda: "duplicate key value" in log.read_text() and "check constraint" in log.read_text())
        assert "ليلى" not in log.read_text()
        for number, (setting, value) in enumerate(
            {"log_min_error_statement": "error", "log_error_verbosity": "default"}.items(), 2
        ):
            server.execute(f"SET {setting} = '{value}'".encode())  # unquoted, DEFAULT is another word
            refused(f"ليلى {number}")
            refused(f"ليلى {number}")
            wait_until(lambda number=number: f"ليلى {number}" in log.read_text())
            assert telling(told | {setting: value}) == {setting: value}
            server.execute(f"RESET {setting}".encode())
    held.release()


def test_a_pid_file_that_names_a_stranger_hinders_nobody(folder: Path) -> None:
    postgres.hold(folder).release()
    location = postgres.locate(folder)
    wait_until(lambda: not is_running(location))
    account = location.account if os.geteuid() == 0 else None
    stranger = subprocess.Popen(["/bin/sleep", "3600"], user=account, cwd="/")
    stale = location.data / "postmaster.pid"
    # The process that stops the server waits until its pid file is gone: this one comes when none waits any more.
    with (location.folder / "starting").open() as at_rest:
        fcntl.flock(at_rest, fcntl.LOCK_EX)
        assert not is_running(location)
        stale.write_text(f"{stranger.pid}\n{location.data}\n1\n5432\n{location.socket}\n\n  1 1\n")
    held = postgres.hold(folder)
    assert _execute(held, "SELECT 1") == 1
    held.release()
    stranger.kill()
    stranger.wait()


def test_many_that_start_at_once_share_one_server(folder: Path) -> None:
    with ThreadPoolExecutor(4) as starters:
        shares = list(starters.map(lambda _: postgres.hold(folder), range(4)))
    assert len({_pid(share) for share in shares}) == 1
    for share in shares[1:]:
        share.release()
    assert _execute(shares[0], "SELECT 1") == 1
    shares[0].release()
    assert not is_running(shares[0].location)


def test_the_server_stops_when_the_last_that_held_it_was_killed(folder: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    assert is_running(postgres.locate(folder))
    holder.kill()
    holder.communicate()
    wait_until(lambda: not is_running(postgres.locate(folder)))


def test_the_socket_is_short_enough_wherever_the_folder_lies(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 8)
    held = postgres.hold(deep)
    assert _execute(held, "SELECT 1") == 1
    held.release()
    postgres.remove(deep)
    assert not held.location.home.exists()


def test_nobody_else_reaches_data_or_socket(folder: Path) -> None:
    held = postgres.hold(folder)
    for private in (held.location.data, held.location.log):
        assert private.stat().st_mode & 0o077 == 0
    # Where root gives the processes users of their own, these pass through the folder and the kernel says who they are.
    assert held.location.socket.stat().st_mode & 0o077 in (0, 0o011)
    if os.geteuid() == 0:
        stranger = Account(name="a stranger", user=61_502, group=61_502)
        host = quote(str(held.location.socket), safe="")
        for role in ("rukhsa", "postgres", "rukhsa_signer"):
            assert not _is_let_in(stranger, f"postgresql:///rukhsa?host={host}&user={role}")
    held.release()


def test_no_folder_above_is_opened_to_others(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    held = postgres.hold(closed / "var" / "postgres")
    assert _execute(held, "SELECT 1") == 1
    assert closed.stat().st_mode & 0o077 == 0
    held.release()
    postgres.remove(closed / "var" / "postgres")


def test_it_listens_on_no_port_and_lets_in_nobody_by_trust(folder: Path) -> None:
    held = postgres.hold(folder)
    assert _execute(held, "SELECT current_setting('listen_addresses')") == ""
    assert (held.location.data / "pg_hba.conf").read_text() == "local all all peer map=rukhsa\n"
    held.release()


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_could_lose_a_commit_is_refused(folder: Path, setting: str) -> None:
    held = postgres.hold(folder)
    with _connect(held) as connection:
        postgres.assert_durable(connection)
    held.release()
    changed = held.location.data / "postgresql.auto.conf"
    changed.write_text(f"{setting} = off\n")
    with pytest.raises(postgres.PostgresError, match=setting):
        postgres.hold(folder)
    changed.write_text("")


def test_it_is_not_removed_while_somebody_uses_it(folder: Path) -> None:
    held = postgres.hold(folder)
    with pytest.raises(postgres.PostgresError, match="still uses"):
        postgres.remove(folder)
    held.release()


def _connect(held: postgres.Hold) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(conninfo(held.location, role=postgres.ROLE, database=postgres.DATABASE))


def _execute(held: postgres.Hold, statement: str) -> object:
    with _connect(held) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def _pid(held: postgres.Hold) -> int:
    return int((held.location.data / "postmaster.pid").read_text().split("\n")[0])

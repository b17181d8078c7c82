"""Creates, starts and stops the embedded server, and checks that its commits are durable."""

import os
import pwd
import shutil
import stat
import subprocess
import time
from pathlib import Path

import psycopg

from rukhsa.project.config import config
from rukhsa.project.postgres.location import (
    DATABASE,
    ROLE,
    ROLE_OF_SERVING,
    ROLE_OF_SIGNER,
    UNPRIVILEGED,
    Location,
    LocationError,
    copy_programs,
    own_account,
)

SUPERUSER = "postgres"
# Of ours: the first owns the tables, and each has rights of its own in them.
ROLES = (ROLE, ROLE_OF_SIGNER, ROLE_OF_SERVING)
SECONDS_TO_START = 300
SECONDS_TO_LEAVE = 60
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
CONFIGURATION = """\
# Written at every start. Nothing here weakens what is kept: the defaults are durable.
include 'postgresql.conf'
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = {permissions}
timezone = 'UTC'
log_timezone = 'UTC'
log_statement = 'none'
log_parameter_max_length_on_error = 0
log_min_error_statement = panic
log_error_verbosity = terse
"""


class PostgresError(Exception):
    """The server cannot be created, started, stopped or trusted; the text has its own message."""

    code = "postgres-failed"


def start(location: Location) -> None:
    """Create the cluster if there is none, start it if it does not run, and check that it is durable."""
    if not is_running(location):
        copy_programs(location)
        _make_folders(location)
        if not (location.data / "PG_VERSION").exists():
            _make_cluster(location)
        _write_access(location)
        _launch(location)
    elif _users_apart():
        _open_to_users_apart(location)
    _make_database(location)
    with psycopg.connect(conninfo(location, role=ROLE, database=DATABASE)) as connection:
        assert_durable(connection)


def stop(location: Location) -> None:
    """Stop the server cleanly: end its sessions and write everything to disk."""
    if is_running(location):
        _run(
            location,
            "pg_ctl",
            "stop",
            "-D",
            str(location.data),
            "-m",
            "fast",
            "-w",
            "-t",
            str(SECONDS_TO_START),
        )


def is_running(location: Location) -> bool:
    """Whether a server of this data folder runs, even if its pid file is stale."""
    pid = _recorded_pid(location)
    if pid is None or not (Path("/proc") / str(pid)).exists():
        return False
    return _is_of(location, Path("/proc") / str(pid))


def conninfo(location: Location, *, role: str, database: str) -> str:
    """libpq's connection string of the server, which refuses the socket of another account."""
    return psycopg.conninfo.make_conninfo(
        host=str(location.socket),
        user=role,
        dbname=database,
        requirepeer=location.account,
        connect_timeout=60,
    )


def assert_durable(connection: "psycopg.Connection[tuple[str, ...]]") -> None:
    """Raise PostgresError unless the server's settings let a committed transaction survive a crash."""
    for setting in DURABLE:
        row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
        value = row[0] if row else "unknown"
        if value not in ("on", "remote_apply"):
            raise PostgresError(f"The database would lose what it confirmed: {setting} is {value}.")


def _make_folders(location: Location) -> None:
    location.home.mkdir(mode=0o755, parents=True, exist_ok=True)
    if location.data.exists() and location.data.stat().st_uid != pwd.getpwnam(location.account).pw_uid:
        owner = location.data.owner()
        raise LocationError(
            f"{location.data} belongs to {owner}: run as {owner} or as root, or give another RUKHSA_DATA."
        )
    for folder in (location.data, location.log):
        _make_private(folder, location.account)
    _make_private(location.socket, location.account, open_to=0o011)  # others may pass through it, not list it


def _make_private(folder: Path, account: str, *, open_to: int = 0) -> None:
    entry = pwd.getpwnam(account)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if (
            not stat.S_ISDIR(found.st_mode)
            or found.st_uid != entry.pw_uid
            or found.st_mode & 0o077 & ~open_to
        ):
            raise LocationError(f"{folder} is not a private folder of {account}: remove it.") from None
        return
    os.chown(folder, entry.pw_uid, entry.pw_gid)


def _make_cluster(location: Location) -> None:
    """Run initdb in a scratch folder, so that an interrupted run leaves no half-made cluster."""
    scratch = location.home / "data.new"
    shutil.rmtree(scratch, ignore_errors=True)
    _make_private(scratch, location.account)
    options = ["--username", SUPERUSER, "--encoding", "UTF8", "--data-checksums", "--auth-local", "peer"]
    locale = ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    _run(
        location,
        "initdb",
        "-D",
        str(scratch),
        *options,
        *locale,
        "--auth-host",
        "reject",
        "--no-instructions",
    )
    location.data.rmdir()
    scratch.rename(location.data)


def _write_access(location: Location) -> None:
    """Write which user may connect under which role; the kernel says which user is at the socket.

    The user who starts the server may use any role; if that is root, the users of the processes one each.
    """
    people = {own_account(), location.account} - {UNPRIVILEGED} or {UNPRIVILEGED}
    named = [(person, role) for person in sorted(people) for role in (SUPERUSER, *ROLES)]
    apart = _users_apart()
    location.socket.chmod(0o711 if apart else 0o700)
    files = {
        "embedded.conf": CONFIGURATION.format(
            socket=str(location.socket).replace("'", "''"), permissions="0777" if apart else "0700"
        ),
        "pg_hba.conf": "local all all peer map=rukhsa\n",
        "pg_ident.conf": "".join(f'rukhsa "{person}" {role}\n' for person, role in (*named, *apart)),
    }
    for name, text in files.items():
        _write(location.data / name, text, location.account)


def _open_to_users_apart(location: Location) -> None:
    """Let users in that were created while the server ran."""
    _write_access(location)
    (location.socket / ".s.PGSQL.5432").chmod(0o777)
    with psycopg.connect(
        conninfo(location, role=SUPERUSER, database="postgres"), autocommit=True
    ) as connection:
        connection.execute("SELECT pg_reload_conf()")


def _users_apart() -> list[tuple[str, str]]:
    """The users under which root starts the processes, if this machine has them, each with its role."""
    signing = config().signing
    names = {each.pw_name for each in pwd.getpwall()} if os.geteuid() == 0 else set()
    wanted = ((signing.workers_user, ROLE_OF_SERVING), (signing.user, ROLE_OF_SIGNER))
    return [(name, role) for name, role in wanted if name in names]


def _write(path: Path, text: str, account: str) -> None:
    scratch = path.with_name(f"{path.name}.new")
    scratch.unlink(missing_ok=True)
    scratch.write_text(text)
    entry = pwd.getpwnam(account)
    scratch.chmod(0o600)
    os.chown(scratch, entry.pw_uid, entry.pw_gid)
    scratch.replace(path)


def _launch(location: Location) -> None:
    _clear_away_the_dead(location)
    log = location.log / "server.log"
    arguments = ["start", "-D", str(location.data), "-l", str(log), "-w", "-t", str(SECONDS_TO_START), "-s"]
    configuration = f"-c config_file={_shell_quoted(location.data / 'embedded.conf')}"
    try:
        _run(location, "pg_ctl", *arguments, "-o", configuration)
    except PostgresError as error:
        last = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        raise PostgresError(f"{error}\n{last}") from error


def _clear_away_the_dead(location: Location) -> None:
    """Remove the pid files of a server that was killed: its number may belong to another program by now.

    They guard the memory that a server's children may still use, so the children are waited for first.
    """
    if not Path("/proc/self").exists():
        return
    until = time.monotonic() + SECONDS_TO_LEAVE
    while any(_is_of(location, process) for process in Path("/proc").glob("[0-9]*")):
        if time.monotonic() > until:
            raise PostgresError(f"Processes of a server that was killed still work in {location.data}.")
        time.sleep(0.1)
    for path in (location.data / "postmaster.pid", *location.socket.glob(".s.PGSQL.*")):
        path.unlink(missing_ok=True)


def _make_database(location: Location) -> None:
    """Create our roles, none of them a superuser, and the database, which the first of them owns."""
    with psycopg.connect(
        conninfo(location, role=SUPERUSER, database="postgres"), autocommit=True
    ) as connection:
        for role in ROLES:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                creates = "CREATEDB" if role == ROLE else ""
                connection.execute(f"CREATE ROLE {role} LOGIN {creates} NOSUPERUSER")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


def _recorded_pid(location: Location) -> int | None:
    try:
        return int((location.data / "postmaster.pid").read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None


def _is_of(location: Location, process: Path) -> bool:
    try:
        return (process / "cwd").samefile(location.data)
    except OSError:
        return False  # it ended, or belongs to another user


def _run(location: Location, program: str, *arguments: str) -> None:
    entry = pwd.getpwnam(location.account)
    another = entry.pw_uid != os.geteuid()
    answer = subprocess.run(  # noqa: S603 - a program of the wheel
        [location.programs / program, *arguments],
        user=entry.pw_uid if another else None,
        group=entry.pw_gid if another else None,
        extra_groups=[] if another else None,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise PostgresError(f"{program} failed: {(answer.stderr or answer.stdout).strip()}")


def _shell_quoted(path: Path) -> str:
    # pg_ctl passes the options to a shell; PostgreSQL splits them no further.
    return "'" + str(path).replace("'", "'\\''") + "'"

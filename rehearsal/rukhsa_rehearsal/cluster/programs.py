"""The programs of a cluster: where they are, and how the missing ones are installed."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rukhsa.project.config import PROJECT

# Each program, and Debian's package of it.
OF_DEBIAN: Final = {
    "etcd": "etcd-server",
    "etcdctl": "etcd-client",
    "haproxy": "haproxy",
    "pgbackrest": "pgbackrest",
    "pgbouncer": "pgbouncer",
    "nginx": "nginx-light",
    "nft": "nftables",
    "unshare": "util-linux",
}
SYSTEM: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Patroni and SeaweedFS: `make cluster` fetches them by requirements-cluster.lock.
ENGINE: Final = PROJECT / "var" / "engines" / "cluster"
CLOCK: Final = "faketime/libfaketimeMT.so.1"


class ProgramsMissing(Exception):
    """Programs are missing; the text is one line that says how to install them."""

    code = "programs-missing"


def program(name: str) -> str:
    """Where a program is; raises ProgramsMissing."""
    found = shutil.which(name, path=f"{ENGINE / 'bin'}:{SYSTEM}")
    if found is None:
        raise ProgramsMissing(f"There is no {name}.")
    return found


def require(names: Iterable[str] = OF_DEBIAN) -> None:
    """Raise ProgramsMissing naming all that is missing, in one line."""
    missing = [name for name in names if not shutil.which(name, path=SYSTEM)]
    engine = [] if (ENGINE / "patroni").is_dir() and (ENGINE / "bin" / "weed").exists() else ["patroni, weed"]
    ways = []
    if missing:
        packages = sorted({OF_DEBIAN[name] for name in missing})
        ways.append(f"apt-get install --no-install-recommends {' '.join(packages)}")
    if engine:
        ways.append("make engines")
    if ways:
        raise ProgramsMissing(f"A cluster needs {', '.join(missing + engine)}: {'; '.join(ways)}")


def libfaketime() -> Path | None:
    """The library that shifts the clock of a process, of Debian's `faketime`."""
    return next(iter(sorted(Path("/usr/lib").glob(f"*/{CLOCK}"))), None)


def patroni(*arguments: str) -> tuple[str, ...]:
    """The command line of Patroni."""
    return (sys.executable, "-m", "patroni", *arguments)


def output(*command: str) -> str:
    """What a program of the system prints; raises CalledProcessError."""
    answer = subprocess.run([program(command[0]), *command[1:]], check=True, capture_output=True, text=True)  # noqa: S603
    return answer.stdout

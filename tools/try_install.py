"""Tries docs/operating/install.md and backup.md: gives their commands, and no others, in a fresh Debian with systemd.

It needs root, mmdebstrap, and a kernel with namespaces. The Debian lies in a folder and runs in namespaces of its own;
it shares the machine's network, for its packages. Every block marked `bash` is given as one script that stops at the
first command that fails; blocks marked `sh` are for other circumstances, and are not tried.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import dropwhile
from pathlib import Path
from typing import Final

from rukhsa.project.config import PROJECT

PAGES: Final = (PROJECT / "docs/operating/install.md", PROJECT / "docs/operating/backup.md")
PROGRAMS: Final = ("systemd", "systemd-sysv", "dbus", "ca-certificates")
# How this machine reaches its archive of packages; a fresh machine has its own.
OF_THIS_MACHINE: Final = ("/etc/apt/apt.conf.d", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
SECONDS_TO_START: Final = 60
UNITS: Final = ("rukhsa-signer", "rukhsa-worker", "rukhsa-portal", "rukhsa-verifier")

_BLOCK: Final = re.compile(r"^## (?P<step>[^\n]+)$|^```bash\n(?P<script>.*?)^```$", re.MULTILINE | re.DOTALL)


def main() -> int:
    """Read the command line, try the page, and print how long each step took."""
    parser = argparse.ArgumentParser(prog="python -m tools.try_install", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=PROJECT / "var/try-install", help="where the Debian lies"
    )
    parser.add_argument("--release", type=Path, required=True, help="what `make release` built")
    parser.add_argument("--base", type=Path, help="a tar of a Debian to begin with, instead of mmdebstrap")
    parser.add_argument(
        "--resume", metavar="STEP", default="", help="go on in the Debian of the last trial, at this step"
    )
    given = parser.parse_args()
    root: Path = given.folder.absolute() / "root"
    if not given.resume:
        _make(root, given.base)
        shutil.copy(given.release, root / "root" / given.release.name)
    began = time.monotonic()
    with _running(root) as first:
        failed = _give_all(first, given.resume)
        if not failed:
            minutes = (time.monotonic() - began) / 60
            _say(f"install: {len(list(blocks()))} blocks, served and backed up after {minutes:.1f} minutes")
            _within(first, f"systemd-analyze security --no-pager {' '.join(UNITS)} | grep -E '→|Overall'")
        else:
            _within(first, f"journalctl --no-pager --lines=60 {' '.join(f'-u {unit}' for unit in UNITS)}")
    return 1 if failed else 0


def blocks() -> Iterator[tuple[str, str]]:
    """The step and the script of each block of the pages that is tried."""
    for page in PAGES:
        yield from blocks_of(page.read_text())


def blocks_of(page: str) -> Iterator[tuple[str, str]]:
    """The step and the script of each block of a page that is tried."""
    step = ""
    for found in _BLOCK.finditer(page):
        if found["step"]:
            step = found["step"]
        else:
            yield step, found["script"]


def _make(root: Path, base: Path | None) -> None:
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    if base:
        _call("tar", "xf", str(base), "-C", str(root))
    else:
        programs = ",".join(PROGRAMS)
        _call("mmdebstrap", "--quiet", "--variant=apt", f"--include={programs}", "trixie", str(root))
    for path in map(Path, OF_THIS_MACHINE):
        if path.is_dir():
            shutil.copytree(path, root / path.relative_to("/"), symlinks=True, dirs_exist_ok=True)
        elif path.exists():
            shutil.copy(path, root / path.relative_to("/"))
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    shutil.copy("/etc/hosts", root / "etc/hosts")


@contextmanager
def _running(root: Path) -> Iterator[int]:
    """The process number of systemd, as this machine sees it, while the Debian runs."""
    command = [str(PROJECT / "tools/fresh_debian.sh"), str(root)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as outer:  # noqa: S603 - ours
        try:
            first = _first_process(outer.pid)
            _within(first, "systemctl is-system-running --wait > /dev/null || true")
            yield first
        finally:
            outer.kill()


def _first_process(outer: int) -> int:
    children = Path(f"/proc/{outer}/task/{outer}/children")
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        for child in children.read_text().split():
            if "systemd" in os.readlink(f"/proc/{child}/exe") and _within(
                int(child), "systemctl status", quiet=True
            ):
                return int(child)
        time.sleep(0.2)
    raise SystemExit("systemd did not start in the fresh Debian")


def _give_all(first: int, begin: str) -> bool:
    """Give every block from a step on; true if one failed."""
    for step, script in dropwhile(lambda block: not block[0].startswith(begin), blocks()):
        began = time.monotonic()
        fine = _within(first, script)
        _say(f"{'done  ' if fine else 'FAILED'} {time.monotonic() - began:6.1f} s  {step}")
        if not fine:
            return True
    return False


def _within(first: int, script: str, *, quiet: bool = False) -> bool:
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
    environment |= {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    environment |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    entered = [
        "nsenter",
        "--target",
        str(first),
        "--mount",
        "--pid",
        "--ipc",
        "--uts",
        "--cgroup",
        "--root",
        "--wdns=/",
    ]
    done = subprocess.run(  # noqa: S603 - the page's own commands
        [*entered, "bash", "-euo", "pipefail", "-c", script],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else None,
        stderr=subprocess.DEVNULL if quiet else None,
        check=False,
    )
    return done.returncode == 0


def _call(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - our own words


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""`make days`: run the suite on other days, with every process of it under a shifted clock.

libfaketime shifts the clock of a process that loads it. Some of ours start others with an environment of their own, so
the library is named in `/etc/ld.so.preload`, which no environment can leave out. That file is the machine's: what is
shown here is a copy of `/etc` in a mount namespace that ends with the run, and the machine's own stays untouched. It
takes root (or a namespace of the user's), Debian's `faketime` and `unshare`.

A program in Go asks the kernel itself, so that a store of objects and etcd stay in today: a request that is signed on
another day is refused by the store as it should be. Tests that start such programs are left out (`own_clock`), and so
are those that wait for a timer of PostgreSQL (`lock_timeout`, `deadlock_timeout`), which does not ring there.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rukhsa.project.config import PROJECT
from rukhsa.values.hijri import hijri_day

BAHRAIN = ZoneInfo("Asia/Bahrain")
RAMADAN = 9
NOON = timedelta(hours=12)


def _midnight(day: datetime) -> datetime:
    return day.astimezone(BAHRAIN).replace(hour=0, minute=0, second=0, microsecond=0)


def _next(now: datetime, is_it: Callable[[datetime], bool]) -> datetime:
    day = _midnight(now) + timedelta(days=1)
    while not is_it(day):
        day += timedelta(days=1)
    return day


# Keys that sign documents last a calendar month where the territory is (issuance/key_creation.py).
DAYS: dict[str, Callable[[datetime], datetime]] = {
    "last-minute-of-a-month": lambda now: _next(now, lambda day: day.day == 1) - timedelta(minutes=1),
    "late-in-the-evening": lambda now: _midnight(now) + timedelta(hours=22, minutes=30),
    "leap-day": lambda now: _next(now, lambda day: (day.month, day.day) == (2, 29)) + NOON,
    "first-of-ramadan": lambda now: (
        _next(now, lambda day: (hijri_day(day.date()) or (0, 0, 0))[1:] == (RAMADAN, 1)) + NOON
    ),
    "last-day-of-a-year": lambda now: _next(now, lambda day: (day.month, day.day) == (12, 31)) + NOON,
    "three-years-ahead": lambda now: now + timedelta(days=3 * 365),
    "keys-of-this-month-ended": lambda now: _next(now, lambda day: day.day == 1) + NOON,
}


def main() -> int:
    """Run pytest once on each day; 0 if every run was green."""
    arguments = _parser().parse_args()
    library = _library()
    ended = {}
    for name in arguments.days:
        now = datetime.now(UTC)
        sys.stdout.write(f"\n== {name}: {DAYS[name](now):%A %d %B %Y, %H:%M %Z}\n")
        sys.stdout.flush()
        ended[name] = _run_on(DAYS[name](now) - now, library, arguments.pytest)
    red = [name for name, code in ended.items() if code]
    sys.stdout.write(f"days: {len(ended)}, green {len(ended) - len(red)}, red {', '.join(red) or 'none'}\n")
    return int(bool(red))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make days", description="Run the tests on other days.")
    parser.add_argument(
        "--days", nargs="+", choices=DAYS, default=list(DAYS), help="which days; all without it"
    )
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    return parser


def _library() -> str:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found or not shutil.which("unshare"):
        raise SystemExit("make days needs Debian's `faketime` and `util-linux`: apt-get install faketime")
    return str(found[0])


def _run_on(shift: timedelta, library: str, pytest: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="rukhsa-day-") as folder:
        etc = Path(folder) / "etc"
        command = shlex.join([sys.executable, "-m", "pytest", "-m", "not own_clock", *pytest])
        script = (
            f"cp -a /etc {etc}\n"
            f"echo {library} > {etc}/ld.so.preload\n"
            f"echo {round(shift.total_seconds()):+d} > {etc}/faketimerc\n"
            f"mount --bind {etc} /etc\n"
            f"exec {command}\n"
        )
        user = () if os.geteuid() == 0 else ("--map-root-user",)
        outcome = subprocess.run(
            ["unshare", "--mount", *user, "sh", "-euc", script],
            cwd=PROJECT,
            # Where a process is killed within its library's lock, the next of that number would never start.
            env=os.environ | {"FAKETIME_DISABLE_SHM": "1"},
            check=False,
        )
        return outcome.returncode


if __name__ == "__main__":
    sys.exit(main())

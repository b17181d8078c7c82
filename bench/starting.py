"""What a process takes until it has loaded all that it serves: seconds, and memory of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from bench.figure import Figure
from rukhsa.project.config import PROJECT

SECONDS, MEGABYTES = 2.0, 120.0
ROUNDS = 3
WEB = "import rukhsa.project.{module}\nfrom django.urls import get_resolver\nget_resolver().url_patterns"
COMMAND = (
    "import django\ndjango.setup()\nfrom django.core.management import load_command_class\n"
    "load_command_class('rukhsa.project', '{name}')"
)
# The reader of strangers' files, which each web process starts, is reckoned apart.
PROCESSES = {
    "portal": ("rukhsa.project.settings_web", WEB.format(module="asgi")),
    "verifier": ("rukhsa.project.settings_public", WEB.format(module="asgi_public")),
    "worker": ("rukhsa.project.settings_worker", COMMAND.format(name="worker")),
    "signer": ("rukhsa.project.settings_signer", COMMAND.format(name="signer")),
}
TOLD = """
import json, time
told = dict(line.split(":") for line in open("/proc/self/smaps_rollup").read().splitlines()[1:])
own = sum(int(told[each].split()[0]) for each in ("Private_Clean", "Private_Dirty", "Private_Hugetlb"))
print(json.dumps([time.process_time(), own / 1000]))
"""


def figures() -> Iterator[Figure]:
    """Seconds of one core, and megabytes that the process shares with no other."""
    for name, (settings, load) in PROCESSES.items():
        tries = [_started(settings, load) for _ in range(ROUNDS)]
        seconds, own = min(each[0] for each in tries), min(each[1] for each in tries)
        yield Figure(
            name=f"the start of the {name}", ours=seconds, peer=SECONDS, wanted=1, unit="s of processor",
            less_is_better=True, other="limit", digits=2,
        )  # fmt: skip
        yield Figure(
            name=f"the memory of the {name} at its start", ours=own, peer=MEGABYTES, wanted=1, unit="MB of its own",
            less_is_better=True, other="limit", digits=0,
        )  # fmt: skip


def _started(settings: str, load: str) -> tuple[float, float]:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings}
    done = subprocess.run(
        [sys.executable, "-c", load + TOLD], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )  # fmt: skip
    seconds, own = json.loads(done.stdout.splitlines()[-1])
    return seconds, own

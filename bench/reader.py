"""Opening a stranger's file in a child of the reader, beside the same functions in this process, in the same run."""

import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf

from bench.figure import Figure
from bench.worn import photographed_page
from rukhsa import reader
from rukhsa.reader.task import TASKS
from rukhsa.trust import picture

type Asked = tuple[bytes, dict[str, Any]]

ROUNDS = 60
SIDE = 1414  # of a square of two megapixels


def figures() -> Iterator[Figure]:
    """A PDF of 100 kB is checked, and a code is read in two megapixels."""
    from rukhsa.reader import functions

    pdf, seen = a_pdf(), two_megapixels()
    ways: tuple[tuple[str, float, Asked, Callable[[], object]], ...] = (
        ("check-file", 4.0, (pdf, {"accept": ["pdf"]}), lambda: functions.check(pdf, accept=["pdf"])),
        ("code-in-picture", 1.5, (seen, {}), lambda: picture.code_in(seen)),
    )
    for task, wanted, (content, parameters), here in ways:
        beside = _times(lambda: reader.ask(task, content, **parameters), ROUNDS)  # noqa: B023 - asked at once
        print(
            f"{task}: {_told(beside)} in a child, {_told(_times(here, ROUNDS))} in this process", flush=True
        )
        anew = _times(lambda: _in_a_process_of_its_own(task, content, parameters), ROUNDS // 6)  # noqa: B023
        yield Figure(
            name=f"{task}, {len(content) // 1000} kB", ours=statistics.median(beside), wanted=wanted, unit="ms",
            peer=statistics.median(anew), less_is_better=True, other="a process started for the file",
        )  # fmt: skip


def a_pdf() -> bytes:
    """One page with letters of noise that no packer makes smaller."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    page.Contents = document.make_stream(b"BT ET\n")
    page.obj.Noise = document.make_stream(os.urandom(100_000))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def two_megapixels() -> bytes:
    """The part of the photographed page that has the code, as a PNG of two megapixels in colours."""
    frame, (left, _, _, bottom) = photographed_page()
    x, y = min(left - 40, frame.width - SIDE), max(0, bottom + 40 - SIDE)
    file = io.BytesIO()
    frame.crop((x, y, x + SIDE, y + SIDE)).convert("RGB").save(file, "PNG")
    return file.getvalue()


def _times(act: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of each call, after one that is not counted."""
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - began))
    return times[1:]


def _in_a_process_of_its_own(task: str, content: bytes, parameters: dict[str, Any]) -> None:
    """What is simplest: start Python, load the parser, read the one file."""
    script = (
        "import importlib, json, sys\n"
        "module, name = sys.argv[1].split(':')\n"
        "told = getattr(importlib.import_module(module), name)(sys.stdin.buffer.read(), **json.loads(sys.argv[2]))\n"
        "print(json.dumps(told, default=len))"  # of the copy that a check returns, the length
    )
    command = [sys.executable, "-I", "-c", script, TASKS[task].function, json.dumps(parameters)]
    subprocess.run(command, input=content, check=True, stdout=subprocess.DEVNULL, env={})


def _told(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{statistics.median(ordered):.0f} / {ordered[int(0.95 * len(ordered))]:.0f} ms (median / p95)"

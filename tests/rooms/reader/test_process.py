"""The process that opens strangers' files: it answers, refuses, ends with its worker and comes back when it died."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from rukhsa import reader
from rukhsa.project.buffering import THREADS
from rukhsa.reader import process
from rukhsa.reader.process import Died, Ended, Process, Slots
from rukhsa.reader.task import TASKS
from rukhsa.reader.warm import examples
from tests.rooms.reader import bombs
from tests.running import children_of, is_running
from tests.waiting import wait_until

RELEASED = Path(__file__).parents[2] / "trust/vectors/files/released.pdf"


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(file, "PNG")
    return file.getvalue()


def test_a_file_is_read_and_the_answer_is_json() -> None:
    assert reader.ask("check-file", picture(), accept=["image"])["media_type"] == "image/png"


def test_a_task_refuses_by_its_own_code() -> None:
    with pytest.raises(reader.Refused) as refused:
        reader.ask("check-file", picture(), accept=["pdf"])
    assert refused.value.code == "file-of-another-kind"


@pytest.mark.parametrize("task", TASKS)
def test_each_task_reads_its_examples_in_a_fresh_reader(task: str) -> None:
    own = Process()
    answers = 0
    try:
        for content, parameters in _files(task):
            try:
                own.ask(TASKS[task], content, parameters)
                answers += 1
            except reader.Unread:
                raise  # an import that came too late, or a limit that is too small
            except reader.Refused:
                continue
    finally:
        own.kill()
    assert answers, "no example of this task is read"


def test_the_reader_holds_no_secret_and_no_django() -> None:
    reader.ask("check-file", picture(), accept=["image"])
    pid = process._READER.pid
    assert Path(f"/proc/{pid}/environ").read_bytes() == b""
    assert os.readlink(f"/proc/{pid}/cwd") == "/"
    script = (
        "import sys; from rukhsa.reader import __main__ as m;"
        "m._warm_up({task.name: m._load(task.function) for task in m.TASKS.values()});"
        "print([name for name in ('django', 'numpy', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_reader_ends_with_its_worker_however_that_ends(number: signal.Signals) -> None:
    script = (
        "import time; from rukhsa import reader; from rukhsa.reader import process;"
        "reader.ask('read-yaml', b'a: b'); print(process._READER.pid, flush=True); time.sleep(600)"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert worker.stdout
    with worker.stdout as said:
        pid = int(said.readline())
    assert is_running(pid)
    worker.send_signal(number)
    worker.wait()
    wait_until(lambda: not is_running(pid))


def test_a_reader_that_ends_takes_its_children_along() -> None:
    own = Process()
    try:
        with ThreadPoolExecutor() as pool:
            slow = pool.submit(lambda: own.ask(TASKS["code-in-picture"], bombs.eyes(), {}))
            wait_until(lambda: own.pid is not None and children_of(own.pid) != [])
            assert own.pid
            children = children_of(own.pid)
            os.kill(own.pid, signal.SIGKILL)
            assert isinstance(slow.exception(), Died | reader.Refused)
        wait_until(lambda: not any(is_running(each) for each in children))
    finally:
        own.kill()


def test_callers_that_go_away_end_nothing() -> None:
    own = Process()
    try:
        for _ in range(20):
            with ExitStack() as gone:  # both pipes are closed before anything is read
                process._send(own.start(), TASKS["read-yaml"], b"a: b", {}, gone)
        before = own.pid
        assert own.ask(TASKS["check-file"], picture(), {"accept": ["image"]})
        assert own.pid == before
    finally:
        own.kill()


def test_children_leave_nothing_behind() -> None:
    own = Process()
    try:
        own.ask(TASKS["read-yaml"], b"a: b", {})
        assert own.pid
        before = len(os.listdir(f"/proc/{own.pid}/fd")), len(os.listdir("/proc/self/fd"))
        for _ in range(30):
            own.ask(TASKS["read-yaml"], b"a: b", {})
        assert (len(os.listdir(f"/proc/{own.pid}/fd")), len(os.listdir("/proc/self/fd"))) == before
        assert children_of(own.pid) == []
    finally:
        own.kill()


def test_who_comes_when_all_are_at_work_and_one_waits_is_refused_at_once() -> None:
    slots = Slots(1, 1)
    with ThreadPoolExecutor() as pool, slots.one():
        waiting = pool.submit(_take, slots)
        wait_until(lambda: not slots._admitted._value)  # type: ignore[attr-defined]
        with pytest.raises(reader.Busy), slots.one():
            pass
        assert isinstance(waiting.exception(), reader.Busy)  # it waited for a second
    with slots.one():
        pass


def test_a_worker_has_a_thread_left_while_files_are_read() -> None:
    assert process.AT_ONCE + process.WAITING < THREADS


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b'{"bytes": 5}',
        b'{"answer": {"a": {"bytes": 5}}}',
        b'{"answer": 1}',
        b'{"refused": 1}',
        b"[" * 100_000,
        b'{"answer": {}}\n{"answer": {}}',
        b"\xff",
    ],
)
def test_an_answer_of_another_form_is_a_refusal(said: bytes) -> None:
    ended = Ended(signal=0, exit=0, megabytes=1, seconds=0)
    with pytest.raises(reader.Unread) as refused:
        process._answer(said, ended, TASKS["read-yaml"], b"")
    assert refused.value.code == "cannot-be-read"


def test_what_a_child_says_makes_no_line_of_its_own_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    ended = Ended(signal=0, exit=0, megabytes=1, seconds=0)
    said = json.dumps({"refused": "too-much-memory", "detail": "a\nERROR signed in: somebody" * 99}).encode()
    with pytest.raises(reader.Unread):
        process._answer(said, ended, TASKS["read-yaml"], b"")
    (line,) = caplog.records
    assert "\n" not in line.getMessage()
    assert len(line.getMessage()) < 600


def test_an_answer_that_is_too_long_is_a_refusal() -> None:
    ended = Ended(signal=0, exit=0, megabytes=1, seconds=0)
    said = json.dumps({"answer": {"a": "x" * TASKS["check-file"].answer}}).encode()
    with pytest.raises(reader.Unread):
        process._answer(said, ended, TASKS["check-file"], b"")


@pytest.mark.parametrize(
    ("number", "seconds", "code"),
    [
        (signal.SIGALRM, 0.1, "took-too-long"),
        (signal.SIGXCPU, 1, "took-too-long"),
        (signal.SIGKILL, 2, "took-too-long"),
        (signal.SIGKILL, 0.1, "too-much-memory"),
        (signal.SIGABRT, 0.1, "too-much-memory"),
        (signal.SIGSEGV, 0.1, "cannot-be-read"),
    ],
)
def test_how_a_child_ended_is_told_and_a_crash_is_an_alarm_with_the_digest(
    number: signal.Signals, seconds: float, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    ended = Ended(signal=number, exit=None, megabytes=1, seconds=seconds)
    with pytest.raises(reader.Unread) as refused:
        process._answer(b"", ended, TASKS["code-in-picture"], b"content")
    assert refused.value.code == code
    (line,) = caplog.records
    assert hashlib.sha256(b"content").hexdigest() in line.getMessage()
    assert (line.levelname == "ERROR") == (code == "cannot-be-read")


def _take(slots: Slots) -> None:
    with slots.one():
        pass


def _files(task: str) -> list[tuple[bytes, dict[str, Any]]]:
    found = [(content, parameters) for name, content, parameters in examples() if name == task]
    return [*found, (RELEASED.read_bytes(), {})] if task in ("read-pdf", "read-pages") else found


def test_a_reader_that_was_killed_is_started_again_within_the_call() -> None:
    reader.ask("check-file", picture(), accept=["image"])
    before = process._READER.pid
    assert before
    os.kill(before, signal.SIGKILL)
    assert reader.ask("check-file", picture(), accept=["image"])
    assert process._READER.pid != before

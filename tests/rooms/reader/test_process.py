"""The process that opens strangers' files: it answers, refuses, ends with its worker and comes back when it died."""

import io
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from rukhsa import reader
from rukhsa.reader.process import Process
from rukhsa.reader.task import TASKS
from rukhsa.reader.warm import examples

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
    process = Process()
    answers = 0
    try:
        for content, parameters in _files(task):
            try:
                process.ask(TASKS[task], content, parameters)
                answers += 1
            except reader.Unread:
                raise  # an import that came too late, or a limit that is too small
            except reader.Refused:
                continue
    finally:
        process.kill()
    assert answers, "no example of this task is read"


def _files(task: str) -> list[tuple[bytes, dict[str, Any]]]:
    found = [(content, parameters) for name, content, parameters in examples() if name == task]
    return [*found, (RELEASED.read_bytes(), {})] if task in ("read-pdf", "read-pages") else found


def test_a_reader_that_was_killed_is_started_again_within_the_call() -> None:
    from rukhsa.reader import process

    reader.ask("check-file", picture(), accept=["image"])
    before = process._READER.pid
    assert before
    os.kill(before, signal.SIGKILL)
    assert reader.ask("check-file", picture(), accept=["image"])
    assert process._READER.pid != before

"""File tasks: what the reader can be asked for, the function of each, and what a child that runs it may use."""

from dataclasses import dataclass
from typing import Final

MOST_ROWS: Final = 200_000  # of a table


@dataclass(frozen=True, kw_only=True)
class Task:
    """One file task: something that the reader does with a file.

    `function` is "module:name" and is loaded in the reader alone, so that a web worker never loads a parser.
    """

    name: str
    function: str
    seconds: int  # of processor time; the kernel ends the child after it
    megabytes: int = 512  # of address space
    answer: int = 64 << 10  # bytes of the answer
    counts: bool = True  # against the sender's budget; not where a file is looked at once more
    threads: bool = False  # may start threads of its own, for a library that works in no other way

    @property
    def patience(self) -> int:
        """Seconds by the clock, for a child that sleeps: on a busy machine an honest one gets its time late."""
        return 10 * self.seconds


TASKS: Final = {
    task.name: task
    for task in (
        # The copy that officers see comes back with the answer; a picture of 50 million pixels is unpacked whole.
        Task(
            name="check-file",
            function="rukhsa.reader.functions:check",
            seconds=4,
            megabytes=768,
            answer=32 << 20,
        ),
        # libde265 unpacks in a thread of its own and knows no other way.
        Task(
            name="check-heic",
            function="rukhsa.reader.functions:check",
            seconds=4,
            megabytes=768,
            answer=32 << 20,
            threads=True,
        ),
        Task(name="code-in-picture", function="rukhsa.reader.functions:code_in", seconds=1, counts=False),
        Task(
            name="read-pdf",
            function="rukhsa.reader.functions:attached",
            seconds=2,
            answer=300 << 10,
            counts=False,
        ),
        Task(
            name="read-pages",
            function="rukhsa.reader.functions:on_pages",
            seconds=5,
            answer=2 << 20,
            counts=False,
        ),
        Task(
            name="read-table",
            function="rukhsa.reader.functions:rows",
            seconds=5,
            megabytes=1024,
            answer=64 << 20,
        ),
        # A spreadsheet of 500 rows; one that unpacks without end is stopped by the memory or the time.
        Task(
            name="read-sheet",
            function="rukhsa.reader.spreadsheet:rows",
            seconds=5,
            megabytes=512,
            answer=16 << 20,
        ),
        # The pages of a safe copy, for officers; a page is drawn into at most 1600 x 1600 pixels.
        Task(
            name="measure-pages",
            function="rukhsa.reader.functions:measured",
            seconds=2,
            answer=32 << 10,
            counts=False,
        ),
        Task(
            name="draw-page",
            function="rukhsa.reader.functions:drawn",
            seconds=4,
            answer=4 << 20,
            counts=False,
        ),
        # Whether scans can be read; where it takes longer there is no advice.
        Task(
            name="look-at-scans",
            function="rukhsa.reader.functions:advice",
            seconds=2,
            answer=1 << 10,
            counts=False,
        ),
        # A bank's answer of some megabytes; one that unfolds without end is refused with its document type.
        Task(
            name="read-bank-answer",
            function="rukhsa.reader.bank_xml:rows",
            seconds=5,
            megabytes=512,
            answer=16 << 20,
        ),
        Task(name="read-yaml", function="rukhsa.reader.yaml_events:read", seconds=2, answer=32 << 20),
    )
}

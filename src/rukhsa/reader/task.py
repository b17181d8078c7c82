"""What the reader can be asked for: each task's function and what a child that runs it may use."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do with a file.

    `function` is "module:name" and is loaded in the reader alone, so that a web worker never loads a parser.
    """

    name: str
    function: str
    seconds: int  # of processor time; the kernel ends the child after it
    megabytes: int = 512  # of address space
    answer: int = 64 << 10  # bytes of the answer

    @property
    def patience(self) -> int:
        """Seconds by the clock: on a busy machine a child gets its processor time late."""
        return 4 * self.seconds


TASKS: Final = {
    task.name: task
    for task in (
        Task(name="check-file", function="rukhsa.reader.attached:check", seconds=2),
        Task(name="code-in-picture", function="rukhsa.reader.verifying:code_in", seconds=1),
        Task(name="read-pdf", function="rukhsa.reader.verifying:attached", seconds=2, answer=300 << 10),
        Task(name="read-pages", function="rukhsa.reader.verifying:on_pages", seconds=5, answer=2 << 20),
        Task(
            name="read-table", function="rukhsa.reader.table:rows", seconds=5, megabytes=1024, answer=64 << 20
        ),
        Task(name="read-yaml", function="rukhsa.reader.yaml_events:read", seconds=2, answer=32 << 20),
    )
}

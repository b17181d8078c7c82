"""Prints the story: a line for each step as it happens, and a table at the end."""

import sys
import time
from dataclasses import dataclass, field

from rich.console import Console
from rich.status import Status
from rich.table import Table

SERVICES = 7
WIDE = 140  # columns, if there is no terminal


@dataclass(kw_only=True)
class Chapter:
    """What became of one application of the story."""

    service: str
    reference: str = ""
    fee: str = ""
    channel: str = ""
    seconds: float = 0.0  # from paid to released
    number: str = ""
    verdict: str = ""
    failure: str = ""

    @property
    def issued(self) -> bool:
        """Whether its document was released."""
        return bool(self.number)

    @property
    def verified(self) -> bool:
        """Whether it verified correctly in each way."""
        return bool(self.verdict) and not self.failure


@dataclass(kw_only=True)
class Teller:
    """Prints plain lines, or on a terminal a moving line that shows what is being done."""

    chapters: list[Chapter] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    console: Console = field(default_factory=lambda: _console())
    _began: float = field(default_factory=time.monotonic)
    _moving: Status | None = None

    def begin(self, service: str) -> Chapter:
        """A new chapter."""
        chapter = Chapter(service=service)
        self.chapters.append(chapter)
        self.say(f"— {service}", style="bold")
        self._move(f"{service} ({len(self.chapters)} of {SERVICES})")
        return chapter

    def say(self, step: str, style: str | None = None) -> None:
        """One step, as it happens."""
        elapsed = time.monotonic() - self._began
        self.console.print(f"{elapsed:6.1f} s  {step}", style=style, soft_wrap=True)

    def fail(self, failure: str) -> None:
        """Something beside the seven went wrong: the story does not end well."""
        self.failures.append(failure)
        self.say(f"failed: {failure[:300]}", style="red")

    def _move(self, doing: str) -> None:
        """On a terminal, a line below the others moves while something is being done."""
        if self._moving is None and self.console.is_terminal:
            self._moving = self.console.status(doing)
            self._moving.start()
        elif self._moving:
            self._moving.update(doing)

    def close(self) -> int:
        """The table and the last line; the exit code."""
        if self._moving:
            self._moving.stop()
        self.console.print(self._table())
        issued = sum(chapter.issued for chapter in self.chapters)
        verified = sum(chapter.verified for chapter in self.chapters)
        failures = [f"{chapter.service}: {chapter.failure}" for chapter in self.chapters if chapter.failure]
        failures += self.failures
        for failure in failures:
            self.console.print(failure, style="red", soft_wrap=True)
        self.console.print(
            f"story: {len(self.chapters)} services, {issued} issued, {verified} verified", soft_wrap=True
        )
        return 0 if not failures and issued == verified == len(self.chapters) else 1

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False)
        for name in ("service", "reference", "fee", "channel", "paid to released", "verdict"):
            table.add_column(name, overflow="fold")
        for chapter in self.chapters:
            seconds = f"{chapter.seconds:.2f} s" if chapter.seconds else ""
            verdict = chapter.verdict or "–"
            table.add_row(chapter.service, chapter.reference, chapter.fee, chapter.channel, seconds, verdict)
        return table


def _console() -> Console:
    return Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else WIDE)

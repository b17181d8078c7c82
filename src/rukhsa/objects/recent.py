"""What a bucket gave a moment ago, for those who read the same few files all the time.

While the store is away or silent, they go on with what it gave last, and one of them waits for it in two seconds. A
list or a checkpoint says itself how old it may be, and the verifier looks.
"""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from time import monotonic
from typing import Final

from rukhsa.trust.errors import Unavailable

SECONDS_RECENT: Final = 2.0
SECONDS_TO_WAIT: Final = 0.5  # for newer bytes, where there are older ones
MOST: Final = 256
_THREADS: Final = 4


@dataclass(kw_only=True)
class _Kept:
    """One file: its bytes, the state of the writer at which they were read, and the question that is on its way."""

    data: bytes = b""
    written: int = -1  # never read
    until: float = 0.0  # as good as new
    asked: "Future[None] | None" = None
    asked_at: float = 0.0


@dataclass(kw_only=True)
class Recent:
    """Files as they are, or were `seconds` ago; `written` counts the writes of this process, which are seen at once.

    Who wants a file that is older waits `patience` seconds for it. Where that was in vain, the store is taken to be
    away: for `rest` seconds no reader of any file waits, or each verdict would wait for each of its files in turn.
    """

    seconds: float = SECONDS_RECENT
    patience: float = SECONDS_TO_WAIT
    rest: float = SECONDS_RECENT
    _away_until: float = 0.0
    _files: OrderedDict[object, _Kept] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def read(self, name: object, read: Callable[[], bytes], *, written: int) -> bytes:
        """The bytes of the file `name`. Raises Unavailable where `read` does and nothing was read before."""
        kept = self._kept(name)
        if kept.written != written:
            self._refresh(kept, read, written)
        elif kept.until < monotonic():
            self._refresh_meanwhile(kept, read, written)
        return kept.data

    def _kept(self, name: object) -> _Kept:
        with self._lock:
            kept = self._files.setdefault(name, _Kept())
            self._files.move_to_end(name)
            if len(self._files) > MOST:
                self._files.popitem(last=False)
            return kept

    def _refresh(self, kept: _Kept, read: Callable[[], bytes], written: int) -> None:
        data = read()
        kept.data, kept.written, kept.until = data, written, monotonic() + self.seconds

    def _refresh_meanwhile(self, kept: _Kept, read: Callable[[], bytes], written: int) -> None:
        """Ask once for all who want this file, and wait a little; what is late serves the next one."""
        if monotonic() < self._away_until:
            return
        with self._lock:
            if kept.asked is None or kept.asked.done():
                kept.asked = self._asking.submit(self._refresh, kept, read, written)
                kept.asked_at = monotonic()
            asked = kept.asked
        try:
            asked.result(max(0.0, kept.asked_at + self.patience - monotonic()))
        except TimeoutError:
            self._away_until = monotonic() + self.rest
        except Unavailable as error:
            if error.is_missing:
                raise
            self._away_until = monotonic() + self.rest

    @cached_property
    def _asking(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_THREADS, thread_name_prefix="recent")

"""Asks the verifier all the time while it is attacked, and keeps the longest wait."""

import json
import threading
import time
from dataclasses import dataclass, field

import httpx

PAUSE = 0.2  # seconds between two questions
PATIENCE = 60.0


@dataclass(kw_only=True)
class Watcher:
    """A thread that asks for health and for the verdict on a genuine text."""

    site: str
    text: str
    longest: float = 0.0
    longest_of_kind: float = 0.0  # set to nothing when a kind begins
    asked: int = 0
    faults: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> "Watcher":
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._thread:
            self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(PAUSE):
            self._ask("GET", "/healthz")
            told = self._ask("POST", "/verdict", content=json.dumps({"text": self.text}).encode())
            if told is not None and told.json().get("word") != "valid":
                self.faults.append(f"/verdict: {told.text[:200]}")

    def _ask(self, method: str, path: str, content: bytes | None = None) -> httpx.Response | None:
        began = time.monotonic()
        headers = {"Content-Type": "application/json", "X-Forwarded-For": "192.0.2.1"}
        try:
            # A connection of its own each time: one that is kept open would not wait at the door.
            answer = httpx.request(
                method,
                f"{self.site}{path}",
                content=content,
                headers=headers,
                timeout=PATIENCE,
                trust_env=False,
            )
        except httpx.HTTPError as error:
            self.faults.append(f"{path}: {error!r}")
            return None
        finally:
            self.asked += 1
            waited = time.monotonic() - began
            self.longest = max(self.longest, waited)
            self.longest_of_kind = max(self.longest_of_kind, waited)
        if answer.status_code != httpx.codes.OK:
            self.faults.append(f"{path}: {answer.status_code}")
            return None
        return answer

"""What the people of an outage were told, and how long they were kept waiting."""

import threading
import time
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Told:
    """What people were told, and how long they were kept waiting."""

    submitted: dict[str, str] = field(default_factory=dict)  # application -> the reference on the page
    paid: set[str] = field(default_factory=set)  # applications whose payment the gateway's page confirmed
    # Seconds, the longest from a first refusal to the next success: in all, and since the last fault began.
    unavailable: float = 0.0
    here: float = 0.0
    began: float = 0.0  # when the last fault began
    verifier: float = 0.0
    verifier_here: float = 0.0
    verdicts: int = 0
    refusals: int = 0
    gave_up: list[str] = field(default_factory=list)  # a person who met what no retry mends
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin_fault(self) -> None:
        """Measure from here on for the next fault."""
        with self.lock:
            self.here = self.verifier_here = 0.0
            self.began = time.monotonic()

    def waited(self, since: float) -> None:
        """Remember that people were kept waiting since a moment of `time.monotonic`."""
        with self.lock:
            now = time.monotonic()
            self.unavailable = max(self.unavailable, now - since)
            self.here = max(self.here, now - max(since, self.began))

    def waited_for_verdict(self, since: float) -> None:
        """Remember that a verdict was kept waiting."""
        with self.lock:
            now = time.monotonic()
            self.verifier = max(self.verifier, now - since)
            self.verifier_here = max(self.verifier_here, now - max(since, self.began))

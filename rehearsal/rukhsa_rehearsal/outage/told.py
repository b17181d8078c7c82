"""What the people of an outage were told, and how long they were kept waiting."""

import threading
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Told:
    """What people were told, and how long they were kept waiting."""

    submitted: dict[str, str] = field(default_factory=dict)  # application -> the reference on the page
    paid: set[str] = field(default_factory=set)  # applications whose payment the gateway's page confirmed
    # Seconds, the longest from a first refusal to the next success: in all, and since the last fault began.
    unavailable: float = 0.0
    here: float = 0.0
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

    def waited(self, seconds: float) -> None:
        """Remember that people were kept waiting."""
        with self.lock:
            self.unavailable, self.here = max(self.unavailable, seconds), max(self.here, seconds)

    def waited_for_verdict(self, seconds: float) -> None:
        """Remember that a verdict was kept waiting."""
        with self.lock:
            self.verifier, self.verifier_here = max(self.verifier, seconds), max(self.verifier_here, seconds)

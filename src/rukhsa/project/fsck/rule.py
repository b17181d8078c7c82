"""What a rule of fsck is."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What holds, and the statement that finds where it does not."""

    code: str
    holds: str
    query: str
    is_waiting: bool = False  # what it finds is no fault: a person has something to do

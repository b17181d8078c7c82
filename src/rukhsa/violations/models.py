"""The tables of `violations`."""

from rukhsa.violations.violation import Evidence, Mending, Violation, Withdrawal

__all__ = ["Evidence", "Mending", "Violation", "Withdrawal"]

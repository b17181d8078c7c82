"""The table of `feedback`."""

from rukhsa.feedback.feedback import Feedback

__all__ = ["Feedback"]

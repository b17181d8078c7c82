"""Two answers that must not be told apart."""

import re


def without_what_differs(page: str) -> str:
    """A page without what differs between two requests of one person: numbers used once, and when the session ends."""
    page = re.sub(r"<noscript>.*?</noscript>", "", page, flags=re.DOTALL)
    return re.sub(r'(nonce|value|data-seconds)="[^"]*"', "", page)

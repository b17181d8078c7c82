"""Suggestions for an unknown word in a text."""

import difflib
from collections.abc import Iterable

from rukhsa.values.names import Text


def nearest(word: str, known: Iterable[str]) -> Text:
    """ "Write: …" with the nearest known word, or with all of them where none is near."""
    choices = sorted(known)
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return Text(en=f'Write "{near[0]}".', ar=f'اكتب "{near[0]}".')
    if not choices:
        return Text(en="Leave it out.", ar="احذفها.")
    listed = ", ".join(choices)
    return Text(en=f"Write one of: {listed}.", ar=f"اكتب إحدى: {listed}.")

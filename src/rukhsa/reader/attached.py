"""The file task `check-file`: accepts an uploaded file, with the safe copy that officers see."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rukhsa.files import refused, take
from rukhsa.reader.refused import Refused


def check(content: bytes, *, accept: Sequence[str]) -> dict[str, Any]:
    """What was taken (`rukhsa.files.taken.Taken`). Raises Refused with a code of `rukhsa.files.refused`."""
    try:
        return asdict(take.take(content, accept))
    except refused.Refused as error:
        raise Refused(error.code, error.name) from error

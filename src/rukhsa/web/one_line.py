"""An address in one line, beside its fields: it fills them, and they may be corrected."""

from collections.abc import Mapping
from typing import Any

from rukhsa.places.address import filled

LINE = "line"  # its name among the parts of an address, as it was typed


def fill_in(typed: Mapping[str, Any], before: Mapping[str, Any], *, anew: bool) -> dict[str, Any]:
    """What was typed, with the fields of each address filled from its line where that is a new one.

    A line that filled its fields before does so again only when asked to (`anew`): they may be corrected since.
    """
    return {id: _filled(value, before.get(id), anew) for id, value in typed.items()}


def _filled(value: Any, before: Any, anew: bool) -> Any:
    line = value.get(LINE, "").strip() if isinstance(value, Mapping) else ""
    known = before.get(LINE, "").strip() if isinstance(before, Mapping) else ""
    if not line or (line == known and not anew):
        return value
    return filled(value, line)

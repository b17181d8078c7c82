"""An address in one line, beside its fields: it fills them, and they may be corrected."""

from collections.abc import Mapping
from typing import Any

from rukhsa.places.address import filled

LINE = "line"  # its name among the parts of an address, as it was typed


def fill_in(typed: Mapping[str, Any], before: Mapping[str, Any], *, again: bool) -> dict[str, Any]:
    """What was typed, with the fields of each address filled from its line where the line is new.

    A line that filled its fields before does so again only when asked to (`again`), since they may have been corrected.
    """
    return {id: _filled(value, before.get(id), again) for id, value in typed.items()}


def _filled(value: Any, before: Any, again: bool) -> Any:
    line = value.get(LINE, "").strip() if isinstance(value, Mapping) else ""
    known = before.get(LINE, "").strip() if isinstance(before, Mapping) else ""
    if not line or (line == known and not again):
        return value
    return filled(value, line)

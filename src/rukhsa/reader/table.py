"""The file task `read-table`: the rows of a file of comma-separated values."""

import csv
from typing import Any, Final

from rukhsa.reader.refused import Refused

MOST_ROWS: Final = 200_000


def rows(content: bytes, *, delimiter: str) -> dict[str, Any]:
    """The rows that hold anything: number from 1, cells. Raises Refused with not-a-table or too-many-rows."""
    found: list[tuple[int, list[str]]] = []
    try:
        lines = content.decode("utf-8").splitlines()
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), 1):
            if any(cells):
                found.append((number, [cell.strip() for cell in cells]))
            if len(found) > MOST_ROWS:
                raise Refused("too-many-rows")
    except (csv.Error, UnicodeDecodeError) as error:
        raise Refused("not-a-table", str(error)) from error
    return {"rows": found}

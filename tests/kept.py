"""What a process has made once in an empty database, put there again for the next test: rows, and files."""

import shutil
import tempfile
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from tests.database import filled_tables, untriggered


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The rows of each table as COPY gives them, and a folder with a copy of each folder of files."""

    rows: dict[str, bytes]
    files: Path


_KEPT: dict[Hashable, Kept] = {}
_HOME = tempfile.TemporaryDirectory(prefix="rukhsa-kept-")


def kept(what: Hashable, make: Callable[[], object], *, files: Sequence[Path] = ()) -> None:
    """Make it; the second time put there what was made. `files` are the folders in which it makes files.

    Only what was made in an empty database is kept. Numbers of rows come again, and nothing is made with them
    meanwhile, since the sequences of a database never go back.
    """
    if what in _KEPT:
        return _put(_KEPT[what], files)
    was_empty = not filled_tables()
    make()
    if was_empty:
        _KEPT[what] = _taken(files)
    return None


def _taken(files: Sequence[Path]) -> Kept:
    folder = Path(_HOME.name) / str(len(_KEPT))
    for number, each in enumerate(files):
        shutil.copytree(each, folder / str(number))
    rows: dict[str, bytes] = {}
    with connection.cursor() as cursor:
        for table in filled_tables():
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                rows[table] = b"".join(copy)
    return Kept(rows=rows, files=folder)


@transaction.atomic
def _put(found: Kept, files: Sequence[Path]) -> None:
    for number, each in enumerate(files):
        shutil.copytree(found.files / str(number), each, dirs_exist_ok=True)
    with connection.cursor() as cursor, untriggered(cursor):
        for table, rows in found.rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)

"""The records of the sandbox, in one SQLite file, so that a restart loses nothing."""

import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

Record = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, key TEXT NOT NULL, made REAL NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
)
"""


class Store:
    """Records by kind and key; each call is one durable transaction."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._database = sqlite3.connect(
            folder / "sandbox.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(SCHEMA)

    def add(self, kind: str, key: str, body: Record) -> bool:
        """Add a record; False if the key is taken."""
        with self._lock:
            done = self._database.execute(
                "INSERT INTO record VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (kind, key, time.time(), json.dumps(body, ensure_ascii=False)),
            )
            return done.rowcount == 1

    def put(self, kind: str, key: str, body: Record) -> None:
        """Store a record, replacing one with the same key."""
        with self._lock:
            if not self.add(kind, key, body):
                self._database.execute(
                    "UPDATE record SET body = ? WHERE kind = ? AND key = ?",
                    (json.dumps(body, ensure_ascii=False), kind, key),
                )

    def get(self, kind: str, key: str) -> Record | None:
        """The record of that key, or None."""
        with self._lock:
            row = self._database.execute(
                "SELECT body FROM record WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str) -> list[Record]:
        """Every record of a kind, oldest first, each with the time it was made (`made`, Unix seconds)."""
        with self._lock:
            rows = self._database.execute(
                "SELECT body, made FROM record WHERE kind = ? ORDER BY made, rowid", (kind,)
            ).fetchall()
        return [{**json.loads(body), "made": made} for body, made in rows]

    def remove(self, kind: str, key: str) -> None:
        """Delete a record."""
        with self._lock:
            self._database.execute("DELETE FROM record WHERE kind = ? AND key = ?", (kind, key))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

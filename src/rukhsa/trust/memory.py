"""What a reader saw before: the newest trust list, status lists and logs, so that older ones are not shown to it again.

Nothing about any document is kept.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rukhsa.trust.errors import TrustError
from rukhsa.trust.tiles import HASH, write_durably

FORMAT = "rukhsa-memory-1"


class BadMemory(TrustError):
    """A file of memory that cannot be read as one."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A log as it was seen: how many entries, and their root."""

    size: int
    root: bytes


@dataclass(kw_only=True)
class Memory:
    """What was seen under one root: the highest version of its trust list, when status lists were issued, the logs."""

    version: int = 0
    status: dict[str, int] = field(default_factory=dict)  # address to seconds since 1970
    logs: dict[str, Seen] = field(default_factory=dict)  # by origin

    def saw_trust_list(self, version: int) -> None:
        """Remember the version, if it is the highest."""
        self.version = max(self.version, version)

    def joined(self, other: "Memory") -> "Memory":
        """The newer of each."""
        logs = [*self.logs.items(), *other.logs.items()]
        status = [*self.status.items(), *other.status.items()]
        return Memory(
            version=max(self.version, other.version),
            status=dict(sorted(status, key=lambda one: one[1])),
            logs=dict(sorted(logs, key=lambda one: one[1].size)),
        )


def usual_file() -> Path:
    """Where the command keeps it: in the folder of state of the XDG base directories."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "rukhsa" / "memory.json"


def load(file: Path, root: bytes) -> Memory:
    """What was seen under the root of that kid; nothing where there is no file. Raises BadMemory("bad-memory")."""
    return _roots(file).get(root.hex(), Memory())


def save(file: Path, root: bytes, memory: Memory) -> None:
    """Keep it, whole or not at all, with what others wrote meanwhile. Raises BadMemory, OSError."""
    roots = _roots(file)
    roots[root.hex()] = roots.get(root.hex(), Memory()).joined(memory)
    text = json.dumps(
        {"format": FORMAT, "roots": {kid: _to_json(each) for kid, each in roots.items()}}, indent=1
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    write_durably(file, text.encode())


def _roots(file: Path) -> dict[str, Memory]:
    try:
        data = json.loads(file.read_text("utf-8"))
        if data["format"] != FORMAT:
            raise ValueError("of another format")
        return {str(kid): _from_json(each) for kid, each in data["roots"].items()}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadMemory(
            "bad-memory",
            f"{file} is damaged ({error!r}). Nothing was verified, since older lists would not be noticed."
            " Move the file away to begin anew.",
        ) from error


def _to_json(memory: Memory) -> dict[str, Any]:
    logs = {origin: {"size": seen.size, "root": seen.root.hex()} for origin, seen in memory.logs.items()}
    return {"version": memory.version, "status": memory.status, "logs": logs}


def _from_json(data: Mapping[str, Any]) -> Memory:
    logs = {str(origin): _seen(each) for origin, each in data["logs"].items()}
    status = {str(address): _whole(each) for address, each in data["status"].items()}
    return Memory(version=_whole(data["version"]), status=status, logs=logs)


def _seen(data: Mapping[str, Any]) -> Seen:
    root = bytes.fromhex(data["root"])
    if len(root) != HASH:
        raise ValueError("a root is of 32 bytes")
    return Seen(size=_whole(data["size"]), root=root)


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a whole number")
    return value

"""A file for a calendar with one event (RFC 5545)."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event; a later `sequence` of the same `uid` replaces it."""

    uid: str
    sequence: int
    stamped: datetime
    starts: datetime
    ends: datetime
    summary: str
    description: str = ""
    location: str = ""
    is_cancelled: bool = False


def calendar_of(event: Event) -> bytes:
    """RFC 5545 §3.6.1: a calendar that holds the event alone."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rukhsa//events//EN",
        f"METHOD:{'CANCEL' if event.is_cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{event.uid}@rukhsa",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{moment_of(event.stamped)}",
        f"DTSTART:{moment_of(event.starts)}",
        f"DTEND:{moment_of(event.ends)}",
        f"SUMMARY:{escaped(event.summary)}",
        f"DESCRIPTION:{escaped(event.description)}",
        f"LOCATION:{escaped(event.location)}",
        f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def moment_of(at: datetime) -> str:
    """RFC 5545 §3.3.5: a moment in UTC."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(words: str) -> str:
    """RFC 5545 §3.3.11: a text with what would end it written out."""
    for character in "\\;,":
        words = words.replace(character, f"\\{character}")
    return words.replace("\r", "").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """RFC 5545 §3.1: a line of at most 75 octets; the rest follows after a space, and no character is cut."""
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > 74:
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"

"""The tables of the room, in the module of the journal."""

from rukhsa.audit.journal import JournalEntry as JournalEntry

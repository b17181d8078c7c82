"""The append-only journal of who did or saw what."""

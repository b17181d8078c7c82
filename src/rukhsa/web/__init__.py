"""Pages and interfaces, by audience; no rules live here."""

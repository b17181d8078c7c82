"""Says what is true of a document that somebody holds."""

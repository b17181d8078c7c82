"""Paper documents of the system before: read from their registers, and issued again with a seal."""

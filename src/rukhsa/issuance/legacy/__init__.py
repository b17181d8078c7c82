"""Paper documents of the previous system: imported from their registers, and issued again with a seal."""

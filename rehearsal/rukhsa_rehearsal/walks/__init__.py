"""Walks: the distinct paths through a service, played through the real rooms to their ends."""

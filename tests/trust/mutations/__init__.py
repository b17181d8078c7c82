"""Mutations of genuine seals: each a class with a name, all from seeds, so that every run tries the same."""

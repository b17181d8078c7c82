"""Breaks a cluster under load, part by part, and counts what became of everything that was acknowledged."""

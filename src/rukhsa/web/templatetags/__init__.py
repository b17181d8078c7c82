"""Filters for what pages show."""

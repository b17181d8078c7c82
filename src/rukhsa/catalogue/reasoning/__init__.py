"""Reasoning over answers: whether any answers make conditions true, and which, without walking combinations."""

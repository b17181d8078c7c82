"""Verifies documents that people hold: by their code, their file, or their number."""

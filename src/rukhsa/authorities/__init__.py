"""Issuing authorities with their offices, the agencies, and who holds which post when."""

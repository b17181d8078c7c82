"""Seal, status list, log, trust list, PDF and verdict, for use without Django and without us."""

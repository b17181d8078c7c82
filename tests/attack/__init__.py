"""Attacks on a running deployment, kind by kind: `make attack`."""

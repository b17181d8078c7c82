"""Inspectors' rounds: which visits an inspector makes on a day, in which order, and what a device reports of them."""

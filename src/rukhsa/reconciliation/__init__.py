"""Reconciliation: the gateways' statements beside our books, every difference with an owner and an explanation."""

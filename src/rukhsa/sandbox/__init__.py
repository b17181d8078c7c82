"""Simulators of the outside parties, which speak their wire on loopback."""

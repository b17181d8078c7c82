"""The wiring: settings, addresses, processes."""

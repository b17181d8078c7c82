"""What anyone may read: the verifier, status lists, log and trust list."""

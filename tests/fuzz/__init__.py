"""Fuzzing by coverage: what the verifier eats, changed again and again towards lines not yet reached."""

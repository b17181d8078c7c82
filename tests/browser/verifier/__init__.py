"""The verifier's page: tests that change neither share one verifier and one telephone."""

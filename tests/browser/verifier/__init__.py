"""The verifier's page: one verifier and one telephone serve all tests that leave both as they are."""

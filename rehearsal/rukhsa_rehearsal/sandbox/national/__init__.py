"""A stand-in for the BENEFIT Payment Gateway: its API, hosted page, notifications and ledger."""

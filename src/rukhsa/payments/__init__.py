"""What is owed and what was paid: charges, attempts, receipts, deposits and refunds."""

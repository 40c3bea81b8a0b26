"""Pages that read the ledger."""

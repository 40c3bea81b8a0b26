"""The mathematics of the ledger as pure functions: no database, no settings, no clock."""

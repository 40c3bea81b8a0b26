"""The sealed change history."""

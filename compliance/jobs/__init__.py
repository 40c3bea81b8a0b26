"""Background work that survives the death of its worker."""

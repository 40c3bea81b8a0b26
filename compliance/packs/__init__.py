"""Evidence packs: built, sealed, exported, verified."""

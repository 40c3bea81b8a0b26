"""Who asks which records what (`risks.triggering`): a module a room; each is found by standing here."""

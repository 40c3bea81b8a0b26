"""Documents, scope and registers of this room as packs, checks, reviews, reminders and overviews see them."""

"""What audits tell the rest of the house: packs, preflight, reviews, reminders, overviews."""

"""Template tags, form widgets and static files; knows no model."""

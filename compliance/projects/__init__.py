"""Organisations, mobile projects, releases, roles and access."""

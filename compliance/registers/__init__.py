"""Registers declared as data: many lists, one model, one set of pages."""

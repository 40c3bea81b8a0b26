"""Choosing several of many: a list that words narrow where scripts run."""

from typing import Any

from django import forms


class Narrowed(forms.SelectMultiple):
    """A list of `size` lines; with scripts a search box narrows it and what is chosen stays in sight."""

    class Media:
        js = ("controls/picker.js",)

    def __init__(self, narrow: str = "Narrow by number or words", size: int = 8, **kwargs: Any) -> None:
        super().__init__({"size": size, "data-narrow": narrow}, **kwargs)

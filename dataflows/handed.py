"""What rooms above know of an app and drift asks for: they say it in their `papers.py`, as plain values.

@handed("interfaces")
def interfaces(project: Project, on: date) -> frozenset[str] | None: ...

`interfaces`: names of what other apps and links can open, None when nobody listed them. `vulnerabilities`: open ones as
`drift.papers.Vulnerability`. A fixed number of queries each; reads only.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from compliance.projects.models import Project
from compliance.registry import Registry

Source = Callable[[Project, date], Any]
KEYS = ("interfaces", "vulnerabilities")
sources: Registry[Source] = Registry("paper handed down")


def handed(key: str) -> Callable[[Source], Source]:
    """Register who knows it; an unknown key is a KeyError at start."""
    if key not in KEYS:
        raise KeyError(f"Drift asks for no {key}")
    return lambda source: sources.add(key, source)


def handed_down(project: Project, on: date) -> dict[str, Any]:
    """Everything rooms above say of an app, by its name among the papers."""
    return {key: source(project, on) for key in KEYS if (source := sources.get(key))}

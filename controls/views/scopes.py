"""One view for both scopes; see compliance.projects.pairs."""

from compliance.projects.pairs import Pair, in_both, paths, people_of

__all__ = ["Pair", "in_both", "paths", "people_of"]

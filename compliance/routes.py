"""The addresses of a room, found by their words.

Django asks one pattern after the other; with six hundred of them the last took longer than many a view. Nearly every
address says which room it means in its first and third part (`projects/stridewell/risks/R-001/`), so only the patterns
that have these words, or a place for any word there, are asked, in the order they stand in.
"""

from functools import cached_property
from typing import Any

from django.urls import URLPattern, URLResolver, include
from django.urls.resolvers import RoutePattern

Words = tuple[str | None, str | None]
ANY: Words = (None, None)


def words(pattern: URLPattern | URLResolver) -> Words:
    """The words a pattern has in the parts that tell; None where it takes any."""
    if not isinstance(pattern, URLPattern) or not isinstance(pattern.pattern, RoutePattern):
        return ANY
    route = str(pattern.pattern)
    if "<path:" in route:
        return ANY
    first, third = said(route)
    return (None if "<" in first else first, None if "<" in third else third)


def said(address: str) -> tuple[str, str]:
    """The first and the third part of an address."""
    parts = [*address.split("/", 3), "", "", ""]
    return parts[0], parts[2]


class RoomResolver(URLResolver):
    """Resolves as Django does, among the patterns an address can mean."""

    def resolve(self, path: Any) -> Any:
        first, third = (
            word if word in known else None for word, known in zip(said(str(path)), self._known, strict=True)
        )
        if (first, third) not in self._near:
            near = [one for one, at in self._words if at[0] in (None, first) and at[1] in (None, third)]
            self._near[first, third] = URLResolver(
                self.pattern, near, self.default_kwargs, self.app_name, self.namespace
            )
        return self._near[first, third].resolve(path)

    @cached_property
    def _words(self) -> list[tuple[Any, Words]]:
        return [(one, words(one)) for one in self.url_patterns]

    @cached_property
    def _known(self) -> tuple[set[str | None], set[str | None]]:
        return {at[0] for _, at in self._words}, {at[1] for _, at in self._words}

    @cached_property
    def _near(self) -> dict[Words, URLResolver]:
        """By the words of an address; no more of them than the patterns have."""
        return {}


def room(urls: str) -> RoomResolver:
    """The addresses of a room, `urls` being the module that lists them."""
    module, app_name, namespace = include(urls)
    return RoomResolver(RoutePattern(""), module, app_name=app_name, namespace=namespace)

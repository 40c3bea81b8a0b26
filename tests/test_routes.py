"""Addresses found by their words are the ones Django finds by asking every pattern."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import Resolver404, URLResolver, get_resolver, path
from django.urls.resolvers import RegexPattern, RoutePattern

from compliance.routes import RoomResolver, room

pytestmark = pytest.mark.once
SAMPLES = {
    "uuid": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "int": "7",
    "path": "a/b/c",
    "slug": "x-1",
    "str": "R-1.json",
}
STRANGE = [
    "",
    "x",
    "/",
    "projects",
    "projects//risks/",
    "projects/x/risks/R-1/nothing/",
    "projects/x/ /",
    "a/b/c/d/e/f",
]


def routes(patterns: list[Any]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        else:
            yield str(pattern.pattern)


def rooms() -> list[RoomResolver]:
    return [one for one in get_resolver().url_patterns if isinstance(one, RoomResolver)]


def found(resolver: URLResolver, address: str) -> object:
    try:
        match = resolver.resolve(address)
    except Resolver404:
        return None
    return match.func, match.view_name, match.args, match.kwargs, match.route


def test_every_address_leads_where_django_leads_it() -> None:
    addresses = [
        re.sub(r"<(?:(\w+):)?\w+>", lambda kind: SAMPLES.get(kind[1], "new"), route)
        for one in rooms()
        for route in routes(one.url_patterns)
    ]
    ours = {address: found(get_resolver(), f"/{address}") for address in addresses}
    slow = [
        URLResolver(one.pattern, list(one.url_patterns), {}, one.app_name, one.namespace)
        for one in get_resolver().url_patterns
        if isinstance(one, RoomResolver)
    ]
    own = [one for one in get_resolver().url_patterns if not isinstance(one, RoomResolver)]
    django = URLResolver(RegexPattern(r"^/"), [*own, *slow])
    assert len(addresses) > 600
    assert ours == {address: found(django, f"/{address}") for address in addresses}
    assert [address for address in addresses if ours[address] is None] == []
    assert [found(get_resolver(), f"/{one}") for one in STRANGE] == [found(django, f"/{one}") for one in STRANGE]


def test_an_address_asks_few_patterns_and_strange_words_leave_nothing_behind() -> None:
    [risks] = [one for one in rooms() if one.namespace == "risks"]
    asked = RoomResolver(RoutePattern(""), list(risks.url_patterns), app_name="risks", namespace="risks")
    for word in ("risks", "nothing", "nothing else", "or this"):
        found(asked, f"projects/stridewell/{word}/")
    assert sorted(len(near.url_patterns) for near in asked._near.values())[0] == 0
    assert len(asked._near) == 2
    assert max(len(near.url_patterns) for near in asked._near.values()) < len(risks.url_patterns) / 3


def test_a_pattern_that_takes_anything_is_asked_for_everything() -> None:
    strict = path("projects/<slug:project>/risks/", lambda request: None, name="risks")
    anything = path("<path:rest>", lambda request: None, name="anything")
    resolver = RoomResolver(RoutePattern(""), [strict, anything])
    found = [resolver.resolve(at).url_name for at in ("projects/x/risks/", "projects/x/else/", "a")]
    assert found == ["risks", "anything", "anything"]


def test_room_takes_the_names_of_its_module() -> None:
    assert room("risks.urls").namespace == "risks"

"""Addresses of many records: a list has hundreds, and Django's `reverse` searches the patterns for each of them."""

import re
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import get_script_prefix, get_urlconf, reverse

PLAIN = re.compile(r"[-.A-Za-z0-9_]+")


def filled(name: str, *args: Any) -> str:
    """What `reverse(name, args=args)` gives, from a pattern found once."""
    if not all(isinstance(one, UUID | str) and PLAIN.fullmatch(str(one)) for one in args):
        return reverse(name, args=args)
    kinds = tuple(isinstance(one, UUID) for one in args)
    return _pattern(name, kinds, get_urlconf(), get_script_prefix()) % args


@lru_cache(maxsize=500)
def _pattern(name: str, kinds: tuple[bool, ...], urlconf: Any, prefix: str) -> str:
    """The address with %s in the place of each argument; a UUID has its own place in the patterns."""
    held = [str(UUID(int=n + 1)) if is_uuid else f"x{n}x" for n, is_uuid in enumerate(kinds)]
    address = reverse(name, urlconf=urlconf, args=held).replace("%", "%%")
    for one in held:
        address = address.replace(f"/{one}/", "/%s/", 1)
    return address

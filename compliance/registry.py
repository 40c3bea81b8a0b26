"""How an app above plugs into machinery below without being imported by it."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class AlreadyRegistered(Exception):
    """Two things were registered under one key."""


class Registry(Generic[T]):
    """Things of one kind by key, iterated in the order they declare (then by key)."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, tuple[int, T]] = {}

    def add(self, key: str, item: T, *, order: int = 0) -> T:
        """Keep `item` under `key`; raise AlreadyRegistered when the key is taken."""
        if key in self._items:
            raise AlreadyRegistered(f"{self.kind} {key!r} is registered twice")
        self._items[key] = (order, item)
        return item

    def __getitem__(self, key: str) -> T:
        return self._items[key][1]

    def get(self, key: str) -> T | None:
        """What stands under `key`, or None."""
        return self._items[key][1] if key in self._items else None

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[T]:
        return (item for _, (_, item) in sorted(self._items.items(), key=lambda pair: (pair[1][0], pair[0])))

    def __len__(self) -> int:
        return len(self._items)

    def keys(self) -> list[str]:
        """The keys in iteration order."""
        return [key for key, _ in sorted(self._items.items(), key=lambda pair: (pair[1][0], pair[0]))]

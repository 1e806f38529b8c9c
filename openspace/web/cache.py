"""Small caches in the memory of one process."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakSet

T = TypeVar("T")


class LruCache:
    """A cache of at most `size` values; the one that was used least recently is dropped first.

    A key must name everything that its value depends on: values are never invalidated.
    """

    def __init__(self, size: int) -> None:
        self._values: OrderedDict[Any, Any] = OrderedDict()
        self._size = size
        _caches.add(self)

    def get(self, key: Any, make: Callable[[], T]) -> T:
        """Return the cached value of `key`; if there is none, call `make` and cache what it returns."""
        if key in self._values:
            self._values.move_to_end(key)
            found: T = self._values[key]
            return found
        made = make()
        self._values[key] = made
        while len(self._values) > self._size:
            self._values.popitem(last=False)
        return made

    def clear(self) -> None:
        """Drop all values."""
        self._values.clear()


_caches: WeakSet[LruCache] = WeakSet()


def clear_all() -> None:
    """Empty every `LruCache` of this process, as tests do that begin on another database."""
    for each in _caches:
        each.clear()

"""What is made once and kept, in a process with threads that may fork at any moment."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

#: Held while shared structures are built, while the C library matches, and while Babel, which
#: has a lock of its own, is imported or asked. One lock for all, so that no order of locks can
#: be wrong; held over a fork, so that a child never starts with a structure half built or a
#: lock that nobody will release.
LOCK = threading.RLock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release)


class lazy(Generic[T]):
    """An attribute that is made when it is first asked for.

    As `functools.cached_property`, which in CPython 3.11 has a lock of its own
    that a fork can leave held for ever. Two threads may make the same value
    twice; one of them is kept.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    def __get__(self, instance: object, owner: type | None = None) -> T:
        if instance is None:
            return self  # type: ignore[return-value]
        value = instance.__dict__[self._name] = self._make(instance)
        return value

"""Fences: a mistake in a callback ends nothing, and the loop never waits for the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

from opencode.errors import OpencodeError

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["CallGuard", "WorkZone", "fenced"]

log = logging.getLogger(__name__)


class CallGuard:
    """Context for everything the event loop calls: an exception is logged and reported, not raised.

    `passed` are the exceptions that mean something to the loop, such as the one that ends it.
    """

    def __init__(
        self, report: Callable[[Exception], None], passed: tuple[type[BaseException], ...] = ()
    ) -> None:
        self._report = report
        self._passed = passed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, self._passed):
            return False
        if not isinstance(error, OpencodeError):
            log.error("unexpected error in the interface", exc_info=error)
        self._report(error)
        return True


class WorkZone(threading.local):
    """Tells code that runs as a job from code that runs on the event loop."""

    inside = False

    def __enter__(self) -> None:
        self.inside = True

    def __exit__(self, *_: object) -> None:
        self.inside = False


def fenced(store: Store, zone: WorkZone) -> Store:
    """Return the store behind a fence that lets calls through from jobs only."""
    return cast("Store", _Fence(store, zone))


class _Fence:
    """Passes attributes on; methods raise when they are called outside of a job."""

    _SERVICES = frozenset({"sessions", "messages", "files", "projects"})

    def __init__(self, target: object, zone: WorkZone) -> None:
        self._target = target
        self._zone = zone

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        if name in self._SERVICES:
            return _Fence(value, self._zone)
        return self._checked(name, value) if callable(value) else value

    def _checked(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if not self._zone.inside:
                raise AssertionError(f"{name}() was called on the thread of the event loop")
            result = method(*args, **kwargs)
            return _Fence(result, self._zone) if name == "in_project" else result

        return call

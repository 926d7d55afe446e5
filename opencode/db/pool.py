"""A bounded pool of connections; knows no driver."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from opencode.db.deadline import Clock, Deadline
from opencode.errors import DatabaseUnavailable, StoreError

__all__ = ["Driver", "Pool", "PoolFigures", "PoolLimits"]

C = TypeVar("C")


class Driver(Protocol[C]):
    """What the pool needs done to connections, one thread at a time to each."""

    def connect(self, timeout: float) -> C:
        """Open one within so many seconds, or raise."""
        ...

    def is_alive(self, connection: C, timeout: float) -> bool:
        """Ask the server; a connection that does not answer is closed by the driver."""
        ...

    def is_clean(self, connection: C) -> bool:
        """Whether it can be used again after an error; told without asking the server."""
        ...

    def close(self, connection: C) -> None:
        """Close it; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Bounds of a pool; times are in seconds."""

    max_connections: int = 10
    max_idle: int = 5
    timeout: float = 30.0
    """For waiting until a connection is free and for connecting, together."""
    max_lifetime: float = 1800.0
    """Older ones are replaced, so that changes of address and load find their way."""
    ping_after: float = 30.0
    """One that was idle for longer is asked for a sign of life before it is used."""


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """A pool at one moment; `opened` and `lost` count since it was made."""

    max_connections: int
    max_idle: int
    in_use: int
    idle: int
    waiting: int
    opened: int
    lost: int


@dataclass(slots=True)
class _Lease(Generic[C]):
    connection: C
    opened: float
    idle_since: float


class Pool(Generic[C]):
    """At most `max_connections`, the last one used first, so that the others can be let go.

    Any thread may call.  Connecting and asking for a sign of life happen outside the lock.
    """

    def __init__(
        self,
        driver: Driver[C],
        limits: PoolLimits,
        *,
        hint: str = "",
        clock: Clock = time.monotonic,
    ) -> None:
        """`hint` tells the user what to do when all connections are in use."""
        self._driver = driver
        self._limits = limits
        self._hint = hint
        self._clock = clock
        self._changed = threading.Condition()
        self._idle: list[_Lease[C]] = []
        self._taken = 0
        self._waiting = 0
        self._opened = 0
        self._lost = 0
        self._closed = False

    @contextmanager
    def connection(self, timeout: float | None = None) -> Iterator[C]:
        """Lend a connection; after an error it comes back only if the driver calls it clean.

        `timeout` holds instead of the usual one where it is shorter.

        Raises:
            DatabaseUnavailable: None became free in time.
            StoreError: The pool is closed; and whatever the driver raises when it connects.
        """
        lease = self._acquire(timeout)
        try:
            yield lease.connection
        except Exception:
            self._give_back(lease, clean=self._driver.is_clean(lease.connection))
            raise
        except BaseException:
            # Interrupted anywhere: nobody knows what the server will send next.
            self._give_back(lease, clean=False)
            raise
        self._give_back(lease, clean=self._driver.is_clean(lease.connection))

    def figures(self) -> PoolFigures:
        """Return how the pool stands; a connection being opened counts as in use."""
        with self._changed:
            return PoolFigures(
                max_connections=self._limits.max_connections,
                max_idle=self._limits.max_idle,
                in_use=self._taken,
                idle=len(self._idle),
                waiting=self._waiting,
                opened=self._opened,
                lost=self._lost,
            )

    def close(self) -> None:
        """Close what is idle now, and what is in use when it comes back."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.close_idle()

    def close_idle(self) -> None:
        """Close those not in use: the server may count connections, and one more is needed."""
        with self._changed:
            idle, self._idle = self._idle, []
        for lease in idle:
            self._driver.close(lease.connection)

    def _acquire(self, timeout: float | None) -> _Lease[C]:
        usual = self._limits.timeout
        deadline = Deadline(usual if timeout is None else min(usual, timeout), self._clock)
        lease = self._take(deadline)
        try:
            if lease is not None and self._is_fresh(lease, deadline):
                return lease
            connection = self._driver.connect(deadline.remaining())
        except BaseException:
            self._free()
            raise
        with self._changed:
            self._opened += 1
        return _Lease(connection, self._clock(), 0.0)

    def _take(self, deadline: Deadline) -> _Lease[C] | None:
        """Take an idle connection, or the right to open one (None)."""
        with self._changed:
            self._waiting += 1
            try:
                while not self._closed:
                    if self._taken < self._limits.max_connections:
                        self._taken += 1
                        return self._idle.pop() if self._idle else None
                    if not deadline.remaining():
                        raise self._exhausted(deadline.seconds)
                    self._changed.wait(deadline.remaining())
            finally:
                self._waiting -= 1
        raise StoreError("the store is closed")

    def _is_fresh(self, lease: _Lease[C], deadline: Deadline) -> bool:
        """Whether it may be used; else it has been closed."""
        now = self._clock()
        if now - lease.opened > self._limits.max_lifetime:
            self._driver.close(lease.connection)
            return False
        if now - lease.idle_since <= self._limits.ping_after:
            return True
        # A dead one that says nothing must leave time for a new one.
        if self._driver.is_alive(lease.connection, deadline.remaining() / 2):
            return True
        self._note_loss()
        return False

    def _give_back(self, lease: _Lease[C], *, clean: bool) -> None:
        if not clean:
            self._note_loss()
        if clean and self._keep(lease):
            return
        # Closed before another may be opened: the bound holds on the server too.
        self._driver.close(lease.connection)
        self._free()

    def _keep(self, lease: _Lease[C]) -> bool:
        lease.idle_since = self._clock()
        with self._changed:
            wanted = max(self._limits.max_idle, self._waiting)
            if self._closed or len(self._idle) >= wanted:
                return False
            self._idle.append(lease)
            self._taken -= 1
            self._changed.notify()
        return True

    def _note_loss(self) -> None:
        """Have the idle ones checked before use: they may have died of the same cause."""
        with self._changed:
            self._lost += 1
            for lease in self._idle:
                lease.idle_since = float("-inf")

    def _free(self) -> None:
        with self._changed:
            self._taken -= 1
            self._changed.notify()

    def _exhausted(self, seconds: float) -> DatabaseUnavailable:
        return DatabaseUnavailable(
            f"all {self._limits.max_connections} connections to the database are in use, and none "
            f"became free within {seconds:g} seconds",
            hint=self._hint,
        )

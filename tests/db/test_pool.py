"""The pool: bounds, order, age, health, and what errors do to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from opencode.db.pool import Pool, PoolLimits
from opencode.errors import DatabaseUnavailable, StoreError


@dataclass(eq=False)
class Connection:
    number: int
    alive: bool = True
    clean: bool = True
    closed: bool = False


@dataclass
class FakeDriver:
    """Makes numbered connections, and notes how many there were at a time."""

    made: list[Connection] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)
    pinged: list[int] = field(default_factory=list)
    ping_timeouts: list[float] = field(default_factory=list)
    most_open: int = 0
    on_connect: Callable[[], None] = lambda: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def connect(self, timeout: float) -> Connection:
        self.on_connect()
        with self.lock:
            self.timeouts.append(timeout)
            self.made.append(Connection(len(self.made) + 1))
            self.most_open = max(self.most_open, sum(not c.closed for c in self.made))
            return self.made[-1]

    def is_alive(self, connection: Connection, timeout: float) -> bool:
        assert not connection.closed
        assert timeout >= 0
        self.pinged.append(connection.number)
        self.ping_timeouts.append(timeout)
        connection.closed = not connection.alive
        return connection.alive

    def is_clean(self, connection: Connection) -> bool:
        return connection.clean

    def close(self, connection: Connection) -> None:
        connection.closed = True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def make_pool(
    driver: FakeDriver,
    *,
    most: int = 3,
    idle: int = 2,
    timeout: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
) -> Pool[Connection]:
    limits = PoolLimits(most, idle, timeout, max_lifetime=100, ping_after=10)
    return Pool(driver, limits, hint="raise maxConnections", clock=clock)


def use(pool: Pool[Connection], count: int = 1) -> list[int]:
    """Take so many connections at a time and give them back; returns their numbers."""
    with ExitStack() as stack:
        return [stack.enter_context(pool.connection()).number for _ in range(count)]


def test_nothing_is_connected_before_it_is_needed() -> None:
    driver = FakeDriver()
    make_pool(driver)
    assert driver.made == []


def test_the_one_used_last_comes_first() -> None:
    pool = make_pool(FakeDriver())
    assert use(pool, 2) == [1, 2]
    assert use(pool) == [1]  # given back last
    assert use(pool, 2) == [1, 2]


def test_only_so_many_are_kept() -> None:
    driver = FakeDriver()
    pool = make_pool(driver, most=3, idle=1)
    use(pool, 3)
    assert [c.number for c in driver.made if not c.closed] == [3]  # given back first
    assert pool.figures().idle == 1


def test_without_idle_ones_each_is_closed_after_use() -> None:
    driver = FakeDriver()
    pool = make_pool(driver, idle=0)
    use(pool)
    use(pool)
    assert [c.closed for c in driver.made] == [True, True]


def test_the_figures() -> None:
    pool = make_pool(FakeDriver())
    with pool.connection(), pool.connection() as second:
        second.clean = False
        figures = pool.figures()
        assert (figures.in_use, figures.idle, figures.waiting) == (2, 0, 0)
    figures = pool.figures()
    assert (figures.in_use, figures.idle, figures.opened, figures.lost) == (0, 1, 2, 1)
    assert (figures.max_connections, figures.max_idle) == (3, 2)


def test_an_exhausted_pool_says_so() -> None:
    pool = make_pool(FakeDriver(), most=2, timeout=0.05)
    with pool.connection(), pool.connection():
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailable) as raised, pool.connection():
            pass
    assert 0.04 < time.monotonic() - started < 2
    assert "all 2 connections to the database are in use" in raised.value.message
    assert "within 0.05 seconds" in raised.value.message
    assert raised.value.hint == "raise maxConnections"
    assert use(pool, 2) == [1, 2]


def test_waiting_and_connecting_share_one_limit() -> None:
    driver, clock = FakeDriver(), Clock()
    pool = make_pool(driver, most=1, timeout=5.0, clock=clock)
    waiting = threading.Thread(target=use, args=(pool,))
    with pool.connection() as connection:
        connection.clean = False  # so that the waiting one has to connect
        waiting.start()
        while not pool.figures().waiting:
            pass
        clock.now += 4.0
    waiting.join()
    assert driver.timeouts == [5.0, 1.0]


def test_connecting_holds_up_nobody_else() -> None:
    driver = FakeDriver()
    pool = make_pool(driver)
    use(pool)
    connecting, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        connecting.set()
        go_on.wait(10)

    driver.on_connect = slow
    slow_one = threading.Thread(target=use, args=(pool, 2))
    slow_one.start()
    assert connecting.wait(10)
    assert pool.figures().in_use == 2
    driver.on_connect = lambda: None
    assert use(pool) == [2]
    go_on.set()
    slow_one.join()


def test_a_failure_to_connect_frees_the_place() -> None:
    driver = FakeDriver()
    pool = make_pool(driver, most=1)

    def fail() -> None:
        raise DatabaseUnavailable("out of reach")

    driver.on_connect = fail
    for _ in range(3):
        with pytest.raises(DatabaseUnavailable, match="out of reach"):
            use(pool)
    driver.on_connect = lambda: None
    assert use(pool) == [1]


@pytest.mark.parametrize(("clean", "kept"), [(True, True), (False, False)])
def test_after_an_error_the_driver_decides(clean: bool, kept: bool) -> None:
    driver = FakeDriver()
    pool = make_pool(driver)

    def fail() -> None:
        with pool.connection() as connection:
            connection.clean = clean
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert driver.made[0].closed is not kept
    assert pool.figures().in_use == 0


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_interrupted_connection_is_thrown_away(interrupt: type[BaseException]) -> None:
    driver = FakeDriver()
    pool = make_pool(driver, most=1)
    with pytest.raises(interrupt), pool.connection():
        raise interrupt
    assert driver.made[0].closed
    assert use(pool) == [2]


def test_one_that_was_idle_is_asked_for_a_sign_of_life() -> None:
    driver, clock = FakeDriver(), Clock()
    pool = make_pool(driver, clock=clock)
    use(pool)
    clock.now += 10
    use(pool)
    assert driver.pinged == []
    clock.now += 11
    assert use(pool) == [1]
    assert driver.pinged == [1]


def test_a_dead_one_is_replaced_and_makes_the_others_suspect() -> None:
    driver, clock = FakeDriver(), Clock()
    pool = make_pool(driver, clock=clock)
    use(pool, 2)
    for connection in driver.made:
        connection.alive = False
    clock.now += 11
    assert use(pool, 2) == [3, 4]
    assert driver.pinged == [1, 2]
    assert pool.figures().lost == 2


def test_a_loss_makes_idle_ones_suspect_at_once() -> None:
    driver = FakeDriver()
    pool = make_pool(driver)
    use(pool, 3)
    with pool.connection() as connection:
        connection.clean = False
    assert driver.pinged == []
    use(pool)
    assert len(driver.pinged) == 1


def test_an_old_one_is_replaced() -> None:
    driver, clock = FakeDriver(), Clock()
    pool = make_pool(driver, clock=clock)
    use(pool)
    clock.now += 101
    assert use(pool) == [2]
    assert driver.made[0].closed
    assert driver.pinged == []


def test_a_closed_pool() -> None:
    driver = FakeDriver()
    pool = make_pool(driver)
    use(pool, 2)
    with pool.connection():
        pool.close()
        assert [c.closed for c in driver.made].count(True) == 1
    assert all(c.closed for c in driver.made)
    with pytest.raises(StoreError, match="closed"):
        use(pool)
    pool.close()


def test_closing_wakes_those_who_wait() -> None:
    pool = make_pool(FakeDriver(), most=1)
    errors: list[StoreError] = []

    def wait() -> None:
        try:
            use(pool)
        except StoreError as error:
            errors.append(error)

    waiting = threading.Thread(target=wait)
    with pool.connection():
        waiting.start()
        while not pool.figures().waiting:
            pass
        pool.close()
        waiting.join(timeout=5)
    assert [error.message for error in errors] == ["the store is closed"]


def test_thirty_threads_share_three_connections() -> None:
    driver = FakeDriver()
    pool = make_pool(driver, most=3, idle=1, timeout=30)
    users: dict[int, int] = {}
    errors: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            for step in range(30):
                with pool.connection() as connection:
                    assert users.setdefault(connection.number, seed) == seed
                    time.sleep(0)
                    connection.clean = (seed + step) % 7 != 0
                    del users[connection.number]
        except BaseException as error:  # noqa: BLE001  shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert driver.most_open <= 3
    figures = pool.figures()
    assert (figures.in_use, figures.waiting) == (0, 0)
    assert figures.idle == sum(not c.closed for c in driver.made) <= 1


def test_a_dead_connection_leaves_time_for_a_new_one() -> None:
    clock, driver = Clock(), FakeDriver()
    pool = make_pool(driver, timeout=4, clock=clock)
    use(pool)
    driver.made[0].alive = False
    clock.now += 11
    assert use(pool) == [2]
    assert driver.ping_timeouts == [2.0]


def test_idle_ones_can_be_closed() -> None:
    driver = FakeDriver()
    pool = make_pool(driver)
    with pool.connection():
        use(pool)
        pool.close_idle()
        assert [connection.closed for connection in driver.made] == [False, True]
    assert use(pool) == [1]
    assert pool.figures().lost == 0


def test_one_call_may_have_less_time_but_not_more() -> None:
    driver = FakeDriver()
    pool = make_pool(driver, most=1, timeout=5)
    with pool.connection(0.5), pytest.raises(DatabaseUnavailable, match=r"within 0\.01 seconds"):
        use_within(pool, 0.01)
    assert driver.timeouts[0] <= 0.5
    pool.close_idle()
    use_within(pool, 60)
    assert 4 < driver.timeouts[1] <= 5


def use_within(pool: Pool[Connection], seconds: float) -> None:
    with pool.connection(seconds):
        pass

"""Timing two ways of doing one thing against each other."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Medians in seconds of one call each, and the median of the rounds' ratios."""

    name: str
    ours: float
    peer: float
    ratio: float
    spread: tuple[float, float]
    """The lower and upper quartile of the ratios."""

    def row(self) -> str:
        """One line of the report."""
        low, high = self.spread
        return (
            f"{self.name:<44} {self.ours * 1e3:>10.3f} {self.peer * 1e3:>10.3f}"
            f" {self.ratio:>7.2f}  ({low:.2f} to {high:.2f})"
        )


def compare(
    name: str,
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    rounds: int = 15,
    calls: int = 1,
) -> Comparison:
    """Time `calls` calls of each, turn about, `rounds` times."""
    times: list[tuple[float, float]] = []
    _time(ours, calls), _time(peer, calls)
    for number in range(rounds):
        # Whoever goes second finds warmer caches, so they take turns.
        if number % 2:
            second = _time(peer, calls)
            first = _time(ours, calls)
        else:
            first = _time(ours, calls)
            second = _time(peer, calls)
        times.append((first, second))
    ratios = sorted(first / second for first, second in times)
    quartiles = statistics.quantiles(ratios, n=4)
    return Comparison(
        name,
        statistics.median(first for first, _ in times),
        statistics.median(second for _, second in times),
        statistics.median(ratios),
        (quartiles[0], quartiles[2]),
    )


def _time(call: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls

"""Ages on the screen, which are drawn anew when they are out of date."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from opencode import text
from opencode.tui.screens.base import Layer, uppermost_screen
from opencode.tui.screens.rest import Rest

__all__ = ["Ages"]

SELDOM = 60.0
"""Seconds between two drawings at least."""


class Ages:
    """Wakes the program when an age in sight changes; there is no timer when none ever does."""

    def __init__(self, layer: Layer, times: Callable[[], Iterable[float]]) -> None:
        """`times` returns those whose ages are in sight while the layer is shown."""
        self._layer = layer
        self._times = times
        self._rest = Rest(layer.host, SELDOM)

    def look(self) -> None:
        """Take note that there may be other ages in sight, drawn by now."""
        now = self._layer.host.now()
        changes = [text.age_lasts(time, now) for time in self._times()]
        soonest = min((change for change in changes if change is not None), default=None)
        if soonest is None:
            self._rest.stop()
        else:
            self._rest.then(self._changed, max(SELDOM, soonest))

    def _changed(self) -> None:
        # What is called back by a timer is followed by a drawing.
        if uppermost_screen(self._layer.host.layers) is self._layer:
            self.look()

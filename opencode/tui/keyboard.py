"""From a key to what it does: input first, else the key map of the topmost layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from opencode import text
from opencode.tui.keymap import command_for
from opencode.tui.pasting import MAX_BYTES
from opencode.tui.screens.base import Command, Host, Layer

if TYPE_CHECKING:
    from opencode.tui.widgets.prompt import Prompt

__all__ = ["Keyboard"]

TWICE = 1.0
"""Seconds within which a second ctrl-c quits, whatever is open."""

MOVES_WHILE_TYPING = frozenset({"up", "down", "page up", "page down"})


class Keyboard:
    """Finds the command a key means and has it done."""

    def __init__(self, host: Host, clock: Callable[[], float]) -> None:
        self._host = host
        self._clock = clock
        self._interrupted = float("-inf")

    def press(self, key: str) -> bool:
        """Do what a key means; whether it means anything."""
        top = self._host.layers[-1]
        if top.prompt is not None:
            return self._type(top, top.prompt, key)
        return self._perform(top, command_for(top.place, key))

    def paste(self, pasted: str, size: int) -> None:
        """Insert text where something is typed; see `App.paste`."""
        prompt = self._host.layers[-1].prompt
        if prompt is None:
            self._host.notice("Nothing to paste into here.")
        elif size > MAX_BYTES:
            most = text.size(MAX_BYTES)
            self._host.notice(
                f"Not pasted: {text.size(size)}, and {most} is the most. A file can be sent"
                " with: opencode message add SESSION - < FILE",
                "warning",
            )
        else:
            prompt.paste(pasted)

    def press_blindly(self, key: str) -> bool:
        """Do what a key means while nothing can be seen: type on, or leave, or nothing."""
        top = self._host.layers[-1]
        command = command_for("unseen", key)
        if top.prompt is not None and command != "interrupt":
            return len(key) == 1 and top.prompt.key(key)
        if command == "quit":
            self._host.quit()
            return True
        return self._perform(top, command)

    def _perform(self, top: Layer, command: str | None) -> bool:
        if command is None:
            return False
        reason = top.unavailable(command)
        if reason:
            # One esc too many is no mistake to be told of.
            if command != "back":
                self._host.notice(f"Not now: {reason}.", "warning")
            return True
        own: dict[str, Command] = {
            "back": top.back,
            "refresh": top.refresh,
            "log": self._show_log,
            "help": lambda: self._show_help(top),
            "palette": lambda: self._show_palette(top),
            "quit": self._leave,
            "interrupt": self._interrupt,
        }
        commands = {**own, **top.commands()}
        if command in commands:
            commands[command]()
        else:
            top.move(command)
        return True

    def _type(self, layer: Layer, prompt: Prompt, key: str) -> bool:
        command = command_for(prompt.place, key)
        commands = prompt.commands()
        if command == "accept":
            layer.prompt = None
            if not prompt.accept(prompt.value):
                layer.prompt = prompt
        elif command == "cancel":
            layer.prompt = None
            prompt.cancel()
        elif command == "interrupt":
            self._interrupt()
        elif command is not None and command in commands:
            commands[command]()
        elif prompt.moves_list and key in MOVES_WHILE_TYPING:
            layer.move(command_for(layer.place, key) or "")
        else:
            return prompt.key(key)
        return True

    # Imported when they are asked for, like all that the first list does without.

    def _show_log(self) -> None:
        from opencode.tui.screens.logscreen import LogScreen

        self._host.push(LogScreen(self._host))

    def _show_help(self, top: Layer) -> None:
        from opencode.tui.screens.help import HelpDialog

        self._host.push(HelpDialog(self._host, top.place))

    def _show_palette(self, top: Layer) -> None:
        from opencode.tui.screens.palette import PaletteDialog

        self._host.push(PaletteDialog(self._host, top, lambda command: self._perform(top, command)))

    def _leave(self) -> None:
        """Go back one screen, or end the program on the first one."""
        top = self._host.layers[-1]
        if len(self._host.layers) == 1 or top.quits:
            self._host.quit()
        self._host.pop(top)

    def _interrupt(self) -> None:
        moment, before = self._clock(), self._interrupted
        self._interrupted = moment
        layer = self._host.layers[-1]
        prompt = layer.prompt
        if prompt is None or moment - before < TWICE:
            self._host.quit()
        elif prompt.value:
            prompt.clear()
        else:
            layer.prompt = None
            prompt.cancel()

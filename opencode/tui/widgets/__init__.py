"""What is drawn: panes, rows, blocks, boxes; they decide nothing."""

from __future__ import annotations

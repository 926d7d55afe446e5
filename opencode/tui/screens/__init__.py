"""Screens and dialogs: what they show, and what their commands do."""

from __future__ import annotations

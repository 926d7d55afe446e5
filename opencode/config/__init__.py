"""Configuration: found, merged, validated as a whole, and shown without its secrets.

Files (`.opencode.json`), then the environment (`OPENCODE_…`), then the caller. `fields` is the
table of all settings.
"""

from __future__ import annotations

from opencode.config.load import load_config
from opencode.config.model import (
    Config,
    Overrides,
    ProviderType,
    TLSMode,
)
from opencode.config.paths import config_paths, resolve_data_directory

__all__ = [
    "Config",
    "Overrides",
    "ProviderType",
    "TLSMode",
    "config_paths",
    "load_config",
    "resolve_data_directory",
]

"""Writes opencode/db/querier.py, the typed way to the queries of sql/.

- `convert`: our SQL as sqlc can read it
- `sqlc`: its analysis, per dialect
- `statements`: what it does not tell
- `exceptions`: where it, or a schema, is not to be believed
- `reconcile`: one type per parameter and column
- `emit`: Python
"""

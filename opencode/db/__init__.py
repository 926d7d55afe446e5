"""Everything that speaks SQL: providers, queries, migrations, backfill."""

"""A model as one SELECT, in what SQLite and DuckDB read alike."""

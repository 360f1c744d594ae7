"""How each sample table is made: one module a table, each with ``tables(seed)``, file name to file content."""

"""Drawing for people: streams, tables, progress and summaries."""

"""Model families: one module each, a registry, and the portfolio of proven settings."""

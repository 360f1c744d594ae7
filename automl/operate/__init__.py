"""Life after the fit: is a model still good, is another one better, and what was fitted when."""

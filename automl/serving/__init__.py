"""A model behind HTTP: the rows of a request are typed and predicted exactly as ``automl predict`` does it."""

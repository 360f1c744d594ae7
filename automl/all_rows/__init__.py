"""Fitting the winners again on all rows of a table of which the search saw only those that memory holds."""

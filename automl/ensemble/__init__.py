"""Blends of candidates, chosen by their out-of-fold predictions."""

"""Metrics, honest estimates with intervals, and the points of curves."""

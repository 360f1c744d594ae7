"""Executors of searches beyond this machine."""

"""Where a fit's files go, so that what is better is never replaced by what is worse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from automl.bundle import read_manifest
from automl.errors import ModelFileError
from automl.settings import FitSettings

__all__ = ["destination", "stands_incomplete"]


def destination(settings: FitSettings, *, complete: bool) -> FitSettings:
    """Return the settings with the places that model and report may take.

    An incomplete model takes a free name or that of an incomplete one. Over anything else it goes beside it, as
    ``STEM.partial.automl`` with the report ``STEM.partial.html``.
    """
    if complete or not settings.output.exists() or stands_incomplete(settings.output):
        return settings
    report = settings.report
    return replace(settings, output=_partial(settings.output), report=None if report is None else _partial(report))


def stands_incomplete(path: Path) -> bool:
    """Whether ``path`` is a sound model file that was written before its search was over."""
    try:
        return not read_manifest(path).get("complete", True)
    except ModelFileError:
        return False


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.stem}.partial{path.suffix}")

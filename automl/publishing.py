"""Where a fit's files go, so that what is better is never replaced by what is worse."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from automl.bundle import read_manifest
from automl.errors import ModelFileError, UsageError
from automl.settings import FitSettings

__all__ = ["check_output", "destination", "is_complete", "remove_partial"]


def destination(settings: FitSettings, *, complete: bool, good_enough: bool) -> FitSettings:
    """Return the settings with the places that model and report may take.

    An incomplete model takes a free name or that of an incomplete one; a complete one that misses ``min_score`` takes a
    free name alone. Over anything else they go beside it: as ``STEM.partial.automl`` with the report
    ``STEM.partial.html``, or as ``STEM.rejected.automl`` with ``STEM.rejected.html``.
    """
    if (complete and good_enough) or not settings.output.exists():
        return settings
    if not complete and _completeness(settings.output) is False:
        return settings
    mark = "rejected" if complete else "partial"
    report = None if settings.report is None else _beside(settings.report, mark)
    return replace(settings, output=_beside(settings.output, mark), report=report)


def remove_partial(settings: FitSettings, data_sha256: str) -> None:
    """Remove the incomplete model, and its report, that a search left beside its output before it was finished.

    Parameters
    ----------
    settings : FitSettings
        Those of the search, before :func:`destination` chose a name.
    data_sha256 : str
        Of the table; a model of another one stays.
    """
    model = _beside(settings.output, "partial")
    try:
        manifest = read_manifest(model)
    except ModelFileError:
        return
    about = (manifest.get("complete", True), manifest.get("target"), manifest.get("data_sha256"))
    if about != (False, settings.target, data_sha256):
        return
    with suppress(OSError):
        model.unlink()
        if settings.report is not None:
            _beside(settings.report, "partial").unlink(missing_ok=True)


def is_complete(path: Path) -> bool:
    """Whether ``path`` is a sound model file whose search was over when it was written."""
    return _completeness(path) is True


def check_output(settings: FitSettings) -> None:
    """Refuse to replace what stands under the output's name, as far as the settings do not allow it.

    Raises
    ------
    UsageError
        If something stands there that a fit without ``overwrite`` must not replace: with ``resume`` it may be a model.
    """
    path = settings.output
    if settings.overwrite or not path.exists() or (settings.resume and _completeness(path) is not None):
        return
    raise UsageError(f"'{path}' exists already.", "Add --overwrite to replace it, or choose another --output.")


def _completeness(path: Path) -> bool | None:
    """Return what a model file says of itself; None where the file is not a sound one."""
    try:
        return bool(read_manifest(path).get("complete", True))
    except ModelFileError:
        return None


def _beside(path: Path, mark: str) -> Path:
    return path.with_name(f"{path.stem}.{mark}{path.suffix}")

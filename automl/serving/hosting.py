"""The models that are served now, and what becomes of them when their files are replaced."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from automl.arguments import did_you_mean
from automl.bundle import load_model, read_facts, read_golden, read_manifest, read_reference
from automl.bundle.model import Model
from automl.errors import AutomlError, ModelFileError
from automl.models.booster_imports import import_boosters
from automl.serving.questions import Asker
from automl.serving.quickness import seconds_of_row
from automl.serving.refusals import NOT_FOUND, RefusedError
from automl.serving.settings import NamedModel
from automl.serving.watching import Watch
from automl.tables import Table

__all__ = ["Host", "Served"]

_LOG = logging.getLogger(__name__)
_TRIALS = 3
_PAUSE_SECONDS = 0.2

#: What tells that a file is another one: its place on the disk, its size and when it was written.
Stamp = tuple[int, int, int, int]


@dataclass(frozen=True)
class Served:
    """A model in memory, ready to answer; its file may go away.

    Attributes
    ----------
    name : str
    model : Model
    asker : Asker
    manifest : dict
    watch : Watch
        Of the rows that are asked about.
    golden : Table
        The rows that the model was tried on: the examples that clients are shown, and what is usual for explanations.
    loaded_at : str
        ISO 8601, UTC.
    stamp : tuple of int
        Of the file that it was read from.
    seconds_of_row : float
        How long it takes to predict one.
    """

    name: str
    model: Model
    asker: Asker
    manifest: dict[str, Any]
    watch: Watch
    golden: Table
    loaded_at: str
    stamp: Stamp
    seconds_of_row: float


@dataclass
class _Place:
    """A file that is served, and the last state of it that was looked at."""

    named: NamedModel
    served: Served
    looked_at: Stamp
    refused: str = ""


@dataclass
class Host:
    """The served models by name. One thread at a time looks after the files; any thread may ask for a model.

    Attributes
    ----------
    most_rows : int
        That a request may bring.
    """

    most_rows: int
    _places: dict[str, _Place] = field(default_factory=dict)

    @classmethod
    def load(cls, models: Sequence[NamedModel], most_rows: int) -> Host:
        """Read all models, whole, and let each predict the rows it was tried on.

        Raises
        ------
        ModelFileError
            If one is missing, damaged, or predicts other values than where it was fitted.
        """
        host = cls(most_rows)
        for named in models:
            served = _load(named, most_rows)
            host._places[named.name] = _Place(named, served, served.stamp)
        return host

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the models, that of the first at the beginning."""
        return tuple(self._places)

    def model(self, name: str | None = None) -> Served:
        """Return the model of that name as it is now, the first where none is given.

        Raises
        ------
        RefusedError
            If there is none of that name.
        """
        if name is None:
            name = next(iter(self._places))
        if name not in self._places:
            near = did_you_mean(name[:100], self.names) or f"Served are: {', '.join(self.names)}."
            raise RefusedError(NOT_FOUND, f"There is no model '{name[:100]}'.", near)
        return self._places[name].served

    def refused(self, name: str) -> str:
        """Return why the file that stands there now is not served; empty where it is.

        The file is called by its name: where it lies is nothing to clients.
        """
        place = self._places[name]
        return place.refused.replace(str(place.named.path), place.named.path.name)

    def look_after(self) -> None:
        """Read again each file that was replaced; one that is not sound is refused, and the model before goes on."""
        for place in self._places.values():
            self._look_after(place)

    def _look_after(self, place: _Place) -> None:
        stamp = _stamp(place.named.path)
        if stamp is None or stamp == place.looked_at:
            return
        name = place.named.name
        try:
            served = _load(place.named, self.most_rows)
        except AutomlError as error:
            place.refused, place.looked_at = error.message, stamp
            _LOG.error("model %s: the new file is refused, the one before goes on: %s", name, error.message)
            return
        except Exception:  # noqa: BLE001 - however reading it fails, the one before goes on, and so do other models
            place.refused, place.looked_at = "Reading the new file failed; the server's log says why.", stamp
            _LOG.exception("model %s: reading the new file failed, the one before goes on", name)
            return
        if other := _other_question(place.served.manifest, served.manifest):
            place.refused, place.looked_at = other, stamp
            _LOG.error("model %s: the new file is refused, the one before goes on: %s", name, other)
            return
        place.served, place.looked_at, place.refused = served, served.stamp, ""
        _LOG.info("model %s: replaced by its new file, fitted %s", name, served.manifest.get("created", ""))


def _other_question(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Say how a model answers another question than the one before, whose clients did not ask it; empty where not."""
    were, are = ((manifest["target"], manifest["task"]) for manifest in (before, after))
    if were == are:
        return ""
    said = [f"'{target}' ({task})" for target, task in (are, were)]
    return f"It predicts {said[0]}, the one before {said[1]}. To serve it, start the server again."


def _load(named: NamedModel, most_rows: int) -> Served:
    """Read a model whole from one state of its file."""
    for _ in range(_TRIALS):
        stamp = _stamp(named.path)
        served = _read(named, stamp or (0, 0, 0, 0), most_rows)
        if stamp == _stamp(named.path):
            return served
        time.sleep(_PAUSE_SECONDS)
    raise ModelFileError(f"'{named.path}' changes while it is read.", "Write it beside and rename it.")


def _read(named: NamedModel, stamp: Stamp, most_rows: int) -> Served:
    model = load_model(named.path)
    import_boosters(model.families)
    model.read_all()
    golden = read_golden(named.path)
    model.predict_table(golden)
    asker = Asker(model, most_rows)
    return Served(
        name=named.name,
        model=model,
        asker=asker,
        manifest=read_manifest(named.path),
        watch=_watch(model, named.path),
        golden=golden,
        loaded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        stamp=stamp,
        seconds_of_row=seconds_of_row(model, asker, golden),
    )


def _watch(model: Model, path: Path) -> Watch:
    from automl.operate.drift import importances_of, moving_columns

    fitted = read_facts(path)
    return Watch(model, read_reference(path), importances_of(fitted), moving_columns(model, fitted))


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
